import type { Nanos } from "./money.ts";
import type { UsageKind } from "./usage.ts";

/**
 * Nanos of USD for a million units of each kind of usage (for `searches`: a million searches; for `seconds`: of seconds).
 * Kinds that the price list leaves out were filled in when the price was compiled.
 */
export type Rates = Readonly<Record<UsageKind, Nanos>>;

/** Rates for the whole request once all its input, cached included, is larger than the bound. */
export interface RateTier {
  readonly aboveInputTokens: number;
  readonly rates: Rates;
}

/** Parts per million that leave a price as it is. */
export const PPM_OF_ONE = 1_000_000n;

export interface Price {
  readonly rates: Rates;
  /** Ascending by `aboveInputTokens`. */
  readonly tiers: readonly RateTier[];
  readonly perRequest: Nanos;
  /** What the plan or the account pays of it, in parts per million. */
  readonly multiplierPpm: bigint;
}

/** What somebody pays of the price list, where the plan or the account says so. */
export interface PriceMultiplier {
  /** Parts per million. */
  readonly ppm: bigint;
  /** Whose keys pay so; undefined: it was agreed with the account. */
  readonly plan: string | undefined;
}

/** A price from one moment until another, milliseconds since the epoch; undefined: without end. */
export interface PricePeriod {
  readonly fromMs: number;
  readonly untilMs: number | undefined;
  readonly price: Price;
}

/** What a model costs at any moment. */
export interface DatedPrice {
  /** Whenever no period holds. */
  readonly base: Price;
  /** The first that holds counts. */
  readonly periods: readonly PricePeriod[];
}

export function priceAt({ base, periods }: DatedPrice, atMs: number): Price {
  if (periods.length === 0) return base;
  const now = periods.find(
    ({ fromMs, untilMs }) => fromMs <= atMs && atMs < (untilMs ?? Number.POSITIVE_INFINITY),
  );
  return now?.price ?? base;
}

/** The same price for one who pays `ppm` parts per million of it. */
export function multiplyPrice(price: Price, ppm: bigint): Price {
  return ppm === PPM_OF_ONE ? price : { ...price, multiplierPpm: ppm };
}
