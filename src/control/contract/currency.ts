import { z } from "@hono/zod-openapi";

const CODE = z.string().regex(/^[A-Z]{3}$/, "must be three capital letters such as EUR");

export const ACCOUNT_CURRENCY = z
  .strictObject({
    shown: z.string().nullable().describe("Besides USD; null: none."),
    offered: z.array(
      z.strictObject({
        code: z.string(),
        rate: z.string().describe("How much of it a dollar is today."),
        minor_digits: z.number().int().describe("Decimals of what is paid in it."),
      }),
    ),
  })
  .openapi("AccountCurrency");
export type AccountCurrency = z.infer<typeof ACCOUNT_CURRENCY>;

export const CURRENCY_CHOICE = z.strictObject({ shown: CODE.nullable() }).openapi("CurrencyChoice");

/** What was paid besides USD, at the rate of then. */
export const PAID_IN = z
  .strictObject({
    currency: z.string(),
    amount: z.string().openapi({ example: "23.00" }),
    rate: z.string().openapi({ example: "0.92" }),
  })
  .openapi("PaidIn");
