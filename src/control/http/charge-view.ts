import { explainRequest, multiplierPpmOf, multiplierTerms } from "../../billing/explain-charge.ts";
import { snakeCase } from "../../config/config-view.ts";
import { readStoredPrices } from "../../config/stored-prices.ts";
import { formatRate } from "../../core/currency.ts";
import type { RequestRecord } from "../../core/request-record.ts";
import type { ChargeTold } from "../contract/requests.ts";
import type { ControlDeps } from "../operation.ts";

/** How a request's charge comes out of the price list that it names. */
export async function chargeView(
  { prices, snapshot }: ControlDeps,
  record: RequestRecord,
): Promise<ChargeTold> {
  const { model, chargeNanos, priceVersion, multiplier } = record;
  const plan = multiplier?.plan;
  const content = await prices.content(priceVersion);
  const listed = content === undefined ? undefined : readStoredPrices(content, model);
  const ppm = listed && multiplierPpmOf(record, listed);
  const lines = listed && explainRequest(record, listed)?.lines;
  return {
    charge_nanos: chargeNanos.toString(),
    price_version: priceVersion,
    multiplier: ppm === undefined ? null : formatRate(ppm),
    ...multiplierTerms(multiplier),
    multiplier_plan_name: plan === undefined ? null : (snapshot().plans.get(plan)?.displayName ?? plan),
    lines:
      lines?.map(({ kind, units, nanosPerMillion, nanos }) => ({
        kind: snakeCase(kind),
        units,
        nanos_per_million: nanosPerMillion.toString(),
        amount_nanos: nanos.toString(),
      })) ?? null,
  };
}
