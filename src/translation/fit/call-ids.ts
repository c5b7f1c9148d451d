import type { GenerationRequest } from "../../core/generation/request.ts";
import type { TargetTraits } from "../../core/generation/traits.ts";
import { mapParts } from "./turns.ts";
import { newWireIds, wireId } from "./wire-names.ts";

export interface FittedIds {
  readonly request: GenerationRequest;
  /** The client's id by the target's, where they differ. */
  readonly restored: ReadonlyMap<string, string>;
}

/** Ids of calls that are legal at the target, the same on a call and its result. */
export function fitCallIds(request: GenerationRequest, { callIdMax }: TargetTraits): FittedIds {
  const parts = request.turns.flatMap((turn) => turn.parts);
  const known = parts.filter((part) => part.kind === "call" || part.kind === "result");
  if (known.length === 0) return { request, restored: new Map() };
  const ids = newWireIds(
    callIdMax,
    known.map(({ callId }) => callId),
  );
  const restored = new Map<string, string>();
  for (const [id, wire] of ids.byKey) if (id !== wire) restored.set(wire, id);
  const turns = mapParts(request.turns, (part) =>
    part.kind === "call" || part.kind === "result" ? { ...part, callId: wireId(ids, part.callId) } : part,
  );
  return { request: { ...request, turns }, restored };
}
