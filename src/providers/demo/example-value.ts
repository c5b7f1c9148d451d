/**
 * A value that fits a JSON schema, for tool arguments and structured answers: required
 * properties, the first of an enum or a union, numbers 1, booleans true, lists of one. It knows
 * JSON Schema and Gemini's OpenAPI spelling of it (types in capitals, `nullable`).
 */
import { asList, asObject, type JsonObject } from "../../core/json.ts";

/** Schemas come from strangers: recursion and breadth are bounded. */
const LEVELS_MAX = 12;
const VALUES_MAX = 1000;
const ITEMS_MAX = 16;
const CHARS_MAX = 4096;

interface Walk {
  readonly root: JsonObject;
  /** What strings are filled with, where nothing says otherwise. */
  readonly text: string;
  valuesLeft: number;
}

/** @param text fills strings that have no enum, const or known format */
export function exampleValue(schema: unknown, text: string): unknown {
  const root = asObject(schema) ?? {};
  return valueFor(root, { root, text, valuesLeft: VALUES_MAX }, 0);
}

function valueFor(written: unknown, walk: Walk, level: number): unknown {
  walk.valuesLeft--;
  const schema = resolve(asObject(written) ?? {}, walk.root);
  if (schema.const !== undefined) return schema.const;
  const choices = asList(schema.enum);
  if (choices.length > 0) return choices[0];
  const union = unionOf(schema);
  if (union !== undefined && level < LEVELS_MAX) return valueFor(union, walk, level + 1);
  return MAKERS.get(typeOf(schema))?.(schema, walk, level) ?? null;
}

type Maker = (schema: JsonObject, walk: Walk, level: number) => unknown;

const MAKERS: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ["object", objectFor],
  ["array", listFor],
  ["string", stringFor],
  ["number", numberFor],
  ["integer", numberFor],
  ["boolean", () => true],
]);

/** Follows `$ref` within the document and folds `allOf` into one schema. */
function resolve(schema: JsonObject, root: JsonObject): JsonObject {
  let found = schema;
  for (let hop = 0; hop < LEVELS_MAX && typeof found.$ref === "string"; hop++) {
    const { $ref, ...beside } = found;
    found = { ...pointed(String($ref), root), ...beside };
  }
  const parts = asList(found.allOf).slice(0, ITEMS_MAX);
  return parts.reduce((merged: JsonObject, part) => mergeSchemas(merged, asObject(part) ?? {}, root), found);
}

function mergeSchemas(left: JsonObject, part: JsonObject, root: JsonObject): JsonObject {
  const right = typeof part.$ref === "string" ? pointed(part.$ref, root) : part;
  const properties = { ...asObject(left.properties), ...asObject(right.properties) };
  const required = [...asList(left.required), ...asList(right.required)];
  return { ...right, ...left, properties, required };
}

/** The schema at `#/a/b`; an empty one where there is none. */
function pointed(ref: string, root: JsonObject): JsonObject {
  let at: unknown = root;
  for (const step of ref.replace(/^#\/?/, "").split("/")) {
    if (step === "") continue;
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    const object = asObject(at);
    at = object && Object.hasOwn(object, name) ? object[name] : undefined;
  }
  return asObject(at) ?? {};
}

/** The first of `anyOf` or `oneOf` that is not merely null. */
function unionOf(schema: JsonObject): unknown {
  const members = [...asList(schema.anyOf), ...asList(schema.oneOf)];
  return members.find((member) => asObject(member)?.type !== "null") ?? members[0];
}

function typeOf(schema: JsonObject): string {
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  const named = types.find((type) => typeof type === "string" && type !== "null") ?? types[0];
  if (typeof named === "string") return named.toLowerCase();
  if (schema.properties !== undefined) return "object";
  return schema.items !== undefined ? "array" : "string";
}

/** Required properties; where none is required, all of them, so that an answer is not empty. */
function objectFor(schema: JsonObject, walk: Walk, level: number): unknown {
  const properties = asObject(schema.properties) ?? {};
  const required = asList(schema.required).filter((name) => typeof name === "string");
  const names = required.length > 0 || level >= LEVELS_MAX ? required : Object.keys(properties);
  const entries: [string, unknown][] = [];
  for (const name of names) {
    if (walk.valuesLeft <= 0 || level > LEVELS_MAX) break;
    const property = Object.hasOwn(properties, name) ? properties[name] : {};
    entries.push([name, valueFor(property, walk, level + 1)]);
  }
  return Object.fromEntries(entries);
}

function listFor(schema: JsonObject, walk: Walk, level: number): unknown {
  const fixed = asList(schema.prefixItems);
  const wanted = Math.max(fixed.length, sizeOf(schema.minItems) ?? 1);
  const length = Math.min(wanted, sizeOf(schema.maxItems) ?? wanted, ITEMS_MAX);
  if (level > LEVELS_MAX) return [];
  const items: unknown[] = [];
  while (items.length < length && walk.valuesLeft > 0) {
    items.push(valueFor(fixed[items.length] ?? schema.items, walk, level + 1));
  }
  return items;
}

const FORMATS: ReadonlyMap<unknown, string> = new Map([
  ["date-time", "2026-01-01T00:00:00Z"],
  ["date", "2026-01-01"],
  ["time", "00:00:00Z"],
  ["duration", "PT1S"],
  ["email", "demo@example.com"],
  ["uri", "https://example.com/"],
  ["url", "https://example.com/"],
  ["hostname", "example.com"],
  ["ipv4", "192.0.2.1"],
  ["ipv6", "2001:db8::1"],
  ["uuid", "00000000-0000-4000-8000-000000000000"],
]);

function stringFor(schema: JsonObject, walk: Walk): string {
  const known = FORMATS.get(schema.format);
  if (known !== undefined) return known;
  const least = Math.min(sizeOf(schema.minLength) ?? 0, CHARS_MAX);
  return walk.text.slice(0, sizeOf(schema.maxLength) ?? CHARS_MAX).padEnd(least, ".");
}

/** 1, moved into the bounds that the schema gives. */
function numberFor(schema: JsonObject): number {
  const bound = (name: string) => (typeof schema[name] === "number" ? schema[name] : undefined);
  const least = bound("minimum") ?? after(bound("exclusiveMinimum"), 1) ?? -Infinity;
  const most = bound("maximum") ?? after(bound("exclusiveMaximum"), -1) ?? Infinity;
  const value = Math.min(Math.max(1, least), most);
  const step = bound("multipleOf");
  if (step === undefined || step <= 0) return value;
  const multiple = Math.ceil(value / step) * step;
  return Number.isFinite(multiple) ? multiple : value;
}

function after(bound: number | undefined, step: number): number | undefined {
  return bound === undefined ? undefined : bound + step;
}

/** Gemini writes counts as strings too (int64 in proto JSON). */
function sizeOf(value: unknown): number | undefined {
  const size = typeof value === "string" ? Number(value) : value;
  return Number.isSafeInteger(size) && (size as number) >= 0 ? (size as number) : undefined;
}
