import type { MeantPart, MeantTurn } from "../meaning.ts";

/** What a vendor's API would refuse: the translators must not write it. */
export function refuses(rule: string): never {
  throw new Error(`the vendor refuses this: ${rule}`);
}

/** Neighbours of one role are one turn: protocols differ in where they cut. */
export function mergeNeighbours(turns: readonly MeantTurn[]): MeantTurn[] {
  const merged: { role: MeantTurn["role"]; parts: MeantPart[] }[] = [];
  for (const { role, parts } of turns) {
    const last = merged.at(-1);
    if (last?.role === role && role !== "system") last.parts.push(...parts);
    else merged.push({ role, parts: [...parts] });
  }
  return merged;
}

/** Numbers the calls of a conversation from 1, by their ids: which id a protocol takes is its own affair. */
export interface CallNumbers {
  /** A call that is made. */
  made(id: string | undefined): number;
  /** The call that a result answers. */
  answered(id: string | undefined): number;
}

export function newCallNumbers(): CallNumbers {
  const open = new Map<string, number[]>();
  let count = 0;
  return {
    made(id = "") {
      count += 1;
      open.set(id, [...(open.get(id) ?? []), count]);
      return count;
    },
    answered(id = "") {
      const number = open.get(id)?.shift();
      return number ?? refuses(`a result of the call "${id}", which was not made`);
    },
  };
}

/** Members of `body` that the reader does not read, but for those that say nothing of the request. */
export function ownMembers(
  body: object,
  read: readonly string[],
): { own: Record<string, unknown> } | Record<string, never> {
  const rest = Object.entries(body).filter(([name]) => !read.includes(name));
  return rest.length === 0 ? {} : { own: Object.fromEntries(rest) };
}

/** Leaves out members that are undefined, so that meanings can be compared. */
export function defined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  const kept = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(kept) as T;
}
