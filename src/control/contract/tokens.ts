import { z } from "@hono/zod-openapi";
import { SCOPES } from "../token-operations.ts";
import { ID, TIME } from "./shapes.ts";

export const TOKEN = z
  .strictObject({
    id: ID,
    name: z.string(),
    hint: z.string().describe("Its prefix and last characters: all that is shown after its birth."),
    scopes: z.array(z.string()),
    state: z.enum(["active", "expired", "revoked"]),
    created_by: z.string().describe("`user:` or `token:` and an id, or `command`."),
    created_at: TIME,
    expires_at: TIME.nullable(),
    revoked_at: TIME.nullable(),
    last_used_at: TIME.nullable().describe("Within a minute."),
  })
  .openapi("Token");
export type Token = z.infer<typeof TOKEN>;

export const NEW_TOKEN = z
  .strictObject({
    name: z.string().max(100).default(""),
    scopes: SCOPES.describe(
      "Permissions such as `keys:read`, or groups such as `keys:*`; none beyond the maker's own.",
    ),
    expires_at: z.iso.datetime().optional().describe("From when on it is refused. Absent: never."),
  })
  .openapi("NewToken");
export type NewToken = z.infer<typeof NEW_TOKEN>;

export const MADE_TOKEN = z
  .strictObject({ token: z.string().describe("Shown this once."), ...TOKEN.shape })
  .openapi("MadeToken");
export type MadeToken = z.infer<typeof MADE_TOKEN>;
