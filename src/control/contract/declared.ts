import { z } from "@hono/zod-openapi";
import { SOURCES } from "../../config/declarations.ts";
import { DECLARED_KINDS, type DeclaredKind } from "../../config/declared.ts";
import { DECLARABLE } from "../../config/schema.ts";
import { TIME } from "./shapes.ts";

export const SOURCE = z
  .enum(SOURCES)
  .describe("file: quoin.yaml, read-only here; console: declared here; discovered: nobody declared it.");

export const FIELD_PROBLEM = z.strictObject({
  field: z.string().describe("Such as targets[0].upstream; empty: the whole."),
  message: z.string(),
});

/** What was declared here, for lists and forms. */
export const DECLARED = z
  .strictObject({
    kind: z.enum(DECLARED_KINDS),
    id: z.string(),
    content: z
      .record(z.string(), z.unknown())
      .describe("Its fields as quoin.yaml spells them, no credential."),
    has_api_key: z.boolean(),
    header_names: z.array(z.string()).describe("Of an upstream; their values are not shown."),
    updated_at: TIME,
    updated_by: z.string(),
    in_force: z.boolean(),
    problems: z.array(FIELD_PROBLEM).describe("Why it is not in force."),
  })
  .openapi("Declared");
export type Declared = z.infer<typeof DECLARED>;

export const LEFT_OUT = z
  .array(z.strictObject({ kind: z.enum(DECLARED_KINDS), id: z.string(), problems: z.array(FIELD_PROBLEM) }))
  .describe("What was declared in the console and cannot be in force.");

/** Fields as they are sent: what is absent stays absent, so that defaults may change. The rules are quoin.yaml's. */
function fieldsOf(kind: DeclaredKind, wanted: readonly string[]) {
  const { $schema: _, ...described } = z.toJSONSchema(DECLARABLE[kind], { io: "input" });
  return z.record(z.string(), z.unknown()).openapi({
    ...(described as object),
    type: "object",
    required: [...wanted],
    additionalProperties: false,
  });
}

export const NEW_DECLARED = {
  upstream: fieldsOf("upstream", ["id", "provider"]),
  model: fieldsOf("model", ["id", "targets"]),
  plan: fieldsOf("plan", ["id", "key_prefix"]),
};

/** null removes a field; an upstream's headers are changed one by one. */
export const DECLARED_CHANGE = {
  upstream: fieldsOf("upstream", []),
  model: fieldsOf("model", []),
  plan: fieldsOf("plan", []),
};
