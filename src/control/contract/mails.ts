import { z } from "@hono/zod-openapi";
import { ID, TIME } from "./shapes.ts";

export const STUCK_MAIL = z
  .strictObject({
    id: ID,
    to: z.string().describe("Empty where it was sealed with another secret. What it says is told to nobody."),
    state: z.enum(["waiting", "given_up"]),
    created_at: TIME,
    tries: z.number().int(),
    error: z.string().nullable().describe("What its sender said at the last try."),
    next_at: TIME.nullable().describe("The next try; null where it was given up."),
    given_up_at: TIME.nullable(),
  })
  .openapi("StuckMail");
export type StuckMail = z.infer<typeof STUCK_MAIL>;
