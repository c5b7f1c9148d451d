import { moment } from "../../base/time.ts";
import { count, money, percent } from "../../base/units.ts";
import { type TextKey, t, tryText } from "../../i18n/t.ts";

const MILLION = 1_000_000n;
const SECONDS_A_MINUTE = 60n;

/** What is not counted by the million tokens. */
const PER: Readonly<Record<string, TextKey>> = {
  characters: "models.per-characters",
  request: "models.per-request",
  search: "models.per-search",
  minute: "models.per-minute",
};

/** Kinds that are billed by something else than tokens. */
const WITHOUT_TOKENS = ["characters", "seconds", "searches", "request"] as const;

/**
 * `$3.00 per million`, `$0.006 per minute`: an amount of a price in the unit that people think in.
 * @param nanos as the API has it: for a million of what is counted, each for `request`, `search` and `minute`
 */
export function rateText(kind: string, nanos: string): string {
  if (kind === "seconds") return rateText("minute", String((BigInt(nanos) * SECONDS_A_MINUTE) / MILLION));
  if (kind === "searches") return rateText("search", String(BigInt(nanos) / MILLION));
  return t(PER[kind] ?? "models.per-million", { amount: money(nanos) });
}

/** What a plan pays of the price list, as people say it: `15% below list prices`. */
export function multiplierText(multiplier: string): string {
  const below = 1 - Number(multiplier);
  if (below > 0) return t("pricing.below", { share: percent(below) });
  return below === 0 ? t("probe.price.list") : t("probe.price", { price_multiplier: multiplier });
}

/** Where tokens cost nothing: what else is paid for, such as minutes that are heard. */
export function ratesWithoutTokens(rates: Readonly<Record<string, string>>): string[] {
  if ([rates.input, rates.output].some((nanos) => nanos !== undefined && nanos !== "0")) return [];
  return WITHOUT_TOKENS.flatMap((kind) => {
    const nanos = rates[kind];
    return nanos === undefined || nanos === "0" ? [] : [rateText(kind, nanos)];
  });
}

/** `tiers.0.input`, as the versions of a price list name what stands in a tier or a period. */
const INSIDE = /^(?<list>tiers|periods)\.(?<index>\d+)\.(?<kind>.+)$/;

/** A kind of usage in words, as far as there are some. */
export function kindText(kind: string): string {
  const { list, index, kind: inner } = INSIDE.exec(kind)?.groups ?? {};
  if (list === undefined || inner === undefined)
    return tryText(`rate.${kind}`, tryText(`declare.price.${kind}`, kind));
  const number = Number(index) + 1;
  return t(list === "tiers" ? "models.in-tier" : "models.in-period", { number, kind: kindText(inner) });
}

/** What a version of a price list has of a kind; null: nothing. */
export function versionAmount(kind: string, value: string | null): string {
  if (value === null) return "–";
  if (kind.endsWith("above_input_tokens")) return t("models.tokens", { tokens: count(Number(value)) });
  if (/^-?\d+$/.test(value)) return rateText(kind.split(".").at(-1) ?? kind, value);
  return /^\d{4}-\d\d-\d\dT/.test(value) ? moment(value) : value;
}
