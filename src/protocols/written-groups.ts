import { asWritten, type RawIndex } from "../base/raw-json.ts";
import type { GenerationRequest } from "../core/generation/request.ts";
import { asObject, type JsonObject } from "../core/json.ts";

/**
 * Members of a body that together say one thing of the request, which several spellings share. They go on as
 * the client wrote them as long as the request still says the same.
 */
export interface MemberGroup {
  readonly members: readonly string[];
  /** What they say, in the neutral form. */
  readonly said: (request: GenerationRequest) => unknown;
}

/** Of each group: the members as they were written, and what they were understood to say. */
export function noteGroups(
  groups: Readonly<Record<string, MemberGroup>>,
  body: JsonObject,
  raw: RawIndex,
  request: GenerationRequest,
): JsonObject {
  const notes: Record<string, unknown> = {};
  for (const [name, { members, said }] of Object.entries(groups)) {
    const written: Record<string, unknown> = {};
    for (const key of members) if (key in body) written[key] = asWritten(body[key], raw);
    notes[name] = { written, said: JSON.stringify(said(request)) };
  }
  return notes;
}

/**
 * The members of a group as the client wrote them; undefined where the request says something else by now.
 * @param note what `noteGroups` noted of the group
 */
export function writtenGroup(
  note: unknown,
  { said }: MemberGroup,
  request: GenerationRequest,
): JsonObject | undefined {
  const noted = asObject(note);
  return noted && noted.said === JSON.stringify(said(request)) ? asObject(noted.written) : undefined;
}
