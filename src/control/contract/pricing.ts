import { z } from "@hono/zod-openapi";
import { LIMITS } from "./keys.ts";
import { MODEL } from "./models.ts";
import { NANOS } from "./shapes.ts";

const PRICED_PLAN = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  price_nanos: NANOS.nullable().describe("Of a month; null: none is told."),
  per_seat: z.boolean().describe("Whether that price is for each member."),
  seat_nanos: NANOS.nullable().describe("Of a month, for each seat beside that price; null: none."),
  is_sold: z.boolean().describe("Whether an account chooses and pays it here by itself."),
  seats_min: z.number().int().nullable().describe("Fewest members that it is sold for; null: one."),
  is_trial: z.boolean().describe("Whether a visitor gets a key of it without signing up."),
  monthly_credit_nanos: NANOS.nullable(),
  credit_carries_over: z.boolean().describe("Whether what is left of a month's credit stays in the next."),
  credit_keys_max: z
    .number()
    .int()
    .nullable()
    .describe(
      "The credit comes for each key of an account, for so many at most; null: once, or for each seat.",
    ),
  price_multiplier: z.string().describe("What is paid of the price list: 0.9 is a tenth less."),
  limits: LIMITS.describe("Of each key."),
  account_limits: LIMITS.describe("Of all keys of an account together."),
  models: z.array(z.string()).nullable().describe("Ids of the models that it includes; null: all."),
});

export const PRICING = z
  .strictObject({
    currency: z.literal("USD"),
    plans: z.array(PRICED_PLAN),
    models: z.array(MODEL),
  })
  .openapi("Pricing");
export type Pricing = z.infer<typeof PRICING>;
