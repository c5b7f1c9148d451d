import type { Nanos } from "../core/money.ts";
import type { Price } from "../core/price.ts";
import type { Usage, UsageKind } from "../core/usage.ts";

const MILLION = 1_000_000n;

/** Nanos × units × 10⁶, before the one division; exact. */
function scaled(price: Price, usage: Usage): bigint {
  let total = price.perRequest * MILLION;
  for (const kind in usage) {
    const units = usage[kind as UsageKind];
    if (units > 0) total += price.perMillion[kind as UsageKind] * BigInt(units);
  }
  return total;
}

/** What a usage costs in nanos: one exact sum, one division, half up. */
export function priceUsage(price: Price, usage: Usage): Nanos {
  return (scaled(price, usage) + MILLION / 2n) / MILLION;
}

/** The same, rounded up: for holds. */
export function priceUsageCeiling(price: Price, usage: Usage): Nanos {
  return (scaled(price, usage) + MILLION - 1n) / MILLION;
}
