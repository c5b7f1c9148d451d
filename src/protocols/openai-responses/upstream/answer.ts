import { type RawIndex, rawIndex } from "../../../base/raw-json.ts";
import type { SseEvent } from "../../../base/sse.ts";
import { GatewayError } from "../../../core/errors.ts";
import type { FinishReason, StreamPart } from "../../../core/generation/stream-part.ts";
import { asList, asObject, asWord, type JsonObject, ownMember } from "../../../core/json.ts";
import { eventObject } from "../../read-json.ts";
import type { AnswerDecodeContext, AnswerDecoder } from "../../translation.ts";
import { wordOf } from "../members.ts";
import { usageOfResponse } from "../usage.ts";
import {
  refusalSpot,
  type Spot,
  sayAnnotation,
  sayContent,
  sayLogprobs,
  sayText,
  sayWhole,
  summarySpot,
  textSpot,
  thoughtSpot,
} from "./answer-content.ts";
import { openCall, sayInput, takeWholeItem } from "./answer-items.ts";
import {
  type AnswerState,
  addItem,
  endItem,
  itemOfBody,
  itemOfEvent,
  newAnswerState,
  type OutputItem,
  remainder,
} from "./answer-state.ts";
import { readError } from "./error.ts";
import { takeOut } from "./lanes.ts";

type Handler = (state: AnswerState, event: JsonObject, raw: RawIndex) => void;

const HANDLERS: Readonly<Record<string, Handler>> = {
  "response.created": start,
  "response.queued": start,
  "response.in_progress": start,
  "response.output_item.added": addedItem,
  "response.output_item.done": doneItem,
  "response.content_part.added": (state, event) => loud(itemOfEvent(state, event, "message")),
  "response.content_part.done": donePart,
  "response.output_text.delta": textDelta,
  "response.output_text.done": (state, event) => whole(state, event, "message", textSpot, event.text),
  "response.output_text.annotation.added": annotationAdded,
  "response.refusal.delta": (state, event) => {
    state.refused = true;
    say(state, event, "message", refusalSpot);
  },
  "response.refusal.done": (state, event) => whole(state, event, "message", refusalSpot, event.refusal),
  "response.reasoning_text.delta": (state, event) => say(state, event, "reasoning", thoughtSpot),
  "response.reasoning_text.done": (state, event) => whole(state, event, "reasoning", thoughtSpot, event.text),
  "response.reasoning_summary_text.delta": (state, event) => say(state, event, "reasoning", summarySpot),
  "response.reasoning_summary_text.done": (state, event) =>
    whole(state, event, "reasoning", summarySpot, event.text),
  "response.function_call_arguments.delta": (state, event) => inputDelta(state, event, "function_call"),
  "response.function_call_arguments.done": (state, event) => inputDone(state, event, "function_call"),
  "response.web_search_call.completed": (state, event) => hush(itemOfEvent(state, event, "web_search_call")),
  "response.image_generation_call.completed": (state, event) =>
    hush(itemOfEvent(state, event, "image_generation_call")),
  "response.custom_tool_call_input.delta": (state, event) => inputDelta(state, event, "custom_tool_call"),
  "response.custom_tool_call_input.done": (state, event) => inputDone(state, event, "custom_tool_call"),
  "response.completed": terminal,
  "response.incomplete": terminal,
  // Some compatible servers end so.
  "response.done": terminal,
  "response.cancelled": failed,
  "response.failed": failed,
  error: failed,
  keepalive: (state) => state.lanes.out.push({ type: "ping" }),
};

/** openai `Response` as it was created. */
function start(state: AnswerState, event: JsonObject): void {
  if (state.started) return;
  state.started = true;
  const response = asObject(event.response) ?? {};
  const { created_at: created } = response;
  state.lanes.out.push({
    type: "start",
    id: wordOf(response.id) ?? "",
    model: wordOf(response.model) ?? "",
    ...(typeof created === "number" ? { created } : {}),
  });
}

