import { type Limits, limitsOrNone } from "../../core/limits.ts";

/** A moment as the API tells it; null: none. */
export function iso(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}

/** Limits as the API tells them. */
export function limitsView(limits: Limits | undefined = {}) {
  return {
    requests_per_minute: limits.requestsPerMinute ?? null,
    requests_per_day: limits.requestsPerDay ?? null,
    tokens_per_minute: limits.tokensPerMinute ?? null,
    concurrency: limits.concurrency ?? null,
    spend_per_day_nanos: limits.spendPerDay?.toString() ?? null,
    spend_per_month_nanos: limits.spendPerMonth?.toString() ?? null,
  };
}

type Told = {
  readonly [Name in keyof ReturnType<typeof limitsView>]?: ReturnType<typeof limitsView>[Name] | undefined;
};

/** Limits as the API was told them; undefined: none. */
export function limitsFrom(told: Told): Limits | undefined {
  const { requests_per_minute: rpm, requests_per_day: rpd, tokens_per_minute: tpm, concurrency } = told;
  const { spend_per_day_nanos: day, spend_per_month_nanos: month } = told;
  return limitsOrNone({
    ...(typeof rpm === "number" && { requestsPerMinute: rpm }),
    ...(typeof rpd === "number" && { requestsPerDay: rpd }),
    ...(typeof tpm === "number" && { tokensPerMinute: tpm }),
    ...(typeof concurrency === "number" && { concurrency }),
    ...(typeof day === "string" && { spendPerDay: BigInt(day) }),
    ...(typeof month === "string" && { spendPerMonth: BigInt(month) }),
  });
}
