import type { FinishReason, PartHead, StreamPart } from "../../../core/generation/stream-part.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { AnswerDecodeContext } from "../../translation.ts";

/** A part that may go on: more text, the rest of its signature. It is closed by what follows it. */
export interface OpenSlot {
  readonly index: number;
  readonly kind: "text" | "reasoning" | "call";
  /** The id that the upstream gave a call. */
  readonly writtenId: string;
  /** Its signature so far: large ones arrive in pieces (vertesia/llumiverse#470). */
  signature: string;
}

export interface ChoiceState {
  readonly choice: number;
  open: OpenSlot | undefined;
  /** The visible text, in pieces, and how much of it lay in parts that are closed, in UTF-16 units. */
  readonly text: string[];
  closedUnits: number;
  calls: number;
  /** Older models say it on every chunk: the last one counts (QuantumNous/new-api#378). */
  finish: Omit<FinishReason, "unified"> | undefined;
  /** The last report, which is the whole one. */
  grounding: JsonObject | undefined;
  readonly citations: unknown[];
}

/** All that the decoder knows of one answer. */
export interface DecoderState {
  readonly context: AnswerDecodeContext;
  readonly choices: Map<number, ChoiceState>;
  readonly callIds: Set<string>;
  started: boolean;
  over: boolean;
  nextIndex: number;
  /** `promptFeedback` of a prompt that was refused. */
  blocked: JsonObject | undefined;
}

export function newDecoderState(context: AnswerDecodeContext): DecoderState {
  return {
    context,
    choices: new Map(),
    callIds: new Set(),
    started: false,
    over: false,
    nextIndex: 0,
    blocked: undefined,
  };
}

export function choiceOf(state: DecoderState, choice: number): ChoiceState {
  const known = state.choices.get(choice);
  if (known) return known;
  const fresh: ChoiceState = {
    choice,
    open: undefined,
    text: [],
    closedUnits: 0,
    calls: 0,
    finish: undefined,
    grounding: undefined,
    citations: [],
  };
  state.choices.set(choice, fresh);
  return fresh;
}

/** Opens a part that may go on. */
export function openSlot(
  state: DecoderState,
  choice: ChoiceState,
  part: PartHead & { readonly kind: OpenSlot["kind"] },
  writtenId = "",
): StreamPart[] {
  const closed = closeSlot(state, choice);
  const index = state.nextIndex++;
  choice.open = { index, kind: part.kind, writtenId, signature: "" };
  return [...closed, { type: "open", index, choice: choice.choice, part }];
}

/** Closes what is open, its signature being whole by now. */
export function closeSlot(state: DecoderState, choice: ChoiceState): StreamPart[] {
  const { open } = choice;
  if (!open) return [];
  const { index, signature: value } = open;
  choice.open = undefined;
  choice.closedUnits = unitsOf(choice);
  const { model } = state.context.traits;
  const sign: StreamPart[] = value
    ? [{ type: "sign", index, signature: { value, by: "google", model } }]
    : [];
  return [...sign, { type: "close", index }];
}

function unitsOf({ text }: ChoiceState): number {
  return text.reduce((units, piece) => units + piece.length, 0);
}

/** A part that comes whole. */
export function wholePart(state: DecoderState, choice: ChoiceState, part: PartHead): StreamPart[] {
  const closed = closeSlot(state, choice);
  const index = state.nextIndex++;
  return [...closed, { type: "open", index, choice: choice.choice, part }, { type: "close", index }];
}
