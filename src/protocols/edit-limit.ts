import { type Member, scanMembers } from "../base/json-members.ts";
import { type Splice, spliceText } from "../base/splice.ts";
import type { JsonObject } from "../core/json.ts";

/** The member of that name that a parser takes: the last. */
export function lastMember(members: readonly Member[], key: string): Member | undefined {
  return members.findLast((member) => member.key === key);
}

export function replaceValue(member: Member, value: number): Splice {
  return spliceText(member.valueStart, member.valueEnd, String(value));
}

/** A new member at the head of the object whose brace stands at `open`. */
export function insertMember(open: number, members: readonly Member[], key: string, value: string): Splice {
  const comma = members.length > 0 ? "," : "";
  return spliceText(open + 1, open + 1, `${JSON.stringify(key)}:${value}${comma}`);
}

const OPEN_BRACE = 0x7b;

/** Where the body's object opens. */
export function openingOf(bytes: Uint8Array): number {
  return bytes.indexOf(OPEN_BRACE);
}

/** The spellings of a limit: upstreams differ on which counts, so each is lowered; the first is written where none is. */
export type LimitKeys = readonly [string, ...string[]];

/**
 * Lowers the output limits of the object that opens at `open` to `limit`, adding one where there is none.
 */
export function lowerLimits(
  bytes: Uint8Array,
  open: number,
  object: JsonObject,
  keys: LimitKeys,
  limit: number,
): Splice[] {
  const members = scanMembers(bytes, open);
  const said = keys.filter((key) => typeof object[key] === "number");
  if (said.length === 0) {
    const empty = lastMember(members, keys[0]);
    return [empty ? replaceValue(empty, limit) : insertMember(open, members, keys[0], String(limit))];
  }
  return said.flatMap((key) => {
    const member = lastMember(members, key);
    return member && Number(object[key]) > limit ? [replaceValue(member, limit)] : [];
  });
}
