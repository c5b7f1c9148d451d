import type { Signature } from "../../../core/generation/node.ts";
import type { PartHead } from "../../../core/generation/stream-part.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { WireEvent } from "../../translation.ts";
import { some } from "../members.ts";
import {
  added,
  done,
  type EncoderState,
  includes,
  itemEvent,
  place,
  type ReasoningItem,
} from "./answer-state.ts";

const ENCRYPTED = "reasoning.encrypted_content";

/**
 * openai `ResponseReasoningItem`. Thoughts of other vendors go out as a summary: SDKs show nothing else, and
 * Codex sends nothing else back.
 */
export function openReasoning(
  state: EncoderState,
  head: Extract<PartHead, { kind: "reasoning" }>,
): readonly WireEvent[] {
  const item = newReasoning(state, head.id);
  state.current = { ...item, isText: head.form === "full" && item.id === head.id };
  return [];
}

function newReasoning(state: EncoderState, id?: string): ReasoningItem {
  return {
    kind: "reasoning",
    ...place(state, "rs", id),
    isText: false,
    sections: [],
    isOpen: false,
    section: 0,
    signature: undefined,
    begun: false,
  };
}

function begin(state: EncoderState, item: ReasoningItem): readonly WireEvent[] {
  if (item.begun) return [];
  item.begun = true;
  const empty = { id: item.id, type: "reasoning", summary: [], ...(item.isText ? { content: [] } : {}) };
  return [added(state, item, empty)];
}

function thoughtsOf({ id, isText, sections }: ReasoningItem): JsonObject {
  const texts = (type: string) => sections.map((text) => ({ type, text }));
  const summary = isText ? [] : texts("summary_text");
  return { id, type: "reasoning", summary, ...(isText ? { content: texts("reasoning_text") } : {}) };
}

function reasoningOf(state: EncoderState, item: ReasoningItem): JsonObject {
  const { signature } = item;
  return {
    ...thoughtsOf(item),
    ...some("encrypted_content", signature && sealed(state, item, signature)),
  };
}

/**
 * The vendor's own state goes bare, beside the id that it belongs to; all other in our envelope. A client that
 * stores nothing and did not ask for it gets none.
 */
function sealed(state: EncoderState, item: ReasoningItem, signature: Signature): string | undefined {
  const { request, seal } = state.context;
  if (request.state.store === false && !includes(state, ENCRYPTED)) return undefined;
  const isNative = signature.by === "openai" && signature.itemId === item.id;
  return isNative ? signature.value : seal([signature]);
}

/** The event names and fields of a section of the summary, or of the text. */
function sectionEvent(state: EncoderState, item: ReasoningItem, step: SectionStep): WireEvent {
  const index = item.sections.length - 1;
  const text = item.sections[index] ?? "";
  const part = {
    type: item.isText ? "reasoning_text" : "summary_text",
    text: step.name === "added" ? "" : text,
  };
  const words = item.isText ? "response.reasoning_text" : "response.reasoning_summary_text";
  const parts = item.isText ? "response.content_part" : "response.reasoning_summary_part";
  const at = item.isText ? { content_index: index } : { summary_index: index };
  switch (step.name) {
    case "added":
      return itemEvent(state, item, `${parts}.added`, { ...at, part });
    case "delta":
      return itemEvent(state, item, `${words}.delta`, { ...at, delta: step.delta });
    case "done":
      return itemEvent(state, item, `${words}.done`, { ...at, text });
    case "ended":
      return itemEvent(state, item, `${parts}.done`, { ...at, part });
  }
}

type SectionStep =
  | { readonly name: "added" | "done" | "ended" }
  | { readonly name: "delta"; readonly delta: string };

export function reasoningText(
  state: EncoderState,
  item: ReasoningItem,
  delta: string,
  section = 0,
): readonly WireEvent[] {
  const events = [...begin(state, item)];
  if (item.isOpen && section !== item.section && !item.isText) events.push(...endSection(state, item));
  if (!item.isOpen) {
    item.sections.push("");
    item.isOpen = true;
    item.section = section;
    events.push(sectionEvent(state, item, { name: "added" }));
  }
  item.sections[item.sections.length - 1] += delta;
  events.push(sectionEvent(state, item, { name: "delta", delta }));
  return events;
}

function endSection(state: EncoderState, item: ReasoningItem): readonly WireEvent[] {
  if (!item.isOpen) return [];
  item.isOpen = false;
  return [sectionEvent(state, item, { name: "done" }), sectionEvent(state, item, { name: "ended" })];
}

export function reasoningSign(item: ReasoningItem, signature: Signature): readonly WireEvent[] {
  item.signature = signature;
  return [];
}

/** An item with neither text nor state was never one. */
export function closeReasoning(state: EncoderState, item: ReasoningItem): readonly WireEvent[] {
  const hasState = item.signature !== undefined && sealed(state, item, item.signature) !== undefined;
  if (!item.begun && !hasState) return [];
  return [...begin(state, item), ...endSection(state, item), done(state, item, reasoningOf(state, item))];
}

/**
 * Opaque state of calls and texts, in a reasoning item without text: the one place that clients send back. Where
 * the client did not ask for it, the gateway's own store has it.
 */
export function writeCarried(state: EncoderState): readonly WireEvent[] {
  const { carried } = state;
  state.carried = [];
  if (carried.length === 0 || !includes(state, ENCRYPTED)) return [];
  const item = newReasoning(state);
  const body = { ...reasoningOf(state, item), encrypted_content: state.context.seal(carried) };
  return [...begin(state, item), done(state, item, body)];
}

export function partialReasoning(item: ReasoningItem): JsonObject | undefined {
  return item.begun ? { ...thoughtsOf(item), status: "incomplete" } : undefined;
}
