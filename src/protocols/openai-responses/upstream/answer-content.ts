import type { PartHead, TokenLogprob } from "../../../core/generation/stream-part.ts";
import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import { readAnnotation } from "../annotations.ts";
import { phaseOf, some, wordOf } from "../members.ts";
import {
  type AnswerState,
  closePart,
  noteSaid,
  type OutputItem,
  openPart,
  remainder,
} from "./answer-state.ts";
import { push } from "./lanes.ts";

/** A place in a message's content, or in a reasoning item's summary or content. */
export interface Spot {
  /** Key of what was said there. */
  readonly place: string;
  /** Name of the part that it belongs to. */
  readonly part: string;
  readonly head: PartHead;
  readonly section?: number;
}

/** @param phase of the message, where it is known */
export function textSpot(item: OutputItem, index: number, phase?: unknown): Spot {
  const place = `text:${index}`;
  const head: PartHead = {
    kind: "text",
    ...some("id", wordOf(item.id)),
    ...some("phase", phaseOf(phase)),
  };
  return { place, part: place, head };
}

export function refusalSpot(item: OutputItem, index: number): Spot {
  const place = `refusal:${index}`;
  return { place, part: place, head: { kind: "text", refusal: true, ...some("id", wordOf(item.id)) } };
}

export function thoughtSpot(item: OutputItem, index: number): Spot {
  const head: PartHead = { kind: "reasoning", form: "full", ...some("id", wordOf(item.id)) };
  return { place: `thought:${index}`, part: "thought", head };
}

export function summarySpot(item: OutputItem, section: number): Spot {
  const head: PartHead = { kind: "reasoning", form: "summary", ...some("id", wordOf(item.id)) };
  return { place: `summary:${section}`, part: "summary", head, section };
}

/** A piece of text. Empty ones open nothing: an empty text is none to most clients. */
export function sayText(state: AnswerState, item: OutputItem, spot: Spot, text: unknown): void {
  if (typeof text !== "string" || text === "" || item.done || item.closed.has(spot.place)) return;
  openPart(state, item, spot.part, spot.head);
  noteSaid(item, spot.place, text);
  push(state.lanes, item.lane, { type: "text", text, ...some("section", spot.section) });
}

/** The whole text of a place: says what is missing. */
export function sayWhole(state: AnswerState, item: OutputItem, spot: Spot, whole: unknown): void {
  if (typeof whole === "string") sayText(state, item, spot, remainder(item, spot.place, whole));
}

/** Logprobs of the open text (openai `ResponseTextDeltaEvent.Logprob`). */
export function sayLogprobs(state: AnswerState, item: OutputItem, spot: Spot, list: unknown): void {
  const tokens = asList(list).flatMap(tokenOf);
  if (tokens.length === 0 || item.open !== spot.part) return;
  noteSaid(item, `logprobs:${spot.place}`, "+");
  push(state.lanes, item.lane, { type: "logprobs", tokens });
}

function tokenOf(value: unknown): TokenLogprob[] {
  const entry = asObject(value);
  if (typeof entry?.token !== "string" || typeof entry.logprob !== "number") return [];
  const { token, logprob } = entry;
  const top = asList(entry.top_logprobs).flatMap(tokenOf);
  return [{ token, logprob, ...some("bytes", bytesOf(entry)), top }];
}

function bytesOf({ bytes }: JsonObject): readonly number[] | undefined {
  return Array.isArray(bytes) ? bytes.filter((byte) => typeof byte === "number") : undefined;
}

/** An annotation of the text so far. */
export function sayAnnotation(state: AnswerState, item: OutputItem, spot: Spot, value: unknown): void {
  const annotation = asObject(value);
  if (!annotation || item.open !== spot.part) return;
  item.cited.set(spot.place, (item.cited.get(spot.place) ?? 0) + 1);
  const citation = readAnnotation(annotation, item.said.get(spot.place) ?? "");
  push(state.lanes, item.lane, { type: "cite", citation });
}

/** A content part that is whole: says what is missing of it, and closes it. */
export function sayContent(
  state: AnswerState,
  item: OutputItem,
  index: number,
  part: JsonObject,
  phase?: unknown,
): void {
  const isRefusal = part.type === "refusal";
  const spot = isRefusal ? refusalSpot(item, index) : textSpot(item, index, phase);
  if (item.closed.has(spot.place)) return;
  sayWhole(state, item, spot, isRefusal ? part.refusal : part.text);
  if (isRefusal) state.refused ||= item.said.has(spot.place);
  if (!item.said.has(`logprobs:${spot.place}`)) sayLogprobs(state, item, spot, part.logprobs);
  const cited = item.cited.get(spot.place) ?? 0;
  for (const annotation of asList(part.annotations).slice(cited))
    sayAnnotation(state, item, spot, annotation);
  item.closed.add(spot.place);
  if (item.open === spot.part) closePart(state, item);
}
