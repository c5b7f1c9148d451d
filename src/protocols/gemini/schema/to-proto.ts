import { asList, asObject, type JsonObject, ownMember } from "../../../core/json.ts";

/** Keywords that Google's proto `Schema` has under the same name and with the same value. */
const SAME = ["title", "description", "minimum", "maximum", "pattern"] as const;
/** int64 in the proto, which its JSON writes as strings. */
const COUNTS = ["minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"] as const;
/** The only formats that the proto's types take; another one is a 400. */
const FORMATS: Readonly<Record<string, readonly string[]>> = {
  STRING: ["enum", "date-time"],
  INTEGER: ["int32", "int64"],
  NUMBER: ["float", "double"],
};
const DEPTH_MAX = 32;

interface Walk {
  readonly root: JsonObject;
  /** References that are being followed: one that leads to itself ends in an open schema. */
  readonly following: readonly string[];
  readonly depth: number;
}

/**
 * A JSON Schema as the old proto `Schema` field takes it (Gemini before `parametersJsonSchema`: unknown
 * keywords and lists of types are a 400 there). References are written out, `const` is an `enum`, `null`
 * among types is `nullable`, `allOf` is merged, `oneOf` is an `anyOf`; what remains is left out.
 * @returns undefined for an object without properties, which that field refuses.
 */
export function schemaToProto(text: string): JsonObject | undefined {
  const root = asObject(JSON.parse(text)) ?? {};
  const proto = protoOf({ root, following: [], depth: 0 }, root);
  return proto.type === "OBJECT" && proto.properties === undefined ? undefined : proto;
}

function protoOf(walk: Walk, value: unknown): Record<string, unknown> {
  const written = asObject(value);
  if (!written || walk.depth > DEPTH_MAX) return {};
  const at = { ...walk, depth: walk.depth + 1 };
  if (typeof written.$ref === "string") return followRef(at, written, written.$ref);
  const schema = merged(at, written);
  const { types, nullable } = typesOf(schema);
  const [type, ...others] = types;
  if (type !== undefined && others.length > 0) return eachType(at, schema, types, nullable);
  const alternatives = [...asList(schema.anyOf), ...asList(schema.oneOf)];
  return {
    ...scalarsOf(schema, type),
    ...(type === undefined ? {} : { type }),
    ...(nullable ? { nullable: true } : {}),
    ...(type === "OBJECT" ? objectOf(at, schema) : {}),
    ...(type === "ARRAY" ? { items: itemsOf(at, schema) } : {}),
    ...(alternatives.length > 0 ? anyOf(at, alternatives) : {}),
  };
}

function followRef(walk: Walk, schema: JsonObject, ref: string): Record<string, unknown> {
  if (walk.following.includes(ref)) return {};
  const { $ref: _, ...beside } = schema;
  const target = asObject(pointed(walk.root, ref)) ?? {};
  return protoOf({ ...walk, following: [...walk.following, ref] }, { ...target, ...beside });
}

/** What `#/$defs/X` points to. */
function pointed(root: JsonObject, ref: string): unknown {
  if (!ref.startsWith("#")) return undefined;
  let at: unknown = root;
  for (const step of ref.slice(1).split("/").slice(1)) {
    const name = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    at = Array.isArray(at) ? at[Number(name)] : asObject(at)?.[name];
  }
  return at;
}

/** `allOf` laid over the schema that holds it; properties and required names add up. */
function merged(walk: Walk, schema: JsonObject): JsonObject {
  let whole: JsonObject = schema;
  for (const item of asList(schema.allOf)) {
    const ref = asObject(item)?.$ref;
    const known = typeof ref === "string" && !walk.following.includes(ref) ? pointed(walk.root, ref) : item;
    const part = asObject(known) ?? {};
    const properties = { ...asObject(part.properties), ...asObject(whole.properties) };
    const required = [...new Set([...asList(whole.required), ...asList(part.required)])];
    whole = { ...part, ...whole, properties, required };
  }
  return whole;
}

