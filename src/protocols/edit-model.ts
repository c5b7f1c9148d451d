import { findMember, type Member, scanMembers } from "../base/json-members.ts";
import { type Splice, spliceText } from "../base/splice.ts";
import type { RequestHead } from "../core/request-head.ts";
import { insertMember, openingOf } from "./edit-limit.ts";
import type { RequestEdits } from "./protocol.ts";

/**
 * The model's name in a JSON body, exchanged for the upstream's, or written where there was none.
 * @param known the body's members, where they are scanned already
 */
export function editModel(
  { body }: RequestHead,
  bytes: Uint8Array,
  { model }: RequestEdits,
  known?: readonly Member[],
): Splice[] {
  if (body.model === model) return [];
  const members = known ?? scanMembers(bytes);
  const member = findMember(members, "model");
  const name = JSON.stringify(model);
  if (member) return [spliceText(member.valueStart, member.valueEnd, name)];
  return [insertMember(openingOf(bytes), members, "model", name)];
}
