import { z } from "zod";
import { isNetwork } from "../config/networks.ts";
import { LOSS_POLICIES } from "../core/generation/loss.ts";
import { type Limits, limitsOrNone } from "../core/limits.ts";
import { amountOf, CommandError } from "./operation.ts";

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^(\d{1,6})([mhd])$/;
/** No key needs longer, and every date in it can be written down. */
const DURATION_MS_MAX = 100 * 366 * UNITS_MS.d;

/** `30m`, `24h`, `90d` in milliseconds; undefined: it is no such text. */
function durationMs(text: string): number | undefined {
  const [, count, unit] = DURATION.exec(text) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  const ms = Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
  return ms <= DURATION_MS_MAX ? ms : undefined;
}

/** How long a rotated key goes on. @throws CommandError */
export function overlapOf(text: string | undefined): number {
  const ms = text === undefined ? 0 : durationMs(text);
  if (ms === undefined) throw new CommandError("overlap: must be a time such as 30m, 24h or 7d.");
  return ms;
}

/**
 * The moment from which a key is refused: a time from now (`90d`) or a date (`2027-01-31`, `2027-01-31T12:00:00Z`).
 * @throws CommandError
 */
export function expiryOf(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const ms = durationMs(text);
  const at = ms === undefined ? dateOf(text) : now + ms;
  if (at > now) return at;
  const wanted = "must be a time from now such as 90d, or a date to come such as 2027-01-31";
  throw new CommandError(`expires: ${wanted}.`);
}

/** Not a number for what is no date; without a time of day its begin in UTC. */
function dateOf(text: string): number {
  return /^\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
}

const limit = z.number().int().min(1).max(1_000_000_000_000).optional();

/** What `keys create` takes besides account, plan and name. */
export const TERM_ARGS = {
  lossy: z.enum(LOSS_POLICIES, `must be one of ${LOSS_POLICIES.join(", ")}`).optional(),
  rpm: limit,
  rpd: limit,
  tpm: limit,
  concurrency: limit,
  "spend-per-day": z.string().optional(),
  "spend-per-month": z.string().optional(),
  networks: z
    .array(z.string().refine(isNetwork, "must be an IP address or a CIDR block such as 10.0.0.0/8"))
    .min(1, "must name an address or a CIDR block")
    .max(100)
    .optional(),
  expires: z.string().optional(),
  "keep-prompts": z.boolean().optional(),
};

export interface LimitArgs {
  readonly rpm?: number | undefined;
  readonly rpd?: number | undefined;
  readonly tpm?: number | undefined;
  readonly concurrency?: number | undefined;
  readonly "spend-per-day"?: string | undefined;
  readonly "spend-per-month"?: string | undefined;
}

/** @throws CommandError for an amount that is none. */
export function limitsOf({ rpm, rpd, tpm, concurrency, ...spend }: LimitArgs): Limits | undefined {
  const { "spend-per-day": day, "spend-per-month": month } = spend;
  return limitsOrNone({
    ...(rpm === undefined ? {} : { requestsPerMinute: rpm }),
    ...(rpd === undefined ? {} : { requestsPerDay: rpd }),
    ...(tpm === undefined ? {} : { tokensPerMinute: tpm }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(day === undefined ? {} : { spendPerDay: amountOf(day, "spend-per-day") }),
    ...(month === undefined ? {} : { spendPerMonth: amountOf(month, "spend-per-month") }),
  });
}