function typesOf(schema: JsonObject): { types: string[]; nullable: boolean } {
  const written = Array.isArray(schema.type) ? schema.type : schema.type === undefined ? [] : [schema.type];
  const names = written.filter((name) => typeof name === "string").map((name) => name.toLowerCase());
  const types = names.filter((name) => name !== "null").map((name) => name.toUpperCase());
  const nullable = names.includes("null") || schema.nullable === true;
  if (types.length > 0) return { types, nullable };
  return { types: impliedType(schema), nullable };
}

function impliedType(schema: JsonObject): string[] {
  if (schema.properties !== undefined && Object.keys(asObject(schema.properties) ?? {}).length > 0)
    return ["OBJECT"];
  if (schema.items !== undefined) return ["ARRAY"];
  return schema.enum !== undefined || schema.const !== undefined ? ["STRING"] : [];
}

/** Several types of one value: an alternative each. */
function eachType(
  walk: Walk,
  schema: JsonObject,
  types: readonly string[],
  nullable: boolean,
): Record<string, unknown> {
  const { title, description, allOf: _, ...rest } = schema;
  return {
    ...(typeof title === "string" ? { title } : {}),
    ...(typeof description === "string" ? { description } : {}),
    ...(nullable ? { nullable: true } : {}),
    anyOf: types.map((type) => protoOf(walk, { ...rest, type: type.toLowerCase() })),
  };
}

/** Alternatives; one that says `null` makes the value nullable, a single one stands for itself. */
function anyOf(walk: Walk, alternatives: readonly unknown[]): Record<string, unknown> {
  const isNull = (item: unknown) => asObject(item)?.type === "null";
  const others = alternatives.filter((item) => !isNull(item)).map((item) => protoOf(walk, item));
  const nullable = others.length < alternatives.length ? { nullable: true } : {};
  const [only] = others;
  if (only !== undefined && others.length === 1) return { ...only, ...nullable };
  return others.length === 0 ? nullable : { anyOf: others, ...nullable };
}

function scalarsOf(schema: JsonObject, type: string | undefined): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const key of SAME) if (schema[key] !== undefined) fields[key] = schema[key];
  for (const key of COUNTS) if (schema[key] !== undefined) fields[key] = String(schema[key]);
  fields.minimum ??= schema.exclusiveMinimum;
  fields.maximum ??= schema.exclusiveMaximum;
  for (const key of ["minimum", "maximum"]) if (typeof fields[key] !== "number") delete fields[key];
  const { format } = schema;
  if (typeof format === "string" && ownMember(FORMATS, type ?? "")?.includes(format)) fields.format = format;
  return { ...fields, ...enumOf(schema, type) };
}

/** The proto's `enum` holds strings, and only for strings; of other values the description tells the choice. */
function enumOf(schema: JsonObject, type: string | undefined): JsonObject {
  const values = schema.const === undefined ? asList(schema.enum) : [schema.const];
  const texts = values.filter((value) => value !== null).map(String);
  if (texts.length === 0) return {};
  if (type === undefined || type === "STRING") return { enum: texts };
  const described = typeof schema.description === "string" ? `${schema.description} ` : "";
  return { description: `${described}One of: ${texts.join(", ")}.` };
}

function objectOf(walk: Walk, schema: JsonObject): JsonObject {
  const entries = Object.entries(asObject(schema.properties) ?? {});
  if (entries.length === 0) return {};
  const properties = Object.fromEntries(entries.map(([name, item]) => [name, protoOf(walk, item)]));
  const required = asList(schema.required).filter(
    (name) => typeof name === "string" && Object.hasOwn(properties, name),
  );
  return { properties, ...(required.length > 0 ? { required } : {}) };
}

/** A list without a schema for its items is refused: anything is text. */
function itemsOf(walk: Walk, schema: JsonObject): JsonObject {
  const items = Array.isArray(schema.items) ? schema.items[0] : schema.items;
  const [first] = asList(schema.prefixItems);
  const proto = protoOf(walk, items ?? first);
  return Object.keys(proto).length > 0 ? proto : { type: "STRING" };
}
