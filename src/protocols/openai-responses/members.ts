import type { JsonObject } from "../../core/json.ts";
import { badField } from "../fields.ts";

/** A string that says something; undefined for anything else. */
export function wordOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A member that must be a string. @throws GatewayError `bad_request` naming it */
export function textOf(object: JsonObject, key: string, at: string): string {
  const value = object[key];
  if (typeof value !== "string") throw badField(`${at}.${key}`, "must be a string.");
  return value;
}

/** The member under its key, or nothing where it is undefined. */
export function some<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [Name in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [Name in Key]?: Value };
}

/** openai: commentary on the way, or the answer itself. */
export function phaseOf(phase: unknown): "commentary" | "final_answer" | undefined {
  return phase === "commentary" || phase === "final_answer" ? phase : undefined;
}
