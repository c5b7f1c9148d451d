import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import { camelCase } from "../spelling.ts";

/** Google's OpenAPI-like `Schema`: int64 bounds travel as strings in its JSON. */
const COUNTS = new Set(["minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"]);
const TYPES = new Set(["STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"]);
const DROPPED = new Set(["nullable", "propertyOrdering", "example"]);

/** No honest schema is deeper; what lies further down may be anything. */
const DEPTH_MAX = 64;

/**
 * The JSON Schema that a proto `Schema` means (`parameters`, `responseSchema`): types in lower case,
 * `nullable` as a type, bounds as numbers. Keywords of JSON Schema that clients put into it stay.
 */
export function schemaFromProto(value: unknown, depth = 0): unknown {
  const proto = asObject(value);
  if (!proto) return value;
  if (depth > DEPTH_MAX) return {};
  const schema: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(proto)) {
    const name = camelCase(key);
    if (!DROPPED.has(name)) schema[name] = memberOf(name, member, depth);
  }
  const { example } = proto;
  if (example !== undefined) schema.examples = [example];
  if (schema.properties !== undefined) schema.properties = propertiesOf(proto, depth);
  if (schema.type === undefined) delete schema.type;
  return proto.nullable === true ? nullable(schema) : schema;
}

function memberOf(name: string, member: unknown, depth: number): unknown {
  if (name === "type" && typeof member === "string")
    return TYPES.has(member) ? member.toLowerCase() : member === "TYPE_UNSPECIFIED" ? undefined : member;
  if (COUNTS.has(name)) return typeof member === "string" ? Number(member) : member;
  if (name === "items") return schemaFromProto(member, depth + 1);
  if (name === "anyOf" && Array.isArray(member))
    return member.map((item) => schemaFromProto(item, depth + 1));
  return member;
}

/** Properties keep their own names, in the order that `propertyOrdering` asks for. */
function propertiesOf(proto: JsonObject, depth: number): JsonObject {
  const properties = asObject(proto.properties) ?? {};
  const order = asList(proto.propertyOrdering ?? proto.property_ordering).map(String);
  const first = order.filter((name) => Object.hasOwn(properties, name));
  const names = [...new Set([...first, ...Object.keys(properties)])];
  return Object.fromEntries(names.map((name) => [name, schemaFromProto(properties[name], depth + 1)]));
}

function nullable(schema: Record<string, unknown>): JsonObject {
  const { type, enum: values } = schema;
  if (typeof type !== "string") return { anyOf: [schema, { type: "null" }] };
  return { ...schema, type: [type, "null"], ...(Array.isArray(values) ? { enum: [...values, null] } : {}) };
}
