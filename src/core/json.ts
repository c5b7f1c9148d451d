/** Parsed JSON of unknown shape, as it comes off the wire. */
export type JsonObject = { readonly [key: string]: unknown };

/** The value as an object, or undefined for arrays, null and scalars. */
export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** The objects of a list; of anything else none. */
export function asObjects(value: unknown): readonly JsonObject[] {
  return asList(value).flatMap((item) => {
    const object = asObject(item);
    return object ? [object] : [];
  });
}

/** The value as a list; anything else is an empty one. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
