import { z } from "@hono/zod-openapi";
import { DECLARABLE, SECTIONS } from "../../config/declarable.ts";
import { SOURCES } from "../../config/declarations.ts";
import { DECLARED_KINDS, type SettingId } from "../../config/declared.ts";
import { TIME } from "./shapes.ts";

export const SOURCE = z
  .enum(SOURCES)
  .describe("file: quoin.yaml, read-only here; console: declared here; discovered: nobody declared it.");

export const LINE = z.number().int().nullable().describe("Of quoin.yaml, where that declares it.");

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
function fieldsOf(schema: z.ZodType, wanted: readonly string[]) {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io: "input" });
  return z.record(z.string(), z.unknown()).openapi({
    ...(described as object),
    type: "object",
    required: [...wanted],
    additionalProperties: false,
  });
}

export const NEW_DECLARED = {
  upstream: fieldsOf(DECLARABLE.upstream, ["id", "provider"]),
  model: fieldsOf(DECLARABLE.model, ["id", "targets"]),
  plan: fieldsOf(DECLARABLE.plan, ["id", "key_prefix"]),
};

/** null removes a field; an upstream's headers are changed one by one. */
export const DECLARED_CHANGE = {
  upstream: fieldsOf(DECLARABLE.upstream, []),
  model: fieldsOf(DECLARABLE.model, []),
  plan: fieldsOf(DECLARABLE.plan, []),
};

/** The body that declares a section. */
export const settingBody = (id: SettingId) => fieldsOf(SECTIONS[id], []);

/** Something of the configuration, whoever declared it. */
export const DECLARATION = z
  .strictObject({
    kind: z.enum(DECLARED_KINDS),
    id: z.string(),
    source: SOURCE,
    line: LINE,
    content: z
      .record(z.string(), z.unknown())
      .describe(
        "Its fields as quoin.yaml spells them, no credential; with its defaults where it is not declared here.",
      ),
    declared: DECLARED.nullable().describe("What was declared of it here, in force or not."),
  })
  .openapi("Declaration");
export type Declaration = z.infer<typeof DECLARATION>;

/** Tried before it is declared; of one that is declared here the changes alone are sent, with its id. */
export const UPSTREAM_DRAFT = z.strictObject({
  upstream: DECLARED_CHANGE.upstream,
  upstream_model: z.string().min(1).max(200).describe("The upstream's own name of the model that is asked."),
});
export const MODEL_DRAFT = z.strictObject({ model: DECLARED_CHANGE.model });
