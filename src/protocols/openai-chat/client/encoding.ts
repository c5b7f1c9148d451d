import type { PartHead } from "../../../core/generation/stream-part.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { Usage } from "../../../core/usage.ts";
import type { AnswerContext, WireEvent } from "../../translation.ts";

/** All that is known of one answer while it is written: changed by the functions of this room only. */
export interface Encoding {
  readonly context: AnswerContext;
  /** What every chunk begins with. */
  readonly frame: JsonObject;
  /** The client declared `functions`, and knows no `tool_calls`. */
  readonly legacy: boolean;
  /** The model signs its calls. */
  signsCalls: boolean;
  readonly choices: Map<number, ChoiceEncoding>;
  readonly parts: Map<number, PartEncoding>;
  usage: Usage | undefined;
  serviceTier: string | undefined;
  /** An error was the last event. */
  failed: boolean;
}

export interface ChoiceEncoding {
  readonly choice: number;
  /** All visible text so far: annotations count its characters. */
  content: string;
  hasReasoning: boolean;
  calls: number;
  /** `reasoning_details` so far. */
  details: number;
  images: number;
  refused: boolean;
}

export interface PartEncoding {
  readonly choice: ChoiceEncoding;
  readonly head: PartHead;
  /** Where its text begins in the choice's content, in UTF-16 units. */
  readonly from: number;
  /** A call's place among the calls of its choice. */
  readonly slot: number;
  /** Of reasoning: its text so far, which what signs it repeats. */
  text: string;
  /** Of a reasoning summary: the section at hand. */
  section: number | undefined;
  /** Of a call that waits for its signature: its input so far. */
  held: string | undefined;
  /** Of a call: whether any input came. */
  hasInput: boolean;
}

export function chunk(state: Encoding, choice: number, delta: JsonObject, more: JsonObject = {}): WireEvent {
  const one = { index: choice, delta, logprobs: null, finish_reason: null, ...more };
  return { data: { ...state.frame, choices: [one] } };
}

/** The choice, and the chunk that gives its role where it has not spoken yet. */
export function enterChoice(
  state: Encoding,
  choice: number,
): { choice: ChoiceEncoding; events: WireEvent[] } {
  const known = state.choices.get(choice);
  if (known) return { choice: known, events: [] };
  const fresh = { choice, content: "", hasReasoning: false, calls: 0, details: 0, images: 0, refused: false };
  state.choices.set(choice, fresh);
  return { choice: fresh, events: [chunk(state, choice, { role: "assistant", content: "" })] };
}
