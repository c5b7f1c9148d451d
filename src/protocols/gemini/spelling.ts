import { Raw } from "../../base/raw-json.ts";
import type { JsonObject } from "../../core/json.ts";

/**
 * Google's JSON takes either spelling of every field (proto3 JSON mapping), and its own SDK for Python
 * mixes them. What is read is named in camelCase; `Spelling` remembers the fields that were written otherwise.
 */
export type Spelling = { [camelCase: string]: string };

/** `inline_data` as `inlineData`. A leading underscore stays: `_responseJsonSchema` is a name of its own. */
export function camelCase(name: string): string {
  return name.replace(/(?<=[A-Za-z0-9])_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** One level of an object by camelCase names; the values are the object's own. */
export function spelled(object: JsonObject, spelling: Spelling): JsonObject {
  const keys = Object.keys(object);
  if (!keys.some((key) => key.includes("_"))) return object;
  const fields: Record<string, unknown> = {};
  for (const key of keys) {
    const name = camelCase(key);
    const both = name !== key && object[name] !== undefined;
    if (name !== key && !both) spelling[name] = key;
    fields[both ? key : name] = object[key];
  }
  return fields;
}

/** A tree that we wrote, with the fields spelled as the client did; source text stays as it is. */
export function respelled(value: unknown, spelling: Spelling): unknown {
  if (Array.isArray(value)) return value.map((item) => respelled(item, spelling));
  if (typeof value !== "object" || value === null || value instanceof Raw) return value;
  const members = Object.entries(value).map(([name, member]) => [
    spelling[name] ?? name,
    respelled(member, spelling),
  ]);
  return Object.fromEntries(members);
}
