import type { Signature } from "../../../core/generation/node.ts";
import type { FinishReason, TokenLogprob } from "../../../core/generation/stream-part.ts";
import { asList, type JsonObject } from "../../../core/json.ts";
import type { Usage } from "../../../core/usage.ts";
import type { AnswerContext, WireEvent } from "../../translation.ts";
import type { TypedCall } from "../typed-calls.ts";

/** Where an item stands: what every event within it repeats. */
interface ItemPlace {
  readonly id: string;
  readonly outputIndex: number;
}

export interface MessageItem extends ItemPlace {
  readonly kind: "message";
  readonly refusal: boolean;
  readonly phase: string | undefined;
  text: string;
  readonly annotations: unknown[];
  readonly logprobs: TokenLogprob[];
}

export interface ReasoningItem extends ItemPlace {
  readonly kind: "reasoning";
  /** A Responses upstream's own reasoning text; everything else is shown as a summary. */
  readonly isText: boolean;
  /** The sections of the summary, or the one text. */
  readonly sections: string[];
  /** Whether the last section is still open. */
  isOpen: boolean;
  /** Section of the neutral form that is open. */
  section: number;
  signature: Signature | undefined;
  /** Whether the client knows of the item: one with nothing in it is none. */
  begun: boolean;
}

export interface CallItem extends ItemPlace {
  readonly kind: "call";
  readonly form: "json" | "text";
  readonly typed: TypedCall | undefined;
  readonly callId: string;
  readonly name: string;
  readonly namespace: string | undefined;
  input: string;
}

/** What the client gets no sight of, and what went out whole. */
export interface SilentItem {
  readonly kind: "silent";
}

export type OpenItem = MessageItem | ReasoningItem | CallItem | SilentItem;

/** All that is known of one answer while it is written. */
export interface EncoderState {
  readonly context: AnswerContext;
  sequence: number;
  started: boolean;
  readonly ids: Set<string>;
  /** Finished items, by their output index. */
  readonly output: JsonObject[];
  current: OpenItem | undefined;
  /** Closed, but whether it is complete is known only by what follows. */
  held: MessageItem | CallItem | undefined;
  /** Citations of the open text that cover all of it. */
  whole: unknown[];
  /** Signatures of calls and texts, which ride in a reasoning item of their own. */
  carried: Signature[];
  usage: Usage | undefined;
  serviceTier: string | undefined;
  finish: FinishReason | undefined;
  refused: boolean;
}

export function newEncoderState(context: AnswerContext): EncoderState {
  return {
    context,
    sequence: 0,
    started: false,
    ids: new Set(),
    output: [],
    current: undefined,
    held: undefined,
    whole: [],
    carried: [],
    usage: undefined,
    serviceTier: undefined,
    finish: undefined,
    refused: false,
  };
}

/** One event, with the next sequence number. */
export function event(state: EncoderState, type: string, fields: JsonObject): WireEvent {
  return { name: type, data: { type, sequence_number: state.sequence++, ...fields } };
}

/** An event within an item. */
export function itemEvent(state: EncoderState, item: ItemPlace, type: string, fields: JsonObject): WireEvent {
  return event(state, type, { item_id: item.id, output_index: item.outputIndex, ...fields });
}

export function added(state: EncoderState, { outputIndex }: ItemPlace, item: JsonObject): WireEvent {
  return event(state, "response.output_item.added", { output_index: outputIndex, item });
}

/** Ends an item, which is from now on in the response's output. */
export function done(state: EncoderState, { outputIndex }: ItemPlace, item: JsonObject): WireEvent {
  state.output[outputIndex] = item;
  return event(state, "response.output_item.done", { output_index: outputIndex, item });
}

/** The upstream's own id of the item, where it is one of this protocol and new; else one of the answer's. */
export function place(state: EncoderState, prefix: string, id: string | undefined): ItemPlace {
  const outputIndex = state.output.length;
  const own = id?.startsWith(`${prefix}_`) && !state.ids.has(id) ? id : undefined;
  const minted = `${prefix}_${state.context.answerId}${outputIndex.toString(16).padStart(4, "0")}`;
  state.ids.add(own ?? minted);
  return { id: own ?? minted, outputIndex };
}

/** Whether the client asked for this in `include`. */
export function includes(state: EncoderState, word: string): boolean {
  return asList(state.context.request.state.include).includes(word);
}
