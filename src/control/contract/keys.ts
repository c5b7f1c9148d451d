import { z } from "@hono/zod-openapi";
import { isNetwork } from "../../config/networks.ts";
import { LOSS_POLICIES } from "../../core/generation/loss.ts";
import { ID, NANOS, TIME } from "./shapes.ts";

const LIMIT = z.number().int().min(1).max(1_000_000_000_000).nullable();

const SPEND = z
  .string()
  .regex(/^[1-9]\d{0,17}$/, "must be whole nanos of USD above zero, in a string")
  .nullable();

export const LIMITS = z
  .strictObject({
    requests_per_minute: LIMIT,
    requests_per_day: LIMIT.describe("Of the UTC day."),
    tokens_per_minute: LIMIT,
    concurrency: LIMIT.describe("Requests that run at the same time."),
    spend_per_day_nanos: SPEND.describe("What requests may cost in a UTC day, in nanos of USD."),
    spend_per_month_nanos: SPEND.describe("What requests may cost in a UTC month, in nanos of USD."),
  })
  .openapi("Limits", { description: "How much may be asked for; null: no limit." });
export type Limits = z.infer<typeof LIMITS>;

export const KEY = z
  .strictObject({
    id: ID,
    name: z.string(),
    plan: z.string(),
    hint: z.string().describe("The key's prefix and last characters: all that is shown after its birth."),
    state: z.enum(["active", "expired", "revoked"]),
    project: z.string().nullable().describe("The label that its requests are summed by."),
    user_id: ID.nullable().describe("Who made it in the console."),
    loss_policy: z.enum(LOSS_POLICIES).nullable(),
    limits: LIMITS,
    models: z.array(z.string()).nullable().describe("Models it may use, within its plan; null: all."),
    networks: z.array(z.string()).nullable().describe("Addresses it may be used from; null: any."),
    keep_prompts: z.boolean().describe("Whether what its requests say and are answered is kept, encrypted."),
    created_at: TIME,
    expires_at: TIME.nullable(),
    revoked_at: TIME.nullable(),
    last_used_at: TIME.nullable(),
    month_charge_nanos: NANOS.describe("What its requests cost in this month (UTC)."),
    month_requests: z.number().int(),
  })
  .openapi("Key");
export type Key = z.infer<typeof KEY>;

const NAME = z.string().max(100);
const PROJECT = z
  .string()
  .regex(/^[^\p{Cc}]{1,60}$/u, "must be a label of 1 to 60 characters in one line")
  .describe("A label that its requests are summed by.");
const NETWORKS = z
  .array(z.string().refine(isNetwork, "must be an IP address or a CIDR block such as 10.0.0.0/8"))
  .min(1)
  .max(100);
const KEEP = z
  .boolean()
  .describe(
    "Keep what its requests say and are answered, encrypted, unless the account or the operator forbids it.",
  );
const MODELS = z.array(z.string().max(200)).min(1).max(500).describe("Ids or aliases, of the plan's models.");

export const NEW_KEY = z
  .strictObject({
    name: NAME.default(""),
    plan: z.string().max(64).optional().describe("Absent: the account's own plan."),
    project: PROJECT.optional(),
    loss_policy: z.enum(LOSS_POLICIES).optional(),
    limits: LIMITS.partial().default({}),
    models: MODELS.optional(),
    networks: NETWORKS.optional(),
    keep_prompts: KEEP.default(false),
    expires_at: z.iso.datetime().optional().describe("From when on it is refused. Absent: never."),
  })
  .openapi("NewKey");
export type NewKey = z.input<typeof NEW_KEY>;

export const KEY_CHANGE = z
  .strictObject({
    name: NAME.optional(),
    project: PROJECT.nullable().optional(),
    loss_policy: z.enum(LOSS_POLICIES).nullable().optional(),
    limits: LIMITS.partial().optional().describe("All of them anew: what is absent has no limit then."),
    models: MODELS.nullable().optional(),
    networks: NETWORKS.nullable().optional(),
    keep_prompts: KEEP.optional(),
    expires_at: z.iso.datetime().nullable().optional(),
  })
  .openapi("KeyChange", { description: "What is absent stays; null takes it away." });
export type KeyChange = z.input<typeof KEY_CHANGE>;

export const KEY_ROTATION = z
  .strictObject({
    overlap_seconds: z
      .number()
      .int()
      .min(0)
      .max(365 * 86_400)
      .default(0)
      .describe("How long the old key goes on."),
    expires_at: z.iso.datetime().optional().describe("Of the new key. Absent: as the old one's."),
  })
  .openapi("KeyRotation");
export type KeyRotation = z.input<typeof KEY_ROTATION>;

export const MADE_KEY = z
  .strictObject({ key: z.string().describe("The key itself: shown this once."), ...KEY.shape })
  .openapi("MadeKey");
export type MadeKey = z.infer<typeof MADE_KEY>;

export const KEY_PLAN = z
  .strictObject({
    id: z.string(),
    display_name: z.string().describe("As people call it: `shown.name` of quoin.yaml, or the id."),
    key_prefix: z.string(),
    is_default: z.boolean().describe("Taken where a new key names none."),
    limits: LIMITS,
    account_limits: LIMITS.describe("Of all the account's keys on this plan together."),
    models: z.array(z.string()).nullable().describe("Models that it includes; null: all."),
    monthly_credit_nanos: NANOS.nullable(),
    price_multiplier: z.string().describe("What its keys pay of the price list: 0.9 is a tenth less."),
  })
  .openapi("KeyPlan");
export type KeyPlan = z.infer<typeof KEY_PLAN>;
