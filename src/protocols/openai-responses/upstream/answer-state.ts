import type { PartHead } from "../../../core/generation/stream-part.ts";
import type { JsonObject } from "../../../core/json.ts";
import { asWord } from "../../../core/json.ts";
import type { AnswerDecodeContext } from "../../translation.ts";
import { wordOf } from "../members.ts";
import { addLane, endLane, type Lane, type Lanes, newLanes, push } from "./lanes.ts";

/** All that is known of an answer while it is read. */
export interface AnswerState {
  readonly context: AnswerDecodeContext;
  readonly lanes: Lanes;
  readonly items: OutputItem[];
  started: boolean;
  /** `end` or `fail` went out; nothing follows. */
  ended: boolean;
  called: boolean;
  refused: boolean;
  searches: number;
}

/** One output item on its way. */
export interface OutputItem {
  readonly id: string;
  readonly type: string;
  readonly outputIndex: number;
  lane: Lane;
  /** Text that went out, by the place in the item (`text:0`, `summary:1`, `input`). */
  readonly said: Map<string, string>;
  /** Annotations that went out, by the same. */
  readonly cited: Map<string, number>;
  /** Places whose text is whole. */
  readonly closed: Set<string>;
  /** The open part's name; undefined between parts. */
  open: string | undefined;
  /** The item's content said that it is done, though the item did not. */
  quiet: boolean;
  done: boolean;
}

export function newAnswerState(context: AnswerDecodeContext): AnswerState {
  return {
    context,
    lanes: newLanes(),
    items: [],
    started: false,
    ended: false,
    called: false,
    refused: false,
    searches: 0,
  };
}

function outputIndexOf(event: JsonObject): number {
  return typeof event.output_index === "number" ? event.output_index : -1;
}

/** Some servers count every item as 0, others change ids on the way: an item is known by either. */
function findItem(state: AnswerState, id: string, outputIndex: number): OutputItem | undefined {
  const named = id === "" ? undefined : state.items.findLast((item) => item.id === id);
  return named ?? state.items.findLast((item) => item.outputIndex === outputIndex && !item.done);
}

/** Begins an item. Those before it whose content is whole do not hold it up, though their end was not said. */
export function addItem(state: AnswerState, id: string, type: string, outputIndex: number): OutputItem {
  for (const item of state.items) if (item.quiet && !item.done) letPass(state, item);
  const item: OutputItem = {
    id,
    type,
    outputIndex,
    lane: addLane(state.lanes),
    said: new Map(),
    cited: new Map(),
    closed: new Set(),
    open: undefined,
    quiet: false,
    done: false,
  };
  state.items.push(item);
  return item;
}

/** Reasoning may still be given the vendor's state: that gets a part of its own. */
function letPass(state: AnswerState, item: OutputItem): void {
  if (item.type !== "reasoning") endItem(state, item);
  else if (!item.lane.done) {
    closePart(state, item);
    endLane(state.lanes, item.lane);
  }
}

/** The item that an event speaks of; a new one of `type` where it was never announced. */
export function itemOfEvent(state: AnswerState, event: JsonObject, type: string): OutputItem {
  const id = wordOf(event.item_id) ?? "";
  const outputIndex = outputIndexOf(event);
  const known = findItem(state, id, outputIndex) ?? lastOpen(state, outputIndex, type);
  return known ?? addItem(state, id, type, outputIndex);
}

/** Where the event does not say its item's place. */
function lastOpen(state: AnswerState, outputIndex: number, type: string): OutputItem | undefined {
  return outputIndex < 0 ? state.items.findLast((item) => !item.done && item.type === type) : undefined;
}

/** The item that `response.output_item.added` or `.done` brings. */
export function itemOfBody(state: AnswerState, event: JsonObject, body: JsonObject): OutputItem {
  const id = wordOf(body.id) ?? "";
  const outputIndex = outputIndexOf(event);
  const known = findItem(state, id, outputIndex);
  const type = asWord(body.type);
  return known && known.type === type ? known : addItem(state, id, type, outputIndex);
}

/** Opens the part of this name, unless it is open. */
export function openPart(state: AnswerState, item: OutputItem, name: string, part: PartHead): void {
  if (item.open === name) return;
  closePart(state, item);
  // What was let pass and goes on after all stands behind what passed it.
  if (item.lane.done) item.lane = addLane(state.lanes);
  item.open = name;
  push(state.lanes, item.lane, { type: "open", part });
}

export function closePart(state: AnswerState, item: OutputItem): void {
  if (item.open === undefined) return;
  item.open = undefined;
  push(state.lanes, item.lane, { type: "close" });
}

export function endItem(state: AnswerState, item: OutputItem): void {
  if (item.done) return;
  closePart(state, item);
  item.done = true;
  endLane(state.lanes, item.lane);
}

/** What is still to be said of `whole` at this place; "" where it went another way. */
export function remainder(item: OutputItem, place: string, whole: string): string {
  const said = item.said.get(place) ?? "";
  return whole.startsWith(said) ? whole.slice(said.length) : "";
}

export function noteSaid(item: OutputItem, place: string, text: string): void {
  item.said.set(place, (item.said.get(place) ?? "") + text);
}
