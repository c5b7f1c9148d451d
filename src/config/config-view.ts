import type { Config } from "./types.ts";

/** `cacheWrite5m` → `cache_write_5m`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]|(?<=[a-z])\d/g, (letter) => `_${letter.toLowerCase()}`);
}

/** What is set, and not to what. */
const setOf = (value: unknown): string => (value === "" ? "" : "(set)");

/** As quoin.yaml writes it: what holds for all, and the rest below `for`. */
function errorsView(errors: unknown): unknown {
  const kinds = Object.entries(errors as Config["errors"]).map(([kind, { all, ...narrower }]) => [
    kind,
    { ...all, ...(Object.keys(narrower).length > 0 ? { for: narrower } : {}) },
  ]);
  return Object.fromEntries(kinds);
}

/** Fields whose inside is not ours to rename: credentials, and request fields as an upstream spells them. */
const AS_THEY_ARE: Readonly<Record<string, (value: unknown) => unknown>> = {
  apiKey: setOf,
  headers: (headers) => Object.fromEntries(Object.keys(headers as object).map((name) => [name, "(set)"])),
  defaults: (defaults) => defaults,
  errors: errorsView,
};

function view(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return value.map(view);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [snakeCase(name), (AS_THEY_ARE[name] ?? view)(inner)]),
  );
}

/** The configuration as operators read it: snake_case, money in nanos as strings, no secret. */
export function configView(config: Config): unknown {
  return view(config);
}
