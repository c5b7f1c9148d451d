import { type Member, memberNamed } from "../base/json-members.ts";
import { applySplices, spliceText } from "../base/splice.ts";

const OPEN_BRACE = 0x7b;

/** The member at the end of a path of keys, in JSON or in an event with one JSON object. */
export function modelMember(bytes: Uint8Array, path: readonly string[]): Member | undefined {
  let from = bytes.indexOf(OPEN_BRACE);
  let member: Member | undefined;
  for (const key of path) {
    if (from < 0 || bytes[from] !== OPEN_BRACE) return undefined;
    member = memberNamed(bytes, key, from);
    if (!member) return undefined;
    from = member.valueStart;
  }
  return member;
}

/**
 * The same JSON, or event with one JSON object, showing `shown` where the upstream named its model.
 * Clients asked for our name and compare; every other byte stays.
 */
export function renameModel(
  bytes: Uint8Array,
  shown: string | undefined,
  paths: readonly (readonly string[])[],
): Uint8Array {
  if (shown === undefined) return bytes;
  const members = paths.map((path) => modelMember(bytes, path)).filter((member) => member !== undefined);
  const text = JSON.stringify(shown);
  return applySplices(
    bytes,
    members.map(({ valueStart, valueEnd }) => spliceText(valueStart, valueEnd, text)),
  );
}
