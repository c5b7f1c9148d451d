import { z } from "zod";
import type { DatedPrice } from "../core/price.ts";
import { compilePrice } from "./prices.ts";
import type { PriceConfig } from "./types.ts";

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

/** What a version of the price list says of one model, and which multipliers it has; as `priceListText` wrote it. */
export function readStoredPrices(
  content: string,
  model: string,
): { readonly price: DatedPrice | undefined; readonly multiplierPpms: readonly bigint[] } {
  const rows = ROWS.parse(JSON.parse(content, revived));
  const price = rows.find(({ id }) => id === model)?.price;
  return {
    price: price && compilePrice(price as unknown as PriceConfig),
    multiplierPpms: rows.flatMap(({ multiplierPpm }) => multiplierPpm ?? []),
  };
}
