import { type RawIndex, rawIndex } from "../../../base/raw-json.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";

/** Keywords by what lies in them: one schema, a list of schemas, schemas by name. */
const ONE = new Set([
  "items",
  "additionalProperties",
  "not",
  "if",
  "then",
  "else",
  "propertyNames",
  "contains",
]);
const LIST = new Set(["anyOf", "oneOf", "allOf", "prefixItems"]);
const NAMED = new Set(["properties", "$defs", "definitions", "patternProperties"]);

/** What `responseJsonSchema` heeds beside keywords in `$` (@google/genai, its comment). */
const HEEDED = new Set(
  "type format title description enum items prefixItems minItems maxItems minimum maximum anyOf oneOf properties additionalProperties required propertyOrdering".split(
    " ",
  ),
);

/** No honest schema is deeper; what is goes as it stands. */
const DEPTH_MAX = 64;

export interface FittedSchema {
  /** Source text. */
  readonly text: string;
  /** Its keywords that Gemini does not heed: they may be sent, and do nothing. */
  readonly unheeded: readonly string[];
}

interface Fitting {
  readonly raw: RawIndex;
  readonly unheeded: Set<string>;
  readonly depth: number;
}

/** Keys with the source text of what they hold. */
type Members = readonly (readonly [string, string])[];

/**
 * Makes the source text of a JSON Schema one that Gemini takes: beside a `$ref` only `$` keywords may
 * stand, so the reference moves into an `anyOf` of one; `const` becomes an `enum` of one. What needs no
 * change keeps its bytes (numbers as written, order of keys).
 */
export function fitJsonSchema(text: string): FittedSchema {
  const root: unknown = JSON.parse(text);
  const fitting = { raw: rawIndex(text, root), unheeded: new Set<string>(), depth: 0 };
  return { text: fitSchema(fitting, root), unheeded: [...fitting.unheeded] };
}

function sourceOf({ raw }: Fitting, value: unknown): string {
  return typeof value === "object" && value !== null ? raw.of(value) : JSON.stringify(value);
}

function fitSchema(from: Fitting, value: unknown): string {
  const schema = asObject(value);
  if (!schema || from.depth >= DEPTH_MAX) return sourceOf(from, value);
  const fitting = { ...from, depth: from.depth + 1 };
  noteUnheeded(fitting, schema);
  const before = membersOf(schema, (_, member) => sourceOf(fitting, member));
  const fitted = aroundRef(
    constAsEnum(
      schema,
      membersOf(schema, (key, member) => fitMember(fitting, key, member)),
    ),
  );
  return writeMembers(before) === writeMembers(fitted) ? sourceOf(fitting, schema) : writeMembers(fitted);
}

function membersOf(object: JsonObject, write: (key: string, member: unknown) => string): Members {
  return Object.entries(object).map(([key, member]) => [key, write(key, member)]);
}

function writeMembers(members: Members): string {
  return `{${members.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(",")}}`;
}

function fitMember(fitting: Fitting, key: string, member: unknown): string {
  if (ONE.has(key)) return fitSchema(fitting, member);
  if (LIST.has(key) && Array.isArray(member)) return fitList(fitting, member);
  const named = NAMED.has(key) ? asObject(member) : undefined;
  if (!named) return sourceOf(fitting, member);
  const before = writeMembers(membersOf(named, (_, schema) => sourceOf(fitting, schema)));
  const fitted = writeMembers(membersOf(named, (_, schema) => fitSchema(fitting, schema)));
  return before === fitted ? sourceOf(fitting, named) : fitted;
}

function fitList(fitting: Fitting, list: readonly unknown[]): string {
  const fitted = list.map((item) => fitSchema(fitting, item));
  const same = list.every((item, index) => sourceOf(fitting, item) === fitted[index]);
  return same ? sourceOf(fitting, list) : `[${fitted.join(",")}]`;
}

function noteUnheeded({ unheeded }: Fitting, schema: JsonObject): void {
  for (const key of Object.keys(schema)) {
    const heeded = HEEDED.has(key) || key.startsWith("$") || (key === "const" && isEnumerable(schema));
    if (!heeded) unheeded.add(key);
  }
}

/** Gemini's `enum` knows strings and numbers only. */
function isEnumerable(schema: JsonObject): boolean {
  return schema.enum === undefined && ["string", "number"].includes(typeof schema.const);
}

function constAsEnum(schema: JsonObject, members: Members): Members {
  if (!isEnumerable(schema)) return members;
  return members.map(([key, text]) => (key === "const" ? ["enum", `[${text}]`] : [key, text]));
}

function aroundRef(members: Members): Members {
  const ref = members.filter(([key]) => key === "$ref");
  if (ref.length === 0 || members.every(([key]) => key.startsWith("$"))) return members;
  return [["anyOf", `[${writeMembers(ref)}]`], ...members.filter(([key]) => key !== "$ref")];
}
