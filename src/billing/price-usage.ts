import type { Nanos } from "../core/money.ts";
import type { Price, Rates } from "../core/price.ts";
import { inputTokensOf, type Usage, type UsageKind } from "../core/usage.ts";

export const MILLION = 1_000_000n;

/** The rates that hold for a request with this much input: those of the last tier that it passes. */
export function ratesFor(price: Price, inputTokens: number): Rates {
  let { rates } = price;
  for (const tier of price.tiers) if (inputTokens > tier.aboveInputTokens) rates = tier.rates;
  return rates;
}

/** An amount times the multiplier; to be divided by a million once more than before. */
export function multiplied({ multiplierPpm }: Price, amount: bigint): bigint {
  return amount * multiplierPpm;
}

/** Nanos × units × 10⁶ × 10⁶ for the multiplier, before the one division; exact. */
function scaled(price: Price, usage: Usage): bigint {
  const rates = ratesFor(price, inputTokensOf(usage));
  let total = price.perRequest * MILLION;
  for (const kind in usage) {
    const units = usage[kind as UsageKind];
    if (units > 0) total += rates[kind as UsageKind] * BigInt(units);
  }
  return multiplied(price, total);
}

const DIVISOR = MILLION * MILLION;

/** What a usage costs in nanos: one exact sum, one division, half up. */
export function priceUsage(price: Price, usage: Usage): Nanos {
  return (scaled(price, usage) + DIVISOR / 2n) / DIVISOR;
}

/** The same, rounded up: for holds. */
export function priceUsageCeiling(price: Price, usage: Usage): Nanos {
  return (scaled(price, usage) + DIVISOR - 1n) / DIVISOR;
}
