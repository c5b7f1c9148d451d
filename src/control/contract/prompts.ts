import { z } from "@hono/zod-openapi";
import { MEDIA_KINDS } from "../../core/generation/request.ts";
import { ID, TIME } from "./shapes.ts";

const MEDIA = z.strictObject({
  kind: z.literal("media"),
  media: z.enum(MEDIA_KINDS),
  mime: z.string().nullable(),
  source: z.string().describe("Where it lies, or the SHA-256 of its bytes, which are not kept."),
});

const PART = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("text"), text: z.string() }),
  z.strictObject({ kind: z.literal("thinking"), text: z.string() }),
  MEDIA,
  z.strictObject({
    kind: z.literal("call"),
    call_id: z.string(),
    name: z.string(),
    input: z.string().describe("Its arguments, JSON as a rule."),
  }),
  z.strictObject({
    kind: z.literal("result"),
    call_id: z.string(),
    text: z.string(),
    media: z.array(MEDIA),
  }),
  z.strictObject({
    kind: z.literal("other"),
    type: z.string().describe("What only its own protocol can say, by its name there."),
  }),
]);

const TURN = z.strictObject({
  role: z.enum(["system", "developer", "user", "assistant", "tool"]),
  parts: z.array(PART),
});

export const PROMPT = z
  .strictObject({
    request_id: ID,
    at: TIME,
    expires_at: TIME.describe("When it is deleted."),
    turns: z.array(TURN).describe("What the request said, in any protocol."),
    answer: z.array(TURN).describe("What it was answered, a turn for each choice; none where it failed."),
    body: z
      .string()
      .nullable()
      .describe("The request's body as JSON with digests in the place of media; null: too large to be kept."),
    is_cut: z.boolean().describe("Some text was too long and is shortened."),
  })
  .openapi("Prompt");
export type Prompt = z.infer<typeof PROMPT>;

export const KEPT_PROMPT = z.strictObject({
  prompt: PROMPT.nullable().describe("null: nothing is kept of this request."),
});

export const PROMPT_RULE = z
  .strictObject({
    forbidden: z.boolean().describe("Nothing is kept from now on, whatever keys say."),
    days: z
      .number()
      .int()
      .min(1)
      .max(3650)
      .nullable()
      .describe("Days that prompts are kept; null: as long as the operator keeps them. Never longer."),
    operators: z.boolean().describe("Whether those who run the installation may read them."),
  })
  .openapi("PromptRule");
export type PromptRule = z.infer<typeof PROMPT_RULE>;

export const PROMPT_RULE_IN_FORCE = z
  .strictObject({
    ...PROMPT_RULE.shape,
    operator: z.strictObject({
      keep: z.boolean().describe("Whether the installation keeps prompts at all."),
      days: z.number().int().describe("The most days."),
    }),
  })
  .openapi("PromptRuleInForce");
export type PromptRuleInForce = z.infer<typeof PROMPT_RULE_IN_FORCE>;

export const DELETED_PROMPTS = z.strictObject({ deleted: z.number().int() });
