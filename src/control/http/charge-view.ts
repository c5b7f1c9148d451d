import { z } from "zod";
import { explainCharge } from "../../billing/explain-charge.ts";
import { snakeCase } from "../../config/config-view.ts";
import { compilePrice } from "../../config/prices.ts";
import type { PriceConfig } from "../../config/types.ts";
import { PPM_OF_ONE, priceAt } from "../../core/price.ts";
import type { RequestRecord } from "../../core/request-record.ts";
import type { ChargeTold } from "../contract/requests.ts";
import type { ControlDeps } from "../operation.ts";
import { multiplierView } from "./views.ts";

const ROWS = z.array(
  z.looseObject({
    id: z.string().optional(),
    price: z.looseObject({}).optional(),
    multiplierPpm: z.bigint().optional(),
  }),
);

/** Amounts of a stored price list are whole numbers in texts; names of models, plans and accounts stay texts. */
function revived(key: string, value: unknown): unknown {
  const isName = key === "id" || key === "plan" || key === "account";
  return typeof value === "string" && !isName && /^\d+$/.test(value) ? BigInt(value) : value;
}

/** How a request's charge comes out of the price list that it names. */
export async function chargeView({ prices }: ControlDeps, record: RequestRecord): Promise<ChargeTold> {
  const { model, usage, chargeNanos, priceVersion, at } = record;
  const told = { charge_nanos: chargeNanos.toString(), price_version: priceVersion };
  const content = await prices.content(priceVersion);
  const rows = content === undefined ? [] : ROWS.parse(JSON.parse(content, revived));
  const price = rows.find(({ id }) => id === model)?.price;
  if (price === undefined) return { ...told, multiplier: null, lines: null };
  const ppms = [PPM_OF_ONE, ...rows.flatMap(({ multiplierPpm }) => multiplierPpm ?? [])];
  // As `priceListText` wrote it.
  const dated = compilePrice(price as unknown as PriceConfig);
  const explained = explainCharge(priceAt(dated, at), usage, chargeNanos, ppms);
  if (!explained) return { ...told, multiplier: null, lines: null };
  return {
    ...told,
    multiplier: multiplierView(explained.multiplierPpm),
    lines: explained.lines.map(({ kind, units, nanosPerMillion, nanos }) => ({
      kind: snakeCase(kind),
      units,
      nanos_per_million: nanosPerMillion.toString(),
      amount_nanos: nanos.toString(),
    })),
  };
}
