import { z } from "@hono/zod-openapi";
import { PROTOCOLS } from "../../core/protocol.ts";
import { ACCOUNT_DISPLAY_NAME, ID, NANOS, TIME } from "./shapes.ts";

const COUNT = z.number().int();

export const USAGE_KINDS = z
  .strictObject({
    input: COUNT.describe("Tokens that no cache was involved in."),
    cache_read: COUNT,
    cache_write_5m: COUNT,
    cache_write_1h: COUNT,
    audio_input: COUNT,
    output: COUNT.describe("Visible output, without reasoning, audio and images."),
    reasoning: COUNT,
    audio_output: COUNT,
    image_output: COUNT,
    searches: COUNT,
  })
  .catchall(COUNT)
  .openapi("Usage", { description: "In kinds that do not overlap; tokens unless the name says otherwise." });
export type UsageKinds = z.infer<typeof USAGE_KINDS>;

export const ATTEMPT = z
  .strictObject({
    upstream: z.string(),
    model: z.string().describe("The upstream's own name of it."),
    status: z.number().int().describe("0: no answer came."),
    outcome: z.enum(["served", "retryable", "final"]),
    reason: z.string().nullable(),
    start_ms: z.number().describe("Since the request's arrival."),
    took_ms: z.number(),
  })
  .openapi("Attempt");
export type Attempt = z.infer<typeof ATTEMPT>;

export const OUTCOMES = ["finished", "failed", "cut_by_client", "cut_by_upstream"] as const;

export const REQUEST = z
  .strictObject({
    id: ID,
    at: TIME,
    account_id: ID,
    key_id: ID,
    user_id: ID.nullable().describe("Who made the key."),
    project: z.string().nullable(),
    model: z.string(),
    protocol: z.string().describe("`unknown` where the record was rebuilt after a crash."),
    operation: z.string(),
    stream: z.boolean(),
    status: z.number().int(),
    outcome: z.enum(OUTCOMES),
    error: z.string().nullable(),
    usage: USAGE_KINDS,
    usage_source: z.enum(["reported", "estimated", "none"]),
    charge_nanos: NANOS,
    cache_saved_nanos: NANOS.nullable().describe("Against the same request without a cache."),
    price_version: z.number().int(),
    attempts: z.array(ATTEMPT),
    queue_ms: z.number(),
    first_byte_ms: z.number().describe("Milliseconds count from the request's arrival."),
    last_byte_ms: z.number(),
    client: z.string(),
    region: z.string(),
    notes: z
      .array(z.string())
      .describe("What was put right on the way in, and what the target could not be told."),
    answer_id: z.string().nullable().describe("The upstream's own id of the answer."),
  })
  .openapi("Request");
export type Request = z.infer<typeof REQUEST>;

export const OPERATOR_REQUEST = z
  .strictObject({
    ...REQUEST.shape,
    cost_nanos: NANOS.nullable().describe(
      "What the operator pays the target that served; null: it declares no cost, or none served.",
    ),
    margin_nanos: NANOS.nullable().describe("charge_nanos less cost_nanos; null: the cost is not known."),
    account_display_name: ACCOUNT_DISPLAY_NAME,
  })
  .openapi("OperatorRequest");
export type OperatorRequest = z.infer<typeof OPERATOR_REQUEST>;

export const CHARGE_TOLD = z
  .strictObject({
    charge_nanos: NANOS,
    price_version: z.number().int(),
    multiplier: z
      .string()
      .nullable()
      .describe("What is paid of the price list: `0.9` is a tenth less; null: not known."),
    multiplier_of: z
      .enum(["plan", "account"])
      .nullable()
      .describe(
        "Whose terms those are; null: the whole price, or a request of before this was written down.",
      ),
    multiplier_plan: z.string().nullable().describe("The plan, where they are a plan's."),
    multiplier_plan_name: z.string().nullable().describe("As people call it."),
    lines: z
      .array(
        z.strictObject({
          kind: z.string().describe("A kind of usage, or `request` for what each request costs."),
          units: COUNT,
          nanos_per_million: NANOS.describe("Of the price list, for a million units."),
          amount_nanos: NANOS.describe("Before the multiplier, rounded; the charge is rounded once."),
        }),
      )
      .nullable()
      .describe("null: it is not the price of the usage, as where a stream was cut."),
  })
  .openapi("RequestCharge");
export type ChargeTold = z.infer<typeof CHARGE_TOLD>;

const MOMENT = z.iso.datetime({ offset: true });

/** Query fields that say which requests. */
export const REQUEST_FILTER = {
  from: MOMENT.optional().describe("Arrived at this moment or later."),
  to: MOMENT.optional().describe("Arrived before this moment."),
  model: z.string().max(200).optional().describe("Its id or an alias."),
  key_id: ID.optional(),
  user_id: ID.optional(),
  project: z.string().max(100).optional(),
  status: z.enum(["2xx", "3xx", "4xx", "5xx"]).optional(),
  outcome: z.enum(OUTCOMES).optional(),
  protocol: z.enum(PROTOCOLS).optional(),
  client: z
    .string()
    .max(200)
    .optional()
    .describe("A program's name, with any version or with one: codex/0.9."),
  upstream: z.string().max(64).optional().describe("Where the answer came from."),
};

/** Whose requests, where those of all accounts are asked for. */
export const ACCOUNT_FILTER = {
  account: z.string().max(100).optional().describe("Name or id of an account."),
};
