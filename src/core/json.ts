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

/** The value where it is a string; of anything else "". Unlike `String`, no object of a stranger's answers for itself. */
export function asWord(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** What a table has under a stranger's word: never what all objects inherit (`constructor`). */
export function ownMember<Member>(table: Readonly<Record<string, Member>>, name: string): Member | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Whether the value holds lists and objects inside each other in more than `levels`. */
export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((member) => isDeeper(member, levels - 1));
}
