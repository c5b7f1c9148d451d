import type { FinishReason, PartHead, StreamPart } from "../../../src/core/generation/stream-part.ts";

export function open(index: number, part: PartHead, choice = 0): StreamPart {
  return { type: "open", index, choice, part };
}

export function text(index: number, piece: string): StreamPart {
  return { type: "text", index, text: piece };
}

export function input(index: number, piece: string): StreamPart {
  return { type: "input", index, text: piece };
}

export function close(index: number): StreamPart {
  return { type: "close", index };
}

export function finish(unified: FinishReason["unified"], choice = 0, raw: string = unified): StreamPart {
  return { type: "finish", choice, reason: { unified, raw } };
}

export function callHead(callId: string, name: string): PartHead {
  return { kind: "call", callId, name, form: "json" };
}

export const TEXT: PartHead = { kind: "text" };
export const THOUGHT: PartHead = { kind: "reasoning", form: "full" };
export const START: StreamPart = { type: "start", id: "id", model: "m" };
export const END: StreamPart = { type: "end" };

/** A text in pieces, cut at the given places. */
export function pieces(whole: string, cuts: readonly number[]): string[] {
  const places = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b);
  const ends = [...places, whole.length];
  return ends.map((end, index) => whole.slice(ends[index - 1] ?? 0, end));
}

/** A whole text part in pieces. */
export function textPart(index: number, said: readonly string[], choice = 0): StreamPart[] {
  return [open(index, TEXT, choice), ...said.map((piece) => text(index, piece)), close(index)];
}
