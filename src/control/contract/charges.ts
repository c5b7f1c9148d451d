import { z } from "@hono/zod-openapi";
import { ID, NANOS, TIME } from "./shapes.ts";

const TOKENS = z
  .strictObject({ input_tokens: z.number().int(), output_tokens: z.number().int() })
  .describe("All kinds of input together, and all of output.");

export const DOUBTED_CHARGE = z
  .strictObject({
    id: ID.describe("Of the request."),
    at: TIME,
    account: z.string(),
    account_id: ID,
    model: z.string().nullable().describe("null: the request is in the history no more."),
    reported: TOKENS.nullable().describe(
      "What the upstream reports, which cannot be; null: not known any more.",
    ),
    counted: TOKENS.nullable().describe("What was charged in its place: Quoin's own count."),
    amount_nanos: NANOS,
  })
  .openapi("DoubtedCharge");
export type DoubtedCharge = z.infer<typeof DOUBTED_CHARGE>;
