import { z } from "@hono/zod-openapi";
import { CATEGORIES, ENDPOINTS, TIERS } from "../../config/types.ts";
import { MEDIA_KINDS } from "../../core/generation/request.ts";
import { THINKING_CONTROLS } from "../../core/generation/traits.ts";
import { LINE, SOURCE } from "./declared.ts";
import { NANOS, TIME } from "./shapes.ts";

const RATES = z
  .record(z.string(), NANOS)
  .describe("Nanos of USD for a million of each kind of usage; `request` for one request.");

export const PRICE = z
  .strictObject({
    rates: RATES,
    tiers: z.array(
      z.strictObject({
        above_input_tokens: z.number().int().describe("For the whole request once its input is larger."),
        rates: RATES,
      }),
    ),
    periods: z
      .array(z.strictObject({ from: z.string(), until: z.string().nullable(), rates: RATES }))
      .describe("Moments between which it costs otherwise; the first that holds counts."),
    multiplier: z.string().describe("What is paid of it: 0.9 is a tenth less."),
  })
  .openapi("Price");
export type Price = z.infer<typeof PRICE>;

export const HEALTH = z
  .enum(["ok", "degraded", "down"])
  .describe(
    "degraded: some of its upstreams failed a moment ago, or do so more often than not; down: all of them.",
  );

export const UPSTREAM_HEALTH = z
  .enum(["ok", "failing", "standing_back", "unused"])
  .describe(
    "failing: a tenth or more of its calls of the last hour failed, and not ten in a row were served since; standing_back: it failed a moment ago, and others are tried first; unused: it was not called in the last hour.",
  );
export type UpstreamHealth = z.infer<typeof UPSTREAM_HEALTH>;

export const CALLS_OF_HOUR = z
  .strictObject({
    calls: z.number().int(),
    failed: z
      .number()
      .int()
      .describe("That it did not serve or broke off, whether another upstream made it good or none."),
    last_failure: z
      .strictObject({
        at: TIME,
        status: z.number().int().describe("The upstream's; 0 when none came."),
        reason: z.string(),
      })
      .nullable(),
  })
  .describe(
    "Of the last hour: with nodes on one PostgreSQL what all of them saw, up to six seconds ago. Otherwise what this process saw, and of before its start the newest 500 requests.",
  )
  .openapi("CallsOfHour");
export type CallsOfHour = z.infer<typeof CALLS_OF_HOUR>;

const MODEL_SHAPE = {
  id: z.string(),
  display_name: z.string(),
  vendor: z.string(),
  family: z.string(),
  description: z.string(),
  aliases: z.array(z.string()),
  category: z.enum(CATEGORIES),
  tier: z.enum(TIERS),
  context_tokens: z.number().int(),
  output_tokens_max: z.number().int(),
  endpoints: z.array(z.enum(ENDPOINTS)),
  protocols: z.array(z.string()).describe("What it can be asked in."),
  media: z
    .array(z.enum(MEDIA_KINDS))
    .describe("What it takes beside text, by one of its upstreams at least."),
  thinking: z
    .record(z.string(), z.enum(THINKING_CONTROLS))
    .describe("How it is told to think, by each protocol that its upstreams speak themselves."),
  price: PRICE,
  health: HEALTH,
};

export const MODEL = z.strictObject(MODEL_SHAPE).openapi("Model");
export type Model = z.infer<typeof MODEL>;

export const ACCOUNT_MODEL = z
  .strictObject({
    ...MODEL_SHAPE,
    included: z.boolean().describe("Whether keys of the plan may use it."),
  })
  .openapi("AccountModel");
export type AccountModel = z.infer<typeof ACCOUNT_MODEL>;

export const OPERATOR_MODEL = z
  .strictObject({
    ...MODEL_SHAPE,
    published: z.boolean().describe("Whether customers see it and may ask for it."),
    source: SOURCE,
    line: LINE,
    targets: z.array(
      z.strictObject({
        upstream: z.string(),
        model: z.string().describe("The upstream's own name of it."),
        weight: z.number(),
        order: z.number().int().describe("Those of a lower order are asked first."),
        cost: PRICE.nullable().describe("What the operator pays for it; null: not known."),
        margin: RATES.nullable().describe("What stays of each kind's price; null: the cost is not known."),
        cooling: z.boolean().describe("It failed a moment ago, and others are tried first."),
        health: UPSTREAM_HEALTH,
        last_hour: CALLS_OF_HOUR,
      }),
    ),
  })
  .openapi("OperatorModel");
export type OperatorModel = z.infer<typeof OPERATOR_MODEL>;

export const PROBES = z
  .strictObject({
    model: z.string(),
    targets: z.array(
      z.strictObject({
        upstream: z.string(),
        model: z.string(),
        protocol: z.string(),
        ok: z.boolean(),
        status: z.number().int(),
        took_ms: z.number(),
        reason: z.string(),
      }),
    ),
  })
  .openapi("Probes");
export type Probes = z.infer<typeof PROBES>;
