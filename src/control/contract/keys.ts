import { z } from "@hono/zod-openapi";
import { LOSS_POLICIES } from "../../core/generation/loss.ts";
import { ID, TIME } from "./shapes.ts";

const LIMIT = z.number().int().nullable();

export const KEY = z
  .strictObject({
    id: ID,
    name: z.string(),
    plan: z.string(),
    hint: z.string().describe("The key's prefix and last characters: all that is shown after its birth."),
    state: z.enum(["active", "expired", "revoked"]),
    loss_policy: z.enum(LOSS_POLICIES).nullable(),
    limits: z.strictObject({
      requests_per_minute: LIMIT,
      requests_per_day: LIMIT,
      tokens_per_minute: LIMIT,
      concurrency: LIMIT,
    }),
    networks: z.array(z.string()).nullable().describe("Addresses it may be used from; null: any."),
    created_at: TIME,
    expires_at: TIME.nullable(),
    revoked_at: TIME.nullable(),
  })
  .openapi("Key");
export type Key = z.infer<typeof KEY>;
