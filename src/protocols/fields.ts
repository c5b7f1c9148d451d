import { type Member, scanMembers } from "../base/json-members.ts";
import { Lru } from "../base/lru.ts";
import { GatewayError } from "../core/errors.ts";
import { asList, asObject, type JsonObject } from "../core/json.ts";

/** A clear 400 that names the field. */
export function badField(param: string, message: string): GatewayError {
  return new GatewayError("bad_request", `${param}: ${message}`, { param });
}

export function requiredModel(body: JsonObject): string {
  const { model } = body;
  if (model === undefined)
    throw badField("model", "this field is required; name a model, see GET /v1/models.");
  if (typeof model !== "string" || model.trim() === "") {
    throw badField("model", "must be a non-empty string, the id of a model; see GET /v1/models.");
  }
  return model;
}

export function optionalBoolean(body: JsonObject, key: string): boolean {
  const value = body[key];
  if (value === undefined || value === null) return false;
  if (typeof value !== "boolean") throw badField(key, "must be true or false.");
  return value;
}

/** A whole number within bounds, or undefined when absent or null. */
export function optionalCount(
  body: JsonObject,
  key: string,
  bounds: { min: number; max: number },
  param = key,
): number | undefined {
  const value = body[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value) || value < bounds.min || value > bounds.max) {
    throw badField(param, `must be a whole number from ${bounds.min} to ${bounds.max}.`);
  }
  return value;
}

export function requiredList(body: JsonObject, key: string): readonly unknown[] {
  const value = body[key];
  if (value === undefined) throw badField(key, "this field is required and must be a list.");
  if (!Array.isArray(value)) throw badField(key, "must be a list.");
  return value;
}

/** Bounds that no honest request reaches; past them numbers are mistakes or attacks. */
export const OUTPUT_LIMIT_BOUNDS = { min: 1, max: 100_000_000 };
export const CHOICES_BOUNDS = { min: 1, max: 128 };

/**
 * The key as the most forgiving parser reads it: without case and underscores. Lower and then upper
 * folds the two letters whose case mapping leaves ASCII (ſ and the Kelvin sign), as Go's parser does.
 */
function plain(key: string): string {
  const known = plainNames.get(key);
  if (known !== undefined) return known;
  const name = key.toLowerCase().toUpperCase().replaceAll("_", "");
  if (key.length <= REMEMBERED_LENGTH_MAX) plainNames.set(key, name);
  return name;
}

/** Honest bodies have the same few keys; the bounds are for the others. */
const REMEMBERED_LENGTH_MAX = 64;
const plainNames = new Lru<string, string>(1_000);

/** Fields that Quoin acts on: accepted spellings by the plain one. */
export type ControlledFields = ReadonlyMap<string, readonly string[]>;

export function controlledFields(spellings: readonly string[]): ControlledFields {
  return Map.groupBy(spellings, plain);
}

/**
 * Refuses fields that Quoin acts on when they stand twice or in an odd spelling: JSON parsers
 * differ on which of two counts and whether case matters, and an upstream's choice must be ours.
 */
export function refuseAmbiguous(members: readonly Member[], fields: ControlledFields, prefix = ""): void {
  const seen: string[] = [];
  for (const { key } of members) {
    const name = plain(key);
    const spellings = fields.get(name);
    if (spellings === undefined) continue;
    if (!spellings.includes(key)) {
      throw badField(prefix + key, `unknown spelling of a field; write "${spellings[0]}".`);
    }
    if (seen.includes(name)) {
      throw badField(
        prefix + key,
        "this field stands twice; send it once, parsers differ on which one counts.",
      );
    }
    seen.push(name);
  }
}

/** The members of the body's top level, checked by `refuseAmbiguous`. */
export function controlledMembers(bytes: Uint8Array, fields: ControlledFields): Member[] {
  const members = scanMembers(bytes);
  refuseAmbiguous(members, fields);
  return members;
}

/** Content lists lie in content lists, but nobody honest nests them further than this. */
const CONTENT_DEPTH_MAX = 16;

/** Where a part of a message stands, and how deep. */
export interface PartPlace {
  readonly path: string;
  readonly depth: number;
}

/**
 * Shows every object of a content list to `check`, which answers the lists inside it by their names.
 * @throws GatewayError `bad_request` for lists nested without end.
 */
export function walkParts(
  list: unknown,
  { path, depth }: PartPlace,
  check: (part: JsonObject, path: string) => Readonly<Record<string, unknown>>,
): void {
  for (const [index, value] of asList(list).entries()) {
    const part = asObject(value);
    if (!part) continue;
    const at = `${path}[${index}]`;
    if (depth >= CONTENT_DEPTH_MAX) throw badField(at, "content is nested too deeply; send it flat.");
    for (const [name, inner] of Object.entries(check(part, at))) {
      if (Array.isArray(inner)) walkParts(inner, { path: `${at}.${name}`, depth: depth + 1 }, check);
    }
  }
}

/** A 400 for what only the vendor's own account could serve, or would share between tenants. */
export function refuseTenantBound(param: string, mend: string): GatewayError {
  return new GatewayError(
    "unsupported",
    `${param}: not served here, because what it names lives in the upstream's own account; ${mend}`,
    { param },
  );
}
