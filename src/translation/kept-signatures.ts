import type { Signature } from "../core/generation/node.ts";
import type { GenerationRequest, Part, Turn } from "../core/generation/request.ts";

/** Calls of the history that came back without any opaque state. */
export function unsignedCalls(request: GenerationRequest): readonly string[] {
  return request.turns.flatMap((turn) => (isBare(turn) ? callIdsOf(turn) : []));
}

function isBare({ role, parts }: Turn): boolean {
  return role === "assistant" && parts.every(({ signature }) => signature === undefined);
}

function callIdsOf({ parts }: Turn): string[] {
  return parts.flatMap((part) => (part.kind === "call" ? [part.callId] : []));
}

/** The request with the opaque state that was kept, where its client dropped it: on the calls, and as thinking before them. */
export function withKept(
  request: GenerationRequest,
  kept: ReadonlyMap<string, readonly Signature[]>,
): GenerationRequest {
  if (kept.size === 0) return request;
  const turns = request.turns.map((turn) => (isBare(turn) ? signTurn(turn, kept) : turn));
  return { ...request, turns };
}

function signTurn(turn: Turn, kept: ReadonlyMap<string, readonly Signature[]>): Turn {
  const signed = turn.parts.flatMap((part): readonly Part[] => {
    const found = part.kind === "call" ? (kept.get(part.callId) ?? []) : [];
    const own = found.find(({ callId }) => callId !== undefined);
    const thinking = found.filter(({ callId }) => callId === undefined).map(thinkingOf);
    return [...thinking, own ? { ...part, signature: own } : part];
  });
  // The words that the client itself replays would stand twice.
  const doubled = signed.some((part) => part.kind === "reasoning" && part.signature);
  const parts = doubled ? signed.filter((part) => part.kind !== "reasoning" || part.signature) : signed;
  return { ...turn, parts };
}

function thinkingOf({ text = "", ...signature }: Signature): Part {
  return { kind: "reasoning", text, signature };
}
