import { z } from "@hono/zod-openapi";
import { PAYERS } from "../../billing/subscription-store.ts";
import { ACCOUNT_DISPLAY_NAME, ID, NANOS, TIME } from "./shapes.ts";

const CHOICE = {
  plan: z.string(),
  name: z.string().describe("As people call it."),
  seats: z.number().int().nullable().describe("null: the plan has none, and any number of members."),
  price_nanos: NANOS.nullable().describe("A month; null: the plan is not sold any more."),
  credit_nanos: NANOS.nullable().describe("What comes with a month that is paid."),
};

export const SUBSCRIPTION = z
  .strictObject({
    account: z.string(),
    ...CHOICE,
    payer: z.enum(PAYERS).describe("`operator`: it was given, and nobody pays."),
    state: z
      .enum(["active", "unpaid", "lapsed"])
      .describe("unpaid: it goes on until `ends_at`; lapsed: the account has its plan of before again."),
    next: z.strictObject(CHOICE).nullable().describe("From the next month on; null: the same."),
    cancel_at_end: z.boolean().describe("Whether it ends with what is paid."),
    paid_until: TIME,
    ends_at: TIME.nullable().describe("null: it goes on."),
    problem: z.string().nullable().describe("Why the last payment failed."),
    pay_url: z.string().nullable().describe("Where an unpaid invoice is paid."),
  })
  .openapi("Subscription");
export type Subscription = z.infer<typeof SUBSCRIPTION>;

export const OPERATOR_SUBSCRIPTION = SUBSCRIPTION.extend({
  account_id: ID,
  account_display_name: ACCOUNT_DISPLAY_NAME,
}).openapi("OperatorSubscription");
export type OperatorSubscription = z.infer<typeof OPERATOR_SUBSCRIPTION>;

const OFFER = z.strictObject({
  plan: z.string(),
  name: z.string(),
  month_nanos: NANOS,
  seat_nanos: NANOS.nullable().describe("For each seat, beside the month; null: it has no seats."),
  seats_min: z.number().int().nullable(),
  credit_nanos: NANOS.nullable().describe("A month, for each seat."),
});

export const ACCOUNT_PLAN = z
  .strictObject({
    subscription: SUBSCRIPTION.nullable().describe("null: no plan is paid for month by month."),
    members: z.number().int(),
    pays: z.array(z.enum(["card", "wallet"])).describe("How a plan can be paid here."),
    offers: z.array(OFFER).describe("Plans that the account may choose."),
  })
  .openapi("AccountPlan");
export type AccountPlan = z.infer<typeof ACCOUNT_PLAN>;

export const PLAN_CHOICE = z
  .strictObject({
    plan: z.string().max(64),
    seats: z
      .number()
      .int()
      .min(1)
      .max(100_000)
      .optional()
      .describe("As many as there are members, or as the plan needs, where it is not said."),
    pay: z.enum(["card", "wallet"]).optional().describe("As before, or by card where that can be."),
    return_url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe("Where to come back to from paying by card."),
  })
  .openapi("PlanChoice");

export const PLAN_CHOSEN = ACCOUNT_PLAN.extend({
  url: z.string().nullable().describe("Where the first month is paid by card; null: it is done."),
}).openapi("PlanChosen");
export type PlanChosen = z.infer<typeof PLAN_CHOSEN>;

export const PLAN_GIVEN = PLAN_CHOICE.pick({ plan: true, seats: true }).openapi("PlanGiven");
