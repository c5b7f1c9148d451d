import type { Signature } from "../../../core/generation/node.ts";
import type { FinishReason, OpenPart } from "../../../core/generation/stream-part.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { Usage } from "../../../core/usage.ts";
import type { AnswerContext, WireEvent } from "../../translation.ts";

/** A text block; it begins on the wire with its first text, since an empty one could never be sent back. */
export interface TextBlock {
  readonly kind: "text";
  /** Its number on the wire; undefined before it began. */
  block: number | undefined;
  text: string;
}

/** A thinking block; it stays open until the next part comes, whose signature may have to ride in it. */
export interface ThinkingBlock {
  readonly kind: "thinking";
  block: number | undefined;
  /** The last section of a summary that was written. */
  section: number;
  signature: Signature | undefined;
}

export interface CallBlock {
  readonly kind: "call";
  block: number;
}

/**
 * A call that is not on the wire yet, since its signature may come and must stand before it. Only a call whose
 * input comes whole is held past its beginning: that is how Google's, the signed ones, come.
 */
export interface HeldCall {
  readonly open: OpenPart;
  input: string;
}

/** All that is known of one answer while it is written. */
export interface AnswerState {
  readonly context: AnswerContext;
  /** The client asked for thinking, so it takes thinking blocks and sends them back. */
  readonly thinks: boolean;
  started: boolean;
  blocks: number;
  open: TextBlock | ThinkingBlock | CallBlock | undefined;
  /** A thinking part that is closed but whose block is not. */
  waiting: ThinkingBlock | undefined;
  held: HeldCall | undefined;
  usage: Usage | undefined;
  serviceTier: string | undefined;
  finish: FinishReason | undefined;
}

export function newAnswerState(context: AnswerContext): AnswerState {
  const { mode } = context.request.reasoning;
  return {
    context,
    thinks: mode === "on" || mode === "auto",
    started: false,
    blocks: 0,
    open: undefined,
    waiting: undefined,
    held: undefined,
    usage: undefined,
    serviceTier: undefined,
    finish: undefined,
  };
}

/** An event of the stream: its `event:` line repeats the type, and clients insist on it (PROTOCOLS.md 1.10). */
export function event(type: string, members: JsonObject): WireEvent {
  return { name: type, data: { type, ...members } };
}

export function startBlock(state: AnswerState, block: JsonObject): WireEvent {
  return event("content_block_start", { index: state.blocks++, content_block: block });
}

export function delta(index: number, members: JsonObject): WireEvent {
  return event("content_block_delta", { index, delta: members });
}

export function stopBlock(index: number): WireEvent {
  return event("content_block_stop", { index });
}

/** A block that is known as a whole. */
export function wholeBlock(
  state: AnswerState,
  block: JsonObject,
  deltas: readonly JsonObject[] = [],
): WireEvent[] {
  const index = state.blocks;
  return [startBlock(state, block), ...deltas.map((members) => delta(index, members)), stopBlock(index)];
}
