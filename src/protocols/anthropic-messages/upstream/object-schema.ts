import { asWritten, rawIndex, writeJson } from "../../../base/raw-json.ts";
import type { RawJson } from "../../../core/generation/node.ts";
import { asList, asObject, type JsonObject } from "../../../core/json.ts";

/** What Anthropic refuses at the top of `input_schema`, which must say `type: object` (PROTOCOLS.md 1.4). */
const COMBINERS = ["anyOf", "oneOf", "allOf"] as const;

/** A schema inside the document that `#/$defs/name` points to. */
function resolved(schema: JsonObject, root: JsonObject): JsonObject {
  const steps = typeof schema.$ref === "string" ? schema.$ref.split("/") : [];
  if (steps[0] !== "#") return schema;
  const found = steps.slice(1).reduce<unknown>((at, step) => asObject(at)?.[step], root);
  return asObject(found) ?? schema;
}

/** The alternatives' properties in one object; what only some of them require is required no longer. */
function merged(schema: JsonObject, root: JsonObject): JsonObject {
  const { anyOf, oneOf, allOf, $ref: _, ...rest } = { ...resolved(schema, root), ...schema };
  const all = asList(allOf).map((part) => merged(asObject(part) ?? {}, root));
  const some = [...asList(anyOf), ...asList(oneOf)].map((part) => merged(asObject(part) ?? {}, root));
  const properties = [...some, ...all, rest].map((part) => asObject(part.properties) ?? {});
  const required = [rest, ...all].flatMap((part) => asList(part.required));
  return {
    ...rest,
    type: "object",
    properties: Object.assign({}, ...properties),
    ...(required.length > 0 ? { required: [...new Set(required)] } : {}),
  };
}

/** Members with the source text of their values. */
function withSource(schema: JsonObject, text: string, root: JsonObject): JsonObject {
  const raw = rawIndex(text, root);
  const source = (value: unknown) => asWritten(value, raw);
  const properties = Object.entries(asObject(schema.properties) ?? {});
  return {
    ...Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, source(value)])),
    properties: Object.fromEntries(properties.map(([name, value]) => [name, source(value)])),
  };
}

const EMPTY: RawJson = '{"type":"object","properties":{}}';

/**
 * The schema of a tool's arguments, unchanged where Anthropic takes it as it is: a changed byte would cost
 * the prompt cache of the vendor.
 * @param lose told when something had to change
 */
export function objectSchema(text: RawJson | undefined, lose: (reason: string) => void): RawJson {
  const root = text === undefined ? undefined : asObject(JSON.parse(text));
  if (!text || !root || Object.keys(root).length === 0) return EMPTY;
  const combined = COMBINERS.some((name) => name in root) || "$ref" in root;
  if (root.type === "object" && !combined) return text;
  if (!combined && root.type === undefined) return `{"type":"object",${text.trim().slice(1)}`;
  lose("only one object at the top of a schema");
  return writeJson(withSource(merged(root, root), text, root));
}
