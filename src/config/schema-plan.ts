import { z } from "zod";
import { multiplier, usd } from "./schema-price.ts";
import { id, line } from "./schema-scalars.ts";

const limit = (what: string) =>
  z.int().min(1).max(1_000_000_000_000).optional().describe(`${what}. Absent: no limit.`);

export const limits = (whose: string) =>
  z
    .strictObject({
      requests_per_minute: limit(`Requests of ${whose} in any 60 seconds`),
      requests_per_day: limit(`Requests of ${whose} in a day (UTC)`),
      tokens_per_minute: limit(`Tokens of ${whose}, in and out, in any 60 seconds`),
      concurrency: limit(`Requests of ${whose} that run at the same time`),
      spend_per_day: usd
        .optional()
        .describe(`USD that requests of ${whose} may cost in a day (UTC). Absent: no limit.`),
      spend_per_month: usd
        .optional()
        .describe(`USD that requests of ${whose} may cost in a month (UTC). Absent: no limit.`),
    })
    .default({});

const planPrice = z
  .strictObject({
    month: usd.optional().describe("USD a month, in whole cents. Absent: none."),
    seat: usd
      .optional()
      .describe(
        "USD a month for each seat, in whole cents. Absent: the plan has no seats, and any number of members.",
      ),
    grace_days: z
      .int()
      .min(0)
      .max(60)
      .default(7)
      .describe("How many days the plan goes on after a month that could not be paid."),
  })
  .refine(({ month, seat }) => month !== undefined || seat !== undefined, "needs month, seat, or both")
  .describe(
    "What the plan costs, which Quoin collects: by card where Stripe is set up, or from the wallet. monthly_credits then come with each month that is paid, for each seat. Absent: an operator gives the plan.",
  );

const planShown = z
  .strictObject({
    name: line.optional().describe("The plan's name for people. Absent: its id."),
    description: line.default("").describe("A sentence on whom it is for."),
    price: usd
      .optional()
      .describe(
        "USD a month, as agreed outside of Quoin, which does not collect it; not beside the plan's own `price`. Absent: none is told.",
      ),
    per_seat: z.boolean().default(false).describe("Whether the price is for each member."),
    seats_min: z
      .int()
      .min(1)
      .max(100_000)
      .optional()
      .describe("Fewest members that it is sold for. Absent: one."),
  })
  .describe(
    "The plan on the public pricing page. Absent: it is not there, unless no plan is and it is that of new accounts.",
  );

export const plan = z
  .strictObject({
    id: id.describe("Name of the plan, as `quoin keys create --plan` takes it."),
    key_prefix: z
      .string()
      .regex(/^[a-z0-9_]{1,31}_$/, "must be 2 to 32 of a-z, 0-9 and _, and end with _")
      .describe(
        "What the plan's new keys begin with, up to their last underscore; one plan's prefix may begin another's (qua_ and qua_trail_). A key's plan is stored with it, so a change here changes no key that exists.",
      ),
    monthly_credits: usd.optional().describe("USD granted each month. Absent: none."),
    monthly_credits_carry_over: z
      .boolean()
      .default(false)
      .describe(
        "Whether what is left of a month's credit stays in the next. Absent: it expires with its month (UTC).",
      ),
    monthly_credits_keys_max: z
      .int()
      .min(1)
      .max(10_000)
      .optional()
      .describe(
        "The credit then comes for each key of an account on this plan, for so many keys at most. Not beside `price`, which counts seats. Absent: once for the account, however many keys it has.",
      ),
    limits: limits("a key").describe("How much each key may ask for."),
    account_limits: limits("an account on this plan").describe(
      "How much all keys of an account on this plan may ask for together.",
    ),
    price_multiplier: multiplier.describe("What the plan's keys pay of the price list; 0.9 is a tenth less."),
    models: z
      .array(z.string())
      .min(1)
      .optional()
      .describe("Models (ids or aliases) that the plan may use. Absent: all."),
    price: planPrice.optional(),
    shown: planShown.optional(),
  })
  .refine(({ price, monthly_credits_keys_max: keysMax }) => price === undefined || keysMax === undefined, {
    path: ["monthly_credits_keys_max"],
    error: "is not beside price, whose credit comes for each seat; remove one of the two",
  })
  .describe("What a key may do.");
