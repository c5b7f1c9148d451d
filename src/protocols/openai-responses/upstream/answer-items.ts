import type { RawIndex } from "../../../base/raw-json.ts";
import type { CallPart } from "../../../core/generation/request.ts";
import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import { imageOf, opaqueOf, searchOf } from "../hosted-items.ts";
import { some, wordOf } from "../members.ts";
import { isForClient, type TypedCall, typedCallOfItem, typedInput } from "../typed-calls.ts";
import { type Spot, sayContent, sayWhole, summarySpot, thoughtSpot } from "./answer-content.ts";
import {
  type AnswerState,
  closePart,
  endItem,
  noteSaid,
  type OutputItem,
  openPart,
  remainder,
} from "./answer-state.ts";
import { push } from "./lanes.ts";

type ItemReader = (state: AnswerState, item: OutputItem, body: JsonObject, raw: RawIndex) => void;

const WHOLE: Record<string, ItemReader> = {
  message: wholeMessage,
  reasoning: wholeReasoning,
  function_call: (state, item, body) => wholeCall(state, item, body, body.arguments),
  custom_tool_call: (state, item, body) => wholeCall(state, item, body, body.input),
  web_search_call: wholeSearch,
  image_generation_call: wholeImage,
};

/** An item that is whole: says what its events did not, and ends it. */
export function takeWholeItem(state: AnswerState, item: OutputItem, body: JsonObject, raw: RawIndex): void {
  if (item.done) return;
  const reader = Object.hasOwn(WHOLE, item.type) ? WHOLE[item.type] : undefined;
  const typed = isForClient(body) ? typedCallOfItem(item.type) : undefined;
  if (reader) reader(state, item, body, raw);
  else if (typed) wholeTypedCall(state, item, body, raw, typed);
  else wholeOpaque(state, item, body, raw);
  endItem(state, item);
}

function wholeMessage(state: AnswerState, item: OutputItem, body: JsonObject): void {
  for (const [index, value] of asList(body.content).entries()) {
    const part = asObject(value);
    if (part) sayContent(state, item, index, part, body.phase);
  }
}

/** The vendor's state belongs to the item's id, which must never change beside it. */
function wholeReasoning(state: AnswerState, item: OutputItem, body: JsonObject): void {
  sayThoughts(state, item, body.summary, summarySpot);
  sayThoughts(state, item, body.content, thoughtSpot);
  const value = wordOf(body.encrypted_content);
  if (value === undefined) return;
  const { vendor, model, scope } = state.context.traits;
  if (item.open === undefined) openPart(state, item, "summary", summarySpot(item, 0).head);
  const itemId = some("itemId", wordOf(body.id) ?? wordOf(item.id));
  push(state.lanes, item.lane, { type: "sign", signature: { value, by: vendor, model, scope, ...itemId } });
}

function sayThoughts(
  state: AnswerState,
  item: OutputItem,
  list: unknown,
  spotOf: (item: OutputItem, index: number) => Spot,
): void {
  for (const [index, value] of asList(list).entries()) {
    sayWhole(state, item, spotOf(item, index), asObject(value)?.text);
  }
}

/** What is known of a call when it begins; undefined as long as its name is not. */
export function openCall(state: AnswerState, item: OutputItem, body: JsonObject, typed?: TypedCall): void {
  const name = wordOf(body.name);
  if (name === undefined || item.done || item.said.has("input")) return;
  item.said.set("input", "");
  state.called = true;
  const head: Omit<CallPart, "input"> = {
    kind: "call",
    callId: wordOf(body.call_id) ?? wordOf(item.id) ?? mintCallId(state),
    name,
    form: item.type === "custom_tool_call" ? "text" : "json",
    ...some("id", wordOf(item.id)),
    ...some("namespace", wordOf(body.namespace)),
    ...some("builtin", typed?.tool),
  };
  openPart(state, item, "call", head);
}

function mintCallId({ context, items }: AnswerState): string {
  return `call_${context.answerId.slice(0, 24)}${items.length.toString(16).padStart(4, "0")}`;
}

export function sayInput(state: AnswerState, item: OutputItem, text: unknown): void {
  if (typeof text !== "string" || text === "") return;
  if (item.open !== "call") {
    // The name is still to come, with the whole item; its input comes with it.
    return;
  }
  noteSaid(item, "input", text);
  push(state.lanes, item.lane, { type: "input", text });
}

function wholeCall(state: AnswerState, item: OutputItem, body: JsonObject, input: unknown): void {
  openCall(state, item, { ...body, name: wordOf(body.name) ?? "unknown" });
  if (typeof input === "string") sayInput(state, item, remainder(item, "input", input));
}

function wholeTypedCall(
  state: AnswerState,
  item: OutputItem,
  body: JsonObject,
  raw: RawIndex,
  typed: TypedCall,
): void {
  openCall(state, item, { ...body, name: typed.tool }, typed);
  sayInput(state, item, typedInput(body, typed, raw));
}

function wholeSearch(state: AnswerState, item: OutputItem, body: JsonObject, raw: RawIndex): void {
  state.searches++;
  const search = searchOf(body);
  if (!search) {
    wholeOpaque(state, item, body, raw);
    return;
  }
  openPart(state, item, "search", search);
  closePart(state, item);
}

function wholeImage(state: AnswerState, item: OutputItem, body: JsonObject, raw: RawIndex): void {
  const image = imageOf(body);
  if (image) openPart(state, item, "image", image);
  else wholeOpaque(state, item, body, raw);
}

function wholeOpaque(state: AnswerState, item: OutputItem, body: JsonObject, raw: RawIndex): void {
  openPart(state, item, "opaque", opaqueOf(body, raw.of(body)));
}
