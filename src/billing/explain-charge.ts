import type { Nanos } from "../core/money.ts";
import { multiplyPrice, type Price } from "../core/price.ts";
import { inputTokensOf, type Usage, type UsageKind } from "../core/usage.ts";
import { MILLION, priceUsage, ratesFor } from "./price-usage.ts";

/** What one kind of usage adds to a charge, before the multiplier. */
export interface ChargeLine {
  readonly kind: UsageKind | "request";
  readonly units: number;
  /** Of a million units. */
  readonly nanosPerMillion: Nanos;
  /** Rounded half up on its own: only the sum of all lines is charged, and rounded once. */
  readonly nanos: Nanos;
}

export interface ChargeExplained {
  readonly lines: readonly ChargeLine[];
  readonly multiplierPpm: bigint;
}

function lineOf(kind: ChargeLine["kind"], units: number, nanosPerMillion: Nanos): ChargeLine {
  return { kind, units, nanosPerMillion, nanos: (nanosPerMillion * BigInt(units) + MILLION / 2n) / MILLION };
}

/**
 * How a charge comes out of a price and a usage.
 * @param ppms what may have been paid of the price list, in parts per million; the first that gives the charge counts
 * @returns undefined: none gives exactly this charge, as where a stream was cut or its usage went beyond its hold
 */
export function explainCharge(
  price: Price,
  usage: Usage,
  chargeNanos: Nanos,
  ppms: readonly bigint[],
): ChargeExplained | undefined {
  const multiplierPpm = ppms.find((ppm) => priceUsage(multiplyPrice(price, ppm), usage) === chargeNanos);
  if (multiplierPpm === undefined) return undefined;
  const rates = ratesFor(price, inputTokensOf(usage));
  const used = (Object.keys(usage) as UsageKind[]).filter((kind) => usage[kind] > 0);
  const lines = used.map((kind) => lineOf(kind, usage[kind], rates[kind]));
  if (price.perRequest > 0n) lines.push(lineOf("request", 1, price.perRequest * MILLION));
  return { lines, multiplierPpm };
}
