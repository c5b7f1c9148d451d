import type { StreamPart } from "../../core/generation/stream-part.ts";
import type { Protocol } from "../../core/protocol.ts";
import { newWireIds, type WireNames, wireName } from "../fit/wire-names.ts";
import type { PartFilter } from "../part-filter.ts";

/** Clients send ids back, and validators of their protocols look at them: some of chat's count to 40. */
const LENGTH_MAX: Record<Protocol, number> = {
  "anthropic-messages": 64,
  "openai-chat": 40,
  "openai-completions": 40,
  "openai-responses": 64,
  gemini: 64,
};

interface IdsState {
  readonly ids: WireNames;
  /** How often an upstream gave an id in this answer: two calls never share one. */
  readonly given: Map<string, number>;
}

/** Call ids that are legal for the client's protocol and unique in the answer; legal ones stay. */
export function legalCallIds(protocol: Protocol): PartFilter {
  const state: IdsState = { ids: newWireIds(LENGTH_MAX[protocol], []), given: new Map() };
  return { take: (part) => take(state, part) };
}

function take(state: IdsState, part: StreamPart): StreamPart {
  if (part.type === "open" && part.part.kind === "call") {
    const callId = nextId(state, part.part.callId);
    return callId === part.part.callId ? part : { ...part, part: { ...part.part, callId } };
  }
  if (part.type !== "sign" || part.signature.callId === undefined) return part;
  const known = state.ids.byKey.get(part.signature.callId);
  return known === undefined ? part : { ...part, signature: { ...part.signature, callId: known } };
}

function nextId({ ids, given }: IdsState, id: string): string {
  const before = given.get(id) ?? 0;
  given.set(id, before + 1);
  return wireName(ids, { key: before === 0 ? id : `${id}\0${before}`, text: id });
}
