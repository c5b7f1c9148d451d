import { z } from "@hono/zod-openapi";
import { CODE, EMAIL, LOCALE, PHONE, TOKEN } from "./people.ts";
import { ID } from "./shapes.ts";

export const TRIAL_WISH = z
  .strictObject({
    email: EMAIL.optional(),
    phone: PHONE.optional(),
    locale: LOCALE.optional().describe("What the message is written in."),
  })
  .openapi("TrialWish", { description: "One of both, as `trial.verify` of GET /meta says." });

export const TRIAL_PROOF = z
  .strictObject({ challenge: TOKEN.optional(), code: CODE.optional() })
  .openapi("TrialProof", { description: "Nothing where nothing is to be proven." });

export const TRIAL_KEY = z
  .strictObject({
    id: ID,
    key: z.string().describe("The key itself: shown this once."),
    plan: z.string(),
    account: z.string().describe("Whoever signs up with what was proven becomes its owner."),
    models: z.array(z.string()).describe("Ids of the models that it may use."),
  })
  .openapi("TrialKey");
export type TrialKey = z.infer<typeof TRIAL_KEY>;
