import type { Nanos } from "./money.ts";

/** How much may be asked for; an absent member means no limit. */
export interface Limits {
  readonly requestsPerMinute?: number;
  /** Of the UTC day. */
  readonly requestsPerDay?: number;
  /** Tokens of every kind, in and out. */
  readonly tokensPerMinute?: number;
  /** Requests that run at the same time. */
  readonly concurrency?: number;
  /** What requests may cost in a UTC day, and in a month. */
  readonly spendPerDay?: Nanos;
  readonly spendPerMonth?: Nanos;
}

/** Limits, or undefined where none is set: the hot path asks for no more than that. */
export function limitsOrNone(limits: Limits): Limits | undefined {
  return Object.keys(limits).length > 0 ? limits : undefined;
}

/** Where a count stands against its limit. */
export interface Standing {
  readonly limit: number;
  readonly remaining: number;
  /** Until all of the limit is there again, if nothing more is asked for. */
  readonly resetMs: number;
}
