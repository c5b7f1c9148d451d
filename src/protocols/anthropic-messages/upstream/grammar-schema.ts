import type { RawJson } from "../../../core/generation/node.ts";
import { asObject, asWord, type JsonObject } from "../../../core/json.ts";

/**
 * Anthropic compiles the schema of an answer, or of a strict tool, into a grammar and refuses keywords that a grammar cannot say
 * (bounds of numbers, lengths), objects that are open, and `oneOf` (@anthropic-ai/sdk, `transformJSONSchema`).
 * What is taken out is told to the model in the description instead.
 */

const PLAIN = new Set([
  "$ref",
  "$id",
  "$anchor",
  "$comment",
  "type",
  "enum",
  "const",
  "title",
  "description",
  "default",
  "examples",
  "pattern",
  "required",
]);

const FORMATS = new Set([
  "date-time",
  "time",
  "date",
  "duration",
  "email",
  "hostname",
  "uri",
  "ipv4",
  "ipv6",
  "uuid",
]);

type Keep = (value: unknown) => boolean;

/** Keywords that are known with some values only. */
const SOMETIMES: Readonly<Record<string, Keep>> = {
  format: (value) => FORMATS.has(asWord(value)),
  minItems: (value) => value === 0 || value === 1,
};

const mapped = (value: unknown) =>
  Object.fromEntries(Object.entries(asObject(value) ?? {}).map(([name, inner]) => [name, closed(inner)]));
const listed = (value: unknown) => (Array.isArray(value) ? value.map(closed) : value);

type Member = readonly [name: string, value: unknown];

const NESTED: Readonly<Record<string, (value: unknown) => Member>> = {
  properties: (value) => ["properties", mapped(value)],
  $defs: (value) => ["$defs", mapped(value)],
  definitions: (value) => ["definitions", mapped(value)],
  items: (value) => ["items", closed(value)],
  anyOf: (value) => ["anyOf", listed(value)],
  oneOf: (value) => ["anyOf", listed(value)],
  allOf: (value) => ["allOf", listed(value)],
};

/** They constrain nothing; objects are closed in any case. */
const DROPPED = new Set(["$schema", "additionalProperties"]);

function isObjectSchema(schema: JsonObject): boolean {
  return schema.type === "object" || (schema.type === undefined && asObject(schema.properties) !== undefined);
}

function closed(value: unknown): unknown {
  const schema = asObject(value);
  if (!schema) return value;
  const members: Member[] = [];
  const told: string[] = [];
  for (const [name, inner] of Object.entries(schema)) {
    const nested = Object.hasOwn(NESTED, name) ? NESTED[name] : undefined;
    const sometimes = Object.hasOwn(SOMETIMES, name) ? SOMETIMES[name] : undefined;
    if (nested) members.push(nested(inner));
    else if (name === "additionalProperties" && inner === false) members.push([name, inner]);
    else if (PLAIN.has(name) || sometimes?.(inner)) members.push([name, inner]);
    else if (!DROPPED.has(name)) told.push(`${name}: ${JSON.stringify(inner)}`);
  }
  if (isObjectSchema(schema)) members.push(["additionalProperties", false]);
  if (told.length > 0) {
    const before = typeof schema.description === "string" ? `${schema.description}\n` : "";
    members.push(["description", `${before}(${told.join(", ")})`]);
  }
  return Object.fromEntries(members);
}

/**
 * The schema as Anthropic compiles it: as it was written wherever nothing has to change.
 * @param lose told when something had to
 */
export function grammarSchema(schema: RawJson, lose: (reason: string) => void): RawJson {
  const parsed: unknown = JSON.parse(schema);
  const fitted = JSON.stringify(closed(parsed));
  if (fitted === JSON.stringify(parsed)) return schema;
  lose("brought to the keywords that Anthropic compiles");
  return fitted;
}
