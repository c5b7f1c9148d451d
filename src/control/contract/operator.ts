import { z } from "@hono/zod-openapi";
import { LINE, SOURCE } from "./declared.ts";
import { KEY_PLAN } from "./keys.ts";
import { CALLS_OF_HOUR, UPSTREAM_HEALTH } from "./models.ts";
import { ID, NANOS, TIME } from "./shapes.ts";

export const ACCOUNT_ENTRY = z
  .strictObject({
    id: ID,
    name: z.string().describe("Unique; what commands call it."),
    display_name: z.string(),
    plan: z.string().nullable().describe("Of its new keys; null: the default plan."),
    price_multiplier: z
      .string()
      .nullable()
      .describe("What is agreed that it pays of the price list; null: as its plan says."),
    created_at: TIME,
    suspended_at: TIME.nullable().describe("From when on all its keys are refused."),
    balance_nanos: NANOS,
    debt_nanos: NANOS,
  })
  .openapi("AccountEntry");
export type AccountEntry = z.infer<typeof ACCOUNT_ENTRY>;

const NAME = z
  .string()
  .regex(/^[\w.@+-]{1,100}$/, "must be 1 to 100 letters, digits, or any of _ . @ + -")
  .refine((name) => !/^[0-9a-f]{32}$/.test(name), "must not look like an id");

export const NEW_ACCOUNT = z
  .strictObject({ name: NAME, plan: z.string().max(64).optional() })
  .openapi("NewAccount");

export const ACCOUNT_CHANGE = z
  .strictObject({
    plan: z.string().max(64).optional(),
    suspended: z.boolean().optional().describe("Whether all its keys are refused."),
  })
  .openapi("AccountChange");

export const GRANT = z
  .strictObject({
    amount_nanos: z
      .string()
      .regex(/^[1-9]\d{0,18}$/, "must be whole nanos of USD above zero")
      .openapi({ example: "10000000000" }),
    reference: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe("The same reference grants once, however often it is sent."),
  })
  .openapi("Grant");

export const USER_ENTRY = z
  .strictObject({
    id: ID,
    email: z.string(),
    email_verified: z.boolean(),
    phone: z.string().nullable(),
    phone_verified: z.boolean(),
    display_name: z.string(),
    operator: z.boolean(),
    created_at: TIME,
    disabled_at: TIME.nullable(),
  })
  .openapi("UserEntry");
export type UserEntry = z.infer<typeof USER_ENTRY>;

export const USER_CHANGE = z
  .strictObject({ operator: z.boolean().optional(), disabled: z.boolean().optional() })
  .openapi("UserChange");

export const CODE = z
  .strictObject({
    id: ID,
    batch: z.string(),
    hint: z.string(),
    amount_nanos: NANOS,
    state: z.enum(["open", "redeemed", "revoked", "expired"]),
    created_at: TIME,
    expires_at: TIME.nullable(),
    revoked_at: TIME.nullable(),
    redeemed_at: TIME.nullable(),
    account: z.string().nullable().describe("Who redeemed it."),
  })
  .openapi("Code");
export type Code = z.infer<typeof CODE>;

export const NEW_CODES = z
  .strictObject({
    amount_nanos: z
      .string()
      .regex(/^[1-9]\d{0,18}$/, "must be whole nanos of USD above zero")
      .openapi({ example: "5000000000" }),
    count: z.number().int().min(1).max(10_000).default(1),
    expires_at: z.iso.datetime().optional(),
    batch: z
      .string()
      .regex(/^[\w.+-]{1,100}$/, "must be 1 to 100 letters, digits, or any of _ . + -")
      .optional(),
  })
  .openapi("NewCodes");

export const MADE_CODES = z
  .strictObject({
    batch: z.string(),
    amount_nanos: NANOS,
    expires_at: TIME.nullable(),
    codes: z.array(z.strictObject({ id: ID, code: z.string() })).describe("Shown this once."),
  })
  .openapi("MadeCodes");
export type MadeCodes = z.infer<typeof MADE_CODES>;

