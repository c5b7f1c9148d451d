import type { Nanos } from "../core/money.ts";
import { type DatedPrice, multiplyPrice, PPM_OF_ONE, type Price, priceAt } from "../core/price.ts";
import type { RequestRecord } from "../core/request-record.ts";
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

/** A version of the price list, as far as one model's requests are concerned. */
export interface ListedPrice {
  /** Undefined: the version did not know the model. */
  readonly price: DatedPrice | undefined;
  /** Those of plans and accounts. */
  readonly multiplierPpms: readonly bigint[];
}

type PricedRequest = Pick<RequestRecord, "usage" | "chargeNanos" | "at" | "multiplier">;

/** The same for a request that was, by the version of the price list that it names. */
export function explainRequest(
  { usage, chargeNanos, at, multiplier }: PricedRequest,
  { price, multiplierPpms }: ListedPrice,
): ChargeExplained | undefined {
  const ppms = multiplier ? [multiplier.ppm] : [PPM_OF_ONE, ...multiplierPpms];
  return price && explainCharge(priceAt(price, at), usage, chargeNanos, ppms);
}

/** What of the price list a request paid; undefined: nobody wrote it down, and its charge does not show it. */
export function multiplierPpmOf(record: PricedRequest, listed: ListedPrice): bigint | undefined {
  if (record.multiplier) return record.multiplier.ppm;
  if (listed.multiplierPpms.length === 0) return PPM_OF_ONE;
  return explainRequest(record, listed)?.multiplierPpm;
}

/** Whose terms those were, as receipts and the API say it; nulls where it was the whole price, or nobody wrote it down. */
export function multiplierTerms(multiplier: RequestRecord["multiplier"]) {
  const of: "plan" | "account" = multiplier?.plan === undefined ? "account" : "plan";
  return { multiplier_of: multiplier ? of : null, multiplier_plan: multiplier?.plan ?? null };
}
