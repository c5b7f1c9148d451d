import { z } from "@hono/zod-openapi";
import { USAGE_KINDS } from "./requests.ts";
import { NANOS, TIME } from "./shapes.ts";

const LATENCY = z
  .strictObject({
    p50: z.number().nullable(),
    p95: z.number().nullable(),
  })
  .describe(
    "Milliseconds, of finished answers; null: there are none. Read from bins: off by a tenth at most.",
  );

const SUMS = {
  requests: z.number().int(),
  errors: z.number().int().describe("That failed, or were cut by the upstream."),
  charge_nanos: NANOS,
  cache_saved_nanos: NANOS,
  usage: USAGE_KINDS,
  first_byte_ms: LATENCY,
  last_byte_ms: LATENCY,
};

export const USAGE_SUMS = z.strictObject(SUMS).openapi("UsageSums");
export type UsageSums = z.infer<typeof USAGE_SUMS>;

export const USAGE_BUCKET = z
  .strictObject({
    at: TIME.describe("When the hour or day begins."),
    group: z.string().describe("Id or name of the group; empty where none was asked for or is known."),
    ...SUMS,
  })
  .openapi("UsageBucket");
export type UsageBucket = z.infer<typeof USAGE_BUCKET>;

export const USAGE_GROUP = z
  .strictObject({
    group: z.string(),
    label: z.string().describe("For people: the name of a key, an account or a user."),
    ...SUMS,
  })
  .openapi("UsageGroup");
export type UsageGroup = z.infer<typeof USAGE_GROUP>;

export const USAGE_OVER = z
  .strictObject({
    from: TIME,
    to: TIME,
    bucket: z.enum(["hour", "day"]),
    items: z.array(USAGE_BUCKET).describe("Oldest first; hours and days without requests are left out."),
    groups: z
      .array(USAGE_GROUP)
      .describe(
        "Over the whole time, those that cost most first; of accounts, keys and users 100 at most, and fewer over more than 30 hours or days.",
      ),
    totals: USAGE_SUMS,
  })
  .openapi("UsageOver");
export type UsageOver = z.infer<typeof USAGE_OVER>;

const COST = {
  cost_nanos: NANOS.describe("What the operator pays for requests whose target declares its cost."),
  margin_nanos: NANOS.nullable().describe(
    "What was charged less cost_nanos, of requests whose cost is known; null: of none it is.",
  ),
};

/** As operators see it. */
export const OPERATOR_USAGE_OVER = z
  .strictObject({
    ...USAGE_OVER.shape,
    items: z.array(z.strictObject({ ...USAGE_BUCKET.shape, ...COST })),
    groups: z.array(z.strictObject({ ...USAGE_GROUP.shape, ...COST })),
    totals: z.strictObject({ ...SUMS, ...COST }),
  })
  .openapi("OperatorUsageOver");
export type OperatorUsageOver = z.infer<typeof OPERATOR_USAGE_OVER>;

export const ITEMS = z
  .enum(["all", "none"])
  .default("all")
  .describe("none: `items` is left empty, and only what all hours or days come to is told.");

export const ACTIVE_ACCOUNTS = z
  .strictObject({
    from: TIME,
    to: TIME,
    bucket: z.enum(["hour", "day"]),
    items: z
      .array(z.strictObject({ at: TIME, accounts: z.number().int() }))
      .describe("Oldest first; hours and days without requests are left out."),
    total: z.number().int().describe("Over the whole time, each account once."),
  })
  .openapi("ActiveAccounts");
export type ActiveAccounts = z.infer<typeof ACTIVE_ACCOUNTS>;

const MOMENT = z.iso.datetime({ offset: true });

export const USAGE_QUERY = {
  from: MOMENT.describe("Rounded down to the begin of its hour or day (UTC)."),
  to: MOMENT.optional().describe("Absent: now."),
  bucket: z.enum(["hour", "day"]).default("day"),
};

export const GROUPS = ["model", "key", "user", "project", "client", "upstream"] as const;