export const REVOKED_CODES = z.strictObject({ revoked: z.number().int() }).openapi("RevokedCodes");

export const UPSTREAM = z
  .strictObject({
    id: z.string(),
    provider: z.string(),
    source: SOURCE,
    line: LINE,
    base_url: z.string(),
    protocols: z.array(z.string()),
    has_api_key: z.boolean(),
    models: z.array(z.string()).describe("Those that it serves."),
    health: UPSTREAM_HEALTH,
    cooling: z.number().int().describe("How many of its targets failed a moment ago and stand back."),
    last_hour: CALLS_OF_HOUR,
  })
  .openapi("Upstream");
export type Upstream = z.infer<typeof UPSTREAM>;

export const UPSTREAM_ERROR = z.strictObject({
  request_id: ID,
  at: TIME,
  model: z.string(),
  status: z.number().int(),
  reason: z.string().nullable(),
});

export const UPSTREAM_DETAIL = z
  .strictObject({
    ...UPSTREAM.shape,
    last_errors: z.array(UPSTREAM_ERROR).describe("Of the last day, the newest first."),
  })
  .openapi("UpstreamDetail");
export type UpstreamDetail = z.infer<typeof UPSTREAM_DETAIL>;

export const OPERATOR_PLAN = z
  .strictObject({ ...KEY_PLAN.shape, source: SOURCE, line: LINE })
  .openapi("OperatorPlan");
export type OperatorPlan = z.infer<typeof OPERATOR_PLAN>;

export const PRICE_VERSION = z
  .strictObject({ version: z.number().int(), since: TIME, in_force: z.boolean() })
  .openapi("PriceVersion");
export type PriceVersion = z.infer<typeof PRICE_VERSION>;

export const MODEL_PRICES = z
  .strictObject({
    version: z.number().int(),
    since: TIME.describe("When the version was first in force."),
    changes: z.array(
      z.strictObject({
        kind: z.string(),
        from: z.string().nullable().describe("Nanos; null: it was not there."),
        to: z.string().nullable(),
      }),
    ),
  })
  .openapi("ModelPrices");
export type ModelPrices = z.infer<typeof MODEL_PRICES>;

export const KNOWN_MODEL = z
  .strictObject({
    id: z.string().describe("The vendor's own name of it."),
    display_name: z.string(),
    vendor: z.string(),
    category: z.string(),
    tier: z.string(),
    context_tokens: z.number().int().nullable().describe("null: not known."),
    output_tokens_max: z.number().int().nullable(),
    price: z
      .record(z.string(), z.unknown())
      .describe("The list price in the fields of quoin.yaml's `price`."),
  })
  .openapi("KnownModel");
export type KnownModel = z.infer<typeof KNOWN_MODEL>;

export const PRICE_DIFF = z
  .strictObject({
    from: z.number().int(),
    to: z.number().int(),
    changes: z.array(
      z.strictObject({
        model: z.string(),
        kind: z.string(),
        from: z.string().nullable().describe("Nanos; null: it was not there."),
        to: z.string().nullable(),
      }),
    ),
  })
  .openapi("PriceDiff");
export type PriceDiff = z.infer<typeof PRICE_DIFF>;

export const CONFIG_YAML = z
  .strictObject({
    text: z.string().describe("The file."),
    variables: z.array(z.string()).describe("What the environment must hold for it."),
  })
  .openapi("ConfigYaml");
export type ConfigYaml = z.infer<typeof CONFIG_YAML>;

export const ENVIRONMENT = z
  .strictObject({
    items: z.array(
      z.strictObject({
        variable: z.string(),
        is_set: z.boolean().describe("Whether the environment has it; the default holds otherwise."),
        value: z
          .string()
          .nullable()
          .describe("null: not set, or not to be told. Of addresses the host alone."),
        option: z
          .string()
          .nullable()
          .describe(
            "Of `quoin serve`, which said the value and counts before the environment; null: none did.",
          ),
        default: z.string(),
        unit: z.string(),
        description: z.string(),
      }),
    ),
  })
  .openapi("Environment");
export type Environment = z.infer<typeof ENVIRONMENT>;