/** An item as the wire has it; undefined for what has no type. */
function bodyOf(value: unknown): JsonObject | undefined {
  const body = asObject(value);
  return wordOf(body?.type) === undefined ? undefined : body;
}

function addedItem(state: AnswerState, event: JsonObject): void {
  const body = bodyOf(event.item);
  if (!body) return;
  const item = itemOfBody(state, event, body);
  if (item.type === "function_call" || item.type === "custom_tool_call") openCall(state, item, body);
}

function doneItem(state: AnswerState, event: JsonObject, raw: RawIndex): void {
  const body = bodyOf(event.item);
  if (body) takeWholeItem(state, itemOfBody(state, event, body), body, raw);
}

/** A part within the item begins or goes on. */
function loud(item: OutputItem): OutputItem {
  item.quiet = false;
  return item;
}

/** The item's own work is done; its whole body is still to come, from servers that send it. */
function hush(item: OutputItem): void {
  item.quiet = true;
}

function indexOf(event: JsonObject, key: "content_index" | "summary_index"): number {
  const index = event[key];
  return typeof index === "number" ? index : 0;
}

type SpotOf = (item: OutputItem, index: number) => Spot;

function spotOf(event: JsonObject, item: OutputItem, at: SpotOf): Spot {
  return at(item, indexOf(event, at === summarySpot ? "summary_index" : "content_index"));
}

function say(state: AnswerState, event: JsonObject, type: string, at: SpotOf): void {
  const item = loud(itemOfEvent(state, event, type));
  sayText(state, item, spotOf(event, item, at), event.delta);
}

function whole(state: AnswerState, event: JsonObject, type: string, at: SpotOf, text: unknown): void {
  const item = itemOfEvent(state, event, type);
  sayWhole(state, item, spotOf(event, item, at), text);
  item.quiet = true;
}

function textDelta(state: AnswerState, event: JsonObject): void {
  const item = loud(itemOfEvent(state, event, "message"));
  const spot = spotOf(event, item, textSpot);
  sayText(state, item, spot, event.delta);
  sayLogprobs(state, item, spot, event.logprobs);
}

function annotationAdded(state: AnswerState, event: JsonObject): void {
  const item = itemOfEvent(state, event, "message");
  sayAnnotation(state, item, spotOf(event, item, textSpot), event.annotation);
}

/** Reasoning ends with its item, which brings the vendor's state. */
function donePart(state: AnswerState, event: JsonObject): void {
  const part = asObject(event.part);
  const item = itemOfEvent(state, event, "message");
  if (!part || item.type !== "message") return;
  sayContent(state, item, indexOf(event, "content_index"), part);
  item.quiet = true;
}

function inputDelta(state: AnswerState, event: JsonObject, type: string): void {
  sayInput(state, loud(itemOfEvent(state, event, type)), event.delta);
}

function inputDone(state: AnswerState, event: JsonObject, type: string): void {
  const item = itemOfEvent(state, event, type);
  openCall(state, item, event);
  const text = event.arguments ?? event.input;
  if (typeof text === "string") sayInput(state, item, remainder(item, "input", text));
  item.quiet = item.open === "call";
}

const INCOMPLETE: Readonly<Record<string, FinishReason["unified"]>> = {
  max_output_tokens: "length",
  max_tokens: "length",
  content_filter: "filter",
};

function finishOf(state: AnswerState, response: JsonObject): FinishReason {
  if (response.status === "incomplete") {
    const raw = wordOf(asObject(response.incomplete_details)?.reason) ?? "incomplete";
    return { unified: ownMember(INCOMPLETE, raw) ?? "other", raw };
  }
  if (state.called) return { unified: "tool", raw: "completed" };
  return { unified: state.refused ? "refusal" : "stop", raw: "completed" };
}

