import type { Citation } from "../../../core/generation/request.ts";
import type { PartHead, TokenLogprob } from "../../../core/generation/stream-part.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { WireEvent } from "../../translation.ts";
import { writeCitation } from "../annotations.ts";
import { some } from "../members.ts";
import { added, done, type EncoderState, itemEvent, type MessageItem, place } from "./answer-state.ts";

type TextHead = Extract<PartHead, { kind: "text" }>;

/** openai `ResponseOutputMessage`; each text is a message of its own, since other items may stand between them. */
export function openMessage(state: EncoderState, head: TextHead): readonly WireEvent[] {
  const item: MessageItem = {
    kind: "message",
    ...place(state, "msg", head.id),
    refusal: head.refusal === true,
    phase: head.phase,
    text: "",
    annotations: [],
    logprobs: [],
  };
  state.current = item;
  state.refused ||= item.refusal;
  const part = item.refusal ? { type: "refusal", refusal: "" } : contentOf(item);
  return [
    added(state, item, messageOf(item, "in_progress", [])),
    itemEvent(state, item, "response.content_part.added", { content_index: 0, part }),
  ];
}

function messageOf(item: MessageItem, status: string, content: readonly unknown[]): JsonObject {
  return { id: item.id, type: "message", status, role: "assistant", content, ...some("phase", item.phase) };
}

function contentOf(item: MessageItem): JsonObject {
  const { text } = item;
  if (item.refusal) return { type: "refusal", refusal: text };
  return {
    type: "output_text",
    text,
    annotations: [...item.annotations],
    logprobs: item.logprobs.map(writeLogprob),
  };
}

/** The `response.output_text.*` or `response.refusal.*` event of this name. */
function textEvent(state: EncoderState, item: MessageItem, name: string, fields: JsonObject): WireEvent {
  const type = item.refusal ? `response.refusal.${name}` : `response.output_text.${name}`;
  return itemEvent(state, item, type, { content_index: 0, ...fields });
}

export function messageText(state: EncoderState, item: MessageItem, text: string): readonly WireEvent[] {
  item.text += text;
  const logprobs = item.refusal ? {} : { logprobs: [] };
  return [textEvent(state, item, "delta", { delta: text, ...logprobs })];
}

/** openai `ResponseTextDeltaEvent.Logprob`; they follow their text, so the delta has none. */
export function messageLogprobs(
  state: EncoderState,
  item: MessageItem,
  tokens: readonly TokenLogprob[],
): readonly WireEvent[] {
  if (item.refusal) return [];
  item.logprobs.push(...tokens);
  return [textEvent(state, item, "delta", { delta: "", logprobs: tokens.map(writeLogprob) })];
}

function writeLogprob({ token, logprob, bytes, top }: TokenLogprob): JsonObject {
  return {
    token,
    logprob,
    bytes: bytes ?? [...Buffer.from(token)],
    top_logprobs: top.map((each) => ({
      token: each.token,
      logprob: each.logprob,
      bytes: each.bytes ?? [...Buffer.from(each.token)],
    })),
  };
}

/** A citation without a place in the text covers all of it, which is known at its end. */
export function messageCite(
  state: EncoderState,
  item: MessageItem,
  citation: Citation,
): readonly WireEvent[] {
  if (item.refusal) return [];
  if (citation.start === undefined) {
    state.whole.push(citation);
    return [];
  }
  return annotate(state, item, citation);
}

function annotate(state: EncoderState, item: MessageItem, citation: Citation): WireEvent[] {
  return writeCitation(citation, item.text).map((annotation) => {
    item.annotations.push(annotation);
    const annotation_index = item.annotations.length - 1;
    return textEvent(state, item, "annotation.added", { annotation_index, annotation });
  });
}

/** The text is whole; whether the message is, shows what follows. */
export function closeMessage(state: EncoderState, item: MessageItem): readonly WireEvent[] {
  const events = state.whole.flatMap((citation) => annotate(state, item, citation as Citation));
  state.whole = [];
  state.held = item;
  const { text } = item;
  const words = item.refusal ? { refusal: text } : { text, logprobs: item.logprobs.map(writeLogprob) };
  return [
    ...events,
    textEvent(state, item, "done", words),
    itemEvent(state, item, "response.content_part.done", { content_index: 0, part: contentOf(item) }),
  ];
}

export function endMessage(state: EncoderState, item: MessageItem, status: string): readonly WireEvent[] {
  return [done(state, item, messageOf(item, status, [contentOf(item)]))];
}

/** As far as it has come, for an answer that fails. */
export function partialMessage(item: MessageItem): JsonObject {
  return messageOf(item, "incomplete", [contentOf(item)]);
}
