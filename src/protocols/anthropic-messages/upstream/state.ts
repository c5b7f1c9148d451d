import type { RawIndex } from "../../../base/raw-json.ts";
import type { FinishReason, PartHead, StreamPart } from "../../../core/generation/stream-part.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { AnswerDecodeContext } from "../../translation.ts";

export type Parts = readonly StreamPart[];

interface TextBlock {
  readonly kind: "text";
  readonly index: number;
  /** UTF-16 units so far. */
  length: number;
  /** They hold for the whole block, so they wait for its end. */
  readonly citations: JsonObject[];
}

interface ThinkingBlock {
  readonly kind: "reasoning";
  readonly index: number;
  signature: string;
  readonly redacted: boolean;
}

interface CallBlock {
  readonly kind: "call";
  readonly index: number;
  /** The input that came with the block's start, which counts where no piece follows. */
  readonly given: string;
  begun: boolean;
  /** Text that a server of the family sent in a call's block; it follows the call. */
  stray: string;
}

/** A block that becomes a part only once it is whole. */
export interface WholeBlock {
  readonly kind: "whole";
  block: JsonObject;
  readonly raw: RawIndex;
  input: string;
  /** Its source text is no longer that of the event. */
  changed: boolean;
}

export type OpenBlock = TextBlock | ThinkingBlock | CallBlock | WholeBlock;

/** All that is known of one answer while it is read. */
export interface DecodeState {
  readonly context: AnswerDecodeContext;
  started: boolean;
  ended: boolean;
  parts: number;
  open: OpenBlock | undefined;
  /** A search that was asked for; what it found comes in the next block. */
  asked: WholeBlock | undefined;
  /** The usage fields merged over events. */
  usage: JsonObject;
  finish: FinishReason | undefined;
}

export function newDecodeState(context: AnswerDecodeContext): DecodeState {
  return {
    context,
    started: false,
    ended: false,
    parts: 0,
    open: undefined,
    asked: undefined,
    usage: {},
    finish: undefined,
  };
}

/** Opens the next part of the answer. */
export function openPart(state: DecodeState, part: PartHead): StreamPart {
  return { type: "open", index: state.parts++, choice: 0, part };
}

/** A part that comes whole. */
export function wholePart(state: DecodeState, part: PartHead): Parts {
  const open = openPart(state, part);
  return [open, { type: "close", index: state.parts - 1 }];
}