/** The end of an answer: whatever its items did not say is taken from the response itself. */
function terminal(state: AnswerState, event: JsonObject, raw: RawIndex): void {
  const response = asObject(event.response) ?? {};
  if (response.status === "failed" || response.status === "cancelled") {
    failed(state, event);
    return;
  }
  start(state, event);
  for (const [index, value] of asList(response.output).entries()) {
    const body = bodyOf(value);
    if (body) takeListed(state, body, index, raw);
  }
  for (const item of state.items) endItem(state, item);
  const status = event.type === "response.incomplete" ? "incomplete" : (response.status ?? "completed");
  state.lanes.out.push({ type: "finish", choice: 0, reason: finishOf(state, { ...response, status }) });
  const usage = usageOfResponse(response);
  if (usage) {
    const searches = Math.max(usage.searches, state.searches);
    const tier = wordOf(response.service_tier);
    const serviceTier = tier === undefined ? {} : { serviceTier: tier };
    state.lanes.out.push({ type: "usage", usage: { ...usage, searches }, ...serviceTier });
  }
  finish(state, { type: "end" });
}

/** An item of the finished response, unless its events said it: known by its type, and by its id or place. */
function takeListed(state: AnswerState, body: JsonObject, outputIndex: number, raw: RawIndex): void {
  const id = wordOf(body.id);
  const alike = state.items.filter((item) => item.type === asWord(body.type));
  const known =
    alike.find((item) => item.id === id) ??
    alike.find((item) => item.outputIndex === outputIndex) ??
    alike.find((item) => item.outputIndex < 0 && !item.done);
  takeWholeItem(state, known ?? addItem(state, id ?? "", asWord(body.type), outputIndex), body, raw);
}

function failed(state: AnswerState, event: JsonObject): void {
  finish(state, { type: "fail", error: readError(0, event) });
}

function finish(state: AnswerState, part: StreamPart): void {
  if (!state.started) start(state, {});
  state.lanes.out.push(part);
  state.ended = true;
}

function takeEvent(state: AnswerState, event: JsonObject, name: string, raw: RawIndex): void {
  const type = wordOf(event.type) ?? name;
  const handler = Object.hasOwn(HANDLERS, type) ? HANDLERS[type] : undefined;
  if (!handler || state.ended) return;
  if (handler !== start && handler !== failed && handler !== terminal && type !== "keepalive")
    start(state, {});
  handler(state, event, raw);
}

const CUT = "The upstream of this model broke off in the middle of its answer; try again.";

/** Reads the stream of openai `ResponseStreamEvent`. */
export function openDecoder(context: AnswerDecodeContext): AnswerDecoder {
  const state = newAnswerState(context);
  return {
    decode(event) {
      const body = eventObject(event.data);
      if (body) takeEvent(state, errorEvent(body, event), event.name, rawIndex(event.data, body));
      return takeOut(state.lanes);
    },
    end() {
      if (!state.ended) finish(state, { type: "fail", error: new GatewayError("upstream_error", CUT) });
      return takeOut(state.lanes);
    },
  };
}

/** Proxies break in with a bare `{"error": {…}}`. */
function errorEvent(body: JsonObject, { name }: SseEvent): JsonObject {
  const isBare = body.type === undefined && name === "" && asObject(body.error) !== undefined;
  return isBare ? { ...body, type: "error" } : body;
}

/** A whole answer as the parts that its stream would have had. */
export function decodeWhole(
  answer: JsonObject,
  raw: RawIndex,
  context: AnswerDecodeContext,
): readonly StreamPart[] {
  const state = newAnswerState(context);
  const isResponse = Array.isArray(answer.output) || typeof answer.status === "string";
  const event = { response: answer };
  if (asObject(answer.error) || !isResponse) failed(state, asObject(answer.error) ? answer : {});
  else {
    start(state, event);
    terminal(state, event, raw);
  }
  return takeOut(state.lanes);
}
