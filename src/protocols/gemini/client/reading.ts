import { asWritten, type RawIndex } from "../../../base/raw-json.ts";
import type { Extensions, Signature } from "../../../core/generation/node.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { badField } from "../../fields.ts";
import type { InnerField } from "../fields.ts";
import { type Spelling, spelled } from "../spelling.ts";

/** What decoding one request carries along. */
export interface Reading {
  readonly raw: RawIndex;
  readonly spelling: Spelling;
  readonly calls: CallLedger;
  unseal(text: string): readonly Signature[] | undefined;
}

/** Calls without a result so far, in order: results may name them by id, or by name alone. */
export type CallLedger = { readonly callId: string; readonly name: string }[];

/** One level of an object, by camelCase names. */
export function fieldsOf(reading: Reading, object: JsonObject): JsonObject {
  return spelled(object, reading.spelling);
}

/** An object that may be absent; anything else is the client's mistake. */
export function optionalObject(value: unknown, path: string): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  const object = asObject(value);
  if (!object) throw badField(path, "must be an object.");
  return object;
}

export function optionalList(value: unknown, path: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw badField(path, "must be a list.");
  return value;
}

export function optionalText(value: unknown, path: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw badField(path, "must be a string.");
  return value;
}

export function optionalNumber(value: unknown, path: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number") throw badField(path, "must be a number.");
  return value;
}

/** A value as it was written: source text for objects and lists. */
export function kept({ raw }: Reading, value: unknown): unknown {
  return asWritten(value, raw);
}

/**
 * The fields that are not among `known`, as they were written.
 * @param inner the field that they lie in, if it is one of `INNER_FIELDS`
 */
export function rest(
  reading: Reading,
  fields: JsonObject,
  known: ReadonlySet<string>,
  inner?: InnerField,
): JsonObject {
  const others = Object.entries(fields).filter(([key, value]) => !known.has(key) && value !== undefined);
  const prefix = inner ? `${inner}.` : "";
  return Object.fromEntries(others.map(([key, value]) => [`${prefix}${key}`, kept(reading, value)]));
}

/** Gemini's own fields and notes of a node, where there are any. */
export function extended(fields: JsonObject): { readonly extensions?: Extensions } {
  const members = Object.entries(fields).filter(([, value]) => value !== undefined);
  return members.length > 0 ? { extensions: { gemini: Object.fromEntries(members) } } : {};
}
