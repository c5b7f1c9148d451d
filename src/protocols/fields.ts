import { type Member, scanMembers } from "../base/json-members.ts";
import { GatewayError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";

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

function plain(key: string): string {
  return key.toLowerCase().replaceAll("_", "");
}

/**
 * Refuses fields that Quoin acts on when they stand twice or in an odd spelling: JSON parsers
 * differ on which of two counts and whether case matters, and an upstream's choice must be ours.
 * `controlled` lists the accepted spellings.
 */
export function refuseAmbiguous(
  members: readonly Member[],
  controlled: readonly string[],
  prefix = "",
): void {
  const seen = new Set<string>();
  for (const { key } of members) {
    const name = plain(key);
    const spelling = controlled.find((candidate) => plain(candidate) === name);
    if (spelling === undefined) continue;
    if (!controlled.includes(key)) {
      throw badField(prefix + key, `unknown spelling of a field; write "${spelling}".`);
    }
    if (seen.has(name)) {
      throw badField(
        prefix + key,
        "this field stands twice; send it once, parsers differ on which one counts.",
      );
    }
    seen.add(name);
  }
}

/** The members of the body's top level, checked by `refuseAmbiguous`. */
export function controlledMembers(bytes: Uint8Array, controlled: readonly string[]): Member[] {
  const members = scanMembers(bytes);
  refuseAmbiguous(members, controlled);
  return members;
}

/** A 400 for what only the vendor's own account could serve, or would share between tenants. */
export function refuseTenantBound(param: string, mend: string): GatewayError {
  return new GatewayError(
    "unsupported",
    `${param}: not served here, because what it names lives in the upstream's own account; ${mend}`,
    { param },
  );
}
