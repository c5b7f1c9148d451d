import type { Nanos } from "./money.ts";
import type { UsageKind } from "./usage.ts";

/**
 * Nanos of USD for a million units of each kind of usage (for `searches`: a million searches).
 * Kinds that the price list leaves out were filled in when the price was compiled.
 */
export type Rates = Readonly<Record<UsageKind, Nanos>>;

/** Rates for the whole request once all its input, cached included, is larger than the bound. */
export interface RateTier {
  readonly aboveInputTokens: number;
  readonly rates: Rates;
}

export interface Price {
  readonly rates: Rates;
  /** Ascending by `aboveInputTokens`. */
  readonly tiers: readonly RateTier[];
  readonly perRequest: Nanos;
}
