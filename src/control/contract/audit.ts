import { z } from "@hono/zod-openapi";
import { ACCOUNT_DISPLAY_NAME, ID, PAGE, TIME } from "./shapes.ts";

export const AUDIT_ENTRY = z
  .strictObject({
    id: ID,
    at: TIME,
    actor: z.string().describe("`user:` or `token:` and an id, or `command`."),
    address: z.string(),
    action: z.string().openapi({ example: "keys.create" }),
    account_id: ID.nullable(),
    target: z.string().describe("The id of what was changed."),
    before: z.unknown().describe("What it was, without secrets; null: nothing worth keeping."),
    after: z.unknown(),
  })
  .openapi("AuditEntry");
export type AuditEntry = z.infer<typeof AUDIT_ENTRY>;

export const OPERATOR_AUDIT_ENTRY = z
  .strictObject({ ...AUDIT_ENTRY.shape, account_display_name: ACCOUNT_DISPLAY_NAME })
  .openapi("OperatorAuditEntry");
export type OperatorAuditEntry = z.infer<typeof OPERATOR_AUDIT_ENTRY>;

export const AUDIT_QUERY = {
  ...PAGE,
  actor: z.string().max(100).optional(),
  action: z.string().max(100).optional(),
};
