import { z } from "@hono/zod-openapi";
import { PAID_IN } from "./currency.ts";
import { ID, NANOS, TIME } from "./shapes.ts";

export const LOT = z
  .strictObject({
    id: ID,
    source: z.string().describe("`top-up`, `payment`, `code`, `monthly`, `plan`, `trial` or `demo`."),
    granted_nanos: NANOS,
    left_nanos: NANOS,
    created_at: TIME,
    expires_at: TIME.nullable().describe("From when on nothing of it is left; null: never."),
  })
  .openapi("Lot");
export type Lot = z.infer<typeof LOT>;

export const WALLET = z
  .strictObject({
    currency: z.literal("USD"),
    balance_nanos: NANOS.describe("Neither spent nor expired, held or not."),
    held_nanos: NANOS.describe("Of the balance: what running requests of this node hold."),
    available_nanos: NANOS,
    debt_nanos: NANOS.describe("Owed after a refund or a dispute."),
    frozen: z.boolean().describe("While something is owed, nothing is spent."),
    lots: z.array(LOT).describe("Those with money left, in the order in which they are spent."),
  })
  .openapi("Wallet");
export type Wallet = z.infer<typeof WALLET>;

export const REDEMPTION = z
  .strictObject({ code: z.string().max(100).openapi({ example: "QC-7Q2MD-0XK4T-9RBHA-M31ZC" }) })
  .openapi("Redemption");

export const REDEEMED = z.strictObject({ added_nanos: NANOS, wallet: WALLET }).openapi("Redeemed");
export type Redeemed = z.infer<typeof REDEEMED>;

const RETURN_URL = z.url({ protocol: /^https?$/, error: "must be the address to come back to" });

export const CHECKOUT = z
  .strictObject({
    amount_nanos: z
      .string()
      .regex(/^\d{1,20}$/, "must be whole nanos of USD, in whole cents")
      .openapi({ example: "20000000000" }),
    return_url: RETURN_URL,
    currency: z.string().max(3).optional().describe("What is paid in; USD unless it is said."),
    save_method: z.boolean().optional().describe("Keeps the method of payment for automatic top-ups."),
  })
  .openapi("Checkout");

export const METHOD_SAVING = z.strictObject({ return_url: RETURN_URL }).openapi("MethodSaving");
export const METHOD_SESSION = z
  .strictObject({ id: z.string(), url: z.string().describe("Where to save it.") })
  .openapi("MethodSession");
export const METHODS_REMOVED = z.strictObject({ removed: z.number().int() }).openapi("MethodsRemoved");

export const AUTO_TOP_UP = z
  .strictObject({
    on: z.boolean(),
    off_reason: z.string().nullable().describe("Why it is off, where it was on before."),
    below_nanos: NANOS.nullable().describe("It is charged when the balance is below this."),
    amount_nanos: NANOS.nullable(),
    times_a_day: z.number().int().nullable().describe("At most, in a UTC day."),
    month_max_nanos: NANOS.nullable().describe("At most, in a UTC month."),
    month_nanos: NANOS.describe("Of this month so far."),
    failures: z.number().int().describe("In a row; the third switches it off."),
    email: z.string().nullable().describe("Who is told of failures, besides those told of a low balance."),
    method: z.string().nullable().describe("What is charged, such as `visa 4242`; null: none is saved."),
  })
  .openapi("AutoTopUp");
export type AutoTopUpView = z.infer<typeof AUTO_TOP_UP>;

const WHOLE_NANOS = z.string().regex(/^\d{1,20}$/, "must be whole nanos of USD");
export const AUTO_TOP_UP_CHANGE = z
  .strictObject({
    below_nanos: WHOLE_NANOS,
    amount_nanos: WHOLE_NANOS.describe("In whole cents, 50 or more."),
    times_a_day: z.number().int().min(1).max(100).optional().describe("3 where it is not said."),
    month_max_nanos: WHOLE_NANOS,
    email: z.email().max(254).optional(),
  })
  .openapi("AutoTopUpChange");

export const CHECKOUT_SESSION = z
  .strictObject({
    id: z.string(),
    url: z.string().describe("Where to pay."),
    amount_nanos: NANOS,
    paid_in: PAID_IN.nullable(),
  })
  .openapi("CheckoutSession");
export type CheckoutSession = z.infer<typeof CHECKOUT_SESSION>;

const ENTRY = z.strictObject({
  at: TIME,
  kind: z
    .string()
    .describe("`grant`, `charge`, `expiry`, `payment-back`, `debt-payment`, `plan` or `reversal`."),
  ref: z.string().describe("The charged request's id, the day of the charges, or the grant's key."),
  requests: z.number().int().describe("How many a line of charges stands for."),
  amount_nanos: NANOS.describe("Above zero: into the wallet."),
  balance_nanos: NANOS.describe("After it."),
  shown_nanos: NANOS.nullable().describe("The amount in nanos of `shown_currency`, at the rate of then."),
  paid_in: PAID_IN.nullable().describe("Where it was paid in another currency."),
});

export const STATEMENT = z
  .strictObject({
    account: z.string(),
    month: z.string().openapi({ example: "2026-11" }),
    currency: z.literal("USD"),
    shown_currency: z.string().nullable().describe("What amounts are told in besides USD; null: nothing."),
    complete: z.boolean().describe("Whether the month is over."),
    opening_nanos: NANOS,
    closing_nanos: NANOS,
    opening_shown_nanos: NANOS.nullable(),
    closing_shown_nanos: NANOS.nullable(),
    entries: z.array(ENTRY).describe("Oldest first."),
  })
  .openapi("Statement");
export type Statement = z.infer<typeof STATEMENT>;

export const LOW_BALANCE = z
  .strictObject({
    below_nanos: NANOS.nullable().describe("null: nobody is told."),
    webhook: z.string().nullable(),
    email: z.string().nullable(),
  })
  .openapi("LowBalance");
export type LowBalance = z.infer<typeof LOW_BALANCE>;

export const LOW_BALANCE_CHANGE = z
  .strictObject({
    below_nanos: z.string().regex(/^\d{1,20}$/, "must be whole nanos of USD"),
    webhook: z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .optional(),
    email: z.email().max(254).optional(),
  })
  .openapi("LowBalanceChange");

export const LOW_BALANCE_SET = z
  .strictObject({
    ...LOW_BALANCE.shape,
    webhook_secret: z.string().nullable().describe("What the webhook is signed with; shown this once."),
  })
  .openapi("LowBalanceSet");
