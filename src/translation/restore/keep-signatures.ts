import type { Signature } from "../../core/generation/node.ts";
import type { StreamPart } from "../../core/generation/stream-part.ts";
import type { TargetTraits } from "../../core/generation/traits.ts";
import type { PartFilter } from "../part-filter.ts";

/** Opaque state that a client may drop, found again by the call that came with it. */
export interface CallSignature {
  readonly callId: string;
  /** With `callId`: of the call itself; without: of the thinking before it, whose words are in `text`. */
  readonly signature: Signature;
}

interface KeepState {
  readonly kept: CallSignature[];
  /** The model wants its thinking back though it signs none (DeepSeek): its words are kept under our own word. */
  readonly keepsWords: boolean;
  /** Of thinking since the last call. */
  waiting: Signature[];
  /** What is open, by its index: a call's id, or the words of thinking so far. */
  readonly calls: Map<number, string>;
  readonly words: Map<number, string>;
}

/** Notes the opaque state that goes by, call by call. Changes nothing. */
export function keepSignatures(kept: CallSignature[], { replayReasoning }: TargetTraits): PartFilter {
  const keepsWords = replayReasoning === "required";
  const state: KeepState = { kept, keepsWords, waiting: [], calls: new Map(), words: new Map() };
  return {
    take(part) {
      note(state, part);
      return part;
    },
  };
}

function note(state: KeepState, part: StreamPart): void {
  if (part.type === "open") noteOpen(state, part);
  else if (part.type === "text") noteText(state, part.index, part.text);
  else if (part.type === "sign") noteSign(state, part.index, part.signature);
  else if (part.type === "close") noteClose(state, part.index);
}

function noteOpen(state: KeepState, { index, part }: Extract<StreamPart, { type: "open" }>): void {
  if (part.kind === "reasoning") state.words.set(index, "");
  if (part.kind !== "call") return;
  const { callId, signature } = part;
  state.calls.set(index, callId);
  state.kept.push(...state.waiting.map((waiting) => ({ callId, signature: waiting })));
  state.waiting = [];
  if (signature) state.kept.push({ callId, signature: { ...signature, callId } });
}

function noteText({ words }: KeepState, index: number, text: string): void {
  const known = words.get(index);
  if (known !== undefined) words.set(index, known + text);
}

function noteSign(state: KeepState, index: number, signature: Signature): void {
  const callId = state.calls.get(index);
  const text = state.words.get(index);
  if (callId !== undefined) state.kept.push({ callId, signature: { ...signature, callId } });
  else if (text !== undefined && signature.by !== "gateway") {
    state.waiting.push({ ...signature, text });
    state.words.delete(index);
  }
}

/** Of thinking that no vendor signed. */
function noteClose({ keepsWords, words, waiting }: KeepState, index: number): void {
  const text = words.get(index);
  words.delete(index);
  if (keepsWords && text) waiting.push({ value: "", by: "gateway", text });
}
