import type { Signature } from "../../../src/core/generation/node.ts";
import type { FinishReason, PartHead, StreamPart } from "../../../src/core/generation/stream-part.ts";
import { NO_USAGE, type Usage } from "../../../src/core/usage.ts";

export const START: StreamPart = { type: "start", id: "up-1", model: "upstream-model" };

export const USAGE: Usage = { ...NO_USAGE, input: 7, cacheRead: 3, cacheWrite5m: 2, output: 4, reasoning: 6 };

/** A part with what fills it; the index is set by `answer`. */
export type Filled = readonly [PartHead, ...Piece[]];

type Piece =
  | string
  | { readonly text: string; readonly section: number }
  | { readonly sign: Signature }
  | Extract<StreamPart, { type: "cite" | "logprobs" }>;

function pieceOf(index: number, head: PartHead, piece: Piece): StreamPart {
  if (typeof piece === "string") {
    return head.kind === "call"
      ? { type: "input", index, text: piece }
      : { type: "text", index, text: piece };
  }
  if ("sign" in piece) return { type: "sign", index, signature: piece.sign };
  if ("section" in piece) return { type: "text", index, text: piece.text, section: piece.section };
  return { ...piece, index };
}

/** A whole answer of these parts. */
export function answer(filled: readonly Filled[], unified: FinishReason["unified"] = "stop"): StreamPart[] {
  return [...opening(filled), { type: "finish", choice: 0, reason: { unified, raw: unified } }, ...ENDING];
}

/** The parts without an end. */
export function opening(filled: readonly Filled[]): StreamPart[] {
  const parts = filled.flatMap(([head, ...pieces], index): StreamPart[] => [
    { type: "open", index, choice: 0, part: head },
    ...pieces.map((piece) => pieceOf(index, head, piece)),
    { type: "close", index },
  ]);
  return [START, ...parts];
}

const ENDING: readonly StreamPart[] = [{ type: "usage", usage: USAGE }, { type: "end" }];

export const TEXT: PartHead = { kind: "text" };

export function call(name = "f", rest: object = {}): PartHead {
  return { kind: "call", callId: "call_1", name, form: "json", ...rest };
}
