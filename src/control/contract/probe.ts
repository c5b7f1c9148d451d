import { z } from "@hono/zod-openapi";
import { CATEGORIES } from "../../config/types.ts";
import { OUTCOMES, USAGE_KINDS } from "./requests.ts";
import { ID, NANOS, TIME } from "./shapes.ts";

/** An operator's secret is never this long; what is sent here is hashed and no more. */
const KEY_CHARACTERS_MAX = 300;

export const PROBE_ASKED = z
  .strictObject({
    key: z
      .string()
      .min(1)
      .max(KEY_CHARACTERS_MAX)
      .describe("The whole API key. It is neither kept nor logged."),
  })
  .openapi("ProbeAsked");

const COUNT = z.number().int();

const PROBED_MODEL = z.strictObject({
  id: z.string(),
  display_name: z.string(),
  category: z.enum(CATEGORIES),
  context_tokens: COUNT,
  output_tokens_max: COUNT,
});

const PROBED_REQUEST = z.strictObject({
  id: ID,
  at: TIME,
  model: z.string(),
  protocol: z.string(),
  stream: z.boolean(),
  status: COUNT,
  outcome: z.enum(OUTCOMES),
  error: z.string().nullable(),
  usage: USAGE_KINDS,
  usage_source: z.enum(["reported", "estimated", "none"]),
  context_used_tokens: COUNT.describe("What the model read and wrote."),
  context_tokens: COUNT.nullable().describe("What the model can hold; null: it is offered no more."),
  charge_nanos: NANOS,
  first_byte_ms: z.number().describe("Milliseconds count from the request's arrival."),
  last_byte_ms: z.number(),
  client: z.string(),
  region: z.string(),
});

const WHOSE = z
  .enum(["key", "member", "account", "model"])
  .describe("Of the key alone, or of what it shares.");

export const PROBE = z
  .strictObject({
    key: z.strictObject({
      id: ID,
      name: z.string(),
      hint: z.string().describe("Its prefix and last characters."),
      state: z.enum(["active", "expired"]),
      project: z.string().nullable(),
      networks: z.array(z.string()).nullable().describe("Addresses it may be used from; null: any."),
      created_at: TIME,
      expires_at: TIME.nullable(),
    }),
    plan: z.strictObject({
      id: z.string(),
      display_name: z.string().describe("As people call it."),
      monthly_credit_nanos: NANOS.nullable(),
      price_multiplier: z.string().describe("What is paid of the price list: 0.9 is a tenth less."),
    }),
    region: z
      .strictObject({ id: z.string(), display_name: z.string(), city: z.string() })
      .nullable()
      .describe("Of the node that answers; null: it has none."),
    wallet: z.strictObject({
      balance_nanos: NANOS,
      held_nanos: NANOS.describe("Of it, what running requests hold."),
      available_nanos: NANOS,
    }),
    limits: z
      .array(
        z.strictObject({
          whose: WHOSE,
          kind: z.enum(["requests-minute", "requests-day", "tokens-minute", "concurrency"]),
          limit: COUNT,
          remaining: COUNT,
          reset_ms: z.number().describe("Until all of it is there again, if nothing more is asked for."),
        }),
      )
      .nullable()
      .describe("What is left of limits in time; null: their store is out of reach."),
    concurrency: COUNT.nullable().describe("Requests of the key that may run at once; null: no limit."),
    budgets: z
      .array(
        z.strictObject({
          whose: WHOSE,
          period: z.enum(["day", "month"]).describe("Of the calendar, in UTC."),
          limit_nanos: NANOS,
          left_nanos: NANOS,
          ends_at: TIME,
        }),
      )
      .describe("What may still be spent."),
    models: z.array(PROBED_MODEL).describe("What the key can ask."),
    requests: z.array(PROBED_REQUEST).describe("The last 50, the newest first."),
  })
  .openapi("Probe");
export type Probe = z.infer<typeof PROBE>;
