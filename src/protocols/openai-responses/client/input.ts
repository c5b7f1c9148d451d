import type { RawJson, Signature } from "../../../core/generation/node.ts";
import type { Part, Turn } from "../../../core/generation/request.ts";
import type { Tool } from "../../../core/generation/tool.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { badField } from "../../fields.ts";
import type { DecodeContext } from "../../translation.ts";
import { withNote } from "../notes.ts";
import type { ItemReading } from "./item-reading.ts";
import { readItem } from "./items.ts";

/** The `input` of a request, read. */
export interface ReadInput {
  readonly turns: readonly Turn[];
  /** Of `additional_tools` and found by the client's search. */
  readonly tools: readonly Tool[];
  /** Items after the last turn. */
  readonly after: readonly RawJson[];
  readonly compaction: boolean;
}

interface Reading {
  readonly turns: Turn[];
  readonly tools: Tool[];
  readonly bound: Map<string, Signature>;
  /** What the assistant said without a break, and where it began. */
  said: Part[];
  saidAt: string;
  /** Items that became no turn, waiting for the next. */
  aside: RawJson[];
  compaction: boolean;
}

/**
 * @throws GatewayError `bad_request` naming the item at fault
 */
export function readInput(input: unknown, context: DecodeContext): ReadInput {
  if (typeof input === "string") return { turns: [userTurn(input)], tools: [], after: [], compaction: false };
  if (input === undefined || input === null) return { turns: [], tools: [], after: [], compaction: false };
  if (!Array.isArray(input)) throw badField("input", "must be a string or a list of items.");
  const reading = newReading();
  for (const [index, value] of input.entries()) {
    const item = asObject(value);
    if (!item) throw badField(`input[${index}]`, "must be an object.");
    takeItem(reading, item, { at: `input[${index}]`, context });
  }
  endSaid(reading);
  const { turns, tools, bound, aside, compaction } = reading;
  return { turns: turns.map((turn) => withSignatures(turn, bound)), tools, after: aside, compaction };
}

function newReading(): Reading {
  return { turns: [], tools: [], bound: new Map(), said: [], saidAt: "", aside: [], compaction: false };
}

function userTurn(text: string): Turn {
  return { role: "user", at: "input", parts: [{ kind: "text", at: "input", text }] };
}

function takeItem(reading: Reading, item: JsonObject, place: { at: string; context: DecodeContext }): void {
  const source = place.context.raw.of(item);
  const read = readItem(item, place);
  for (const signature of read.bound ?? []) reading.bound.set(signature.callId ?? "", signature);
  reading.tools.push(...(read.tools ?? []).map((tool) => withNote(tool, "$entry", "")));
  reading.compaction ||= read.compaction === true;
  if (read.said) takeSaid(reading, read.said, source, place.at);
  else takeTurn(reading, read, source);
}

function takeSaid(reading: Reading, parts: readonly Part[], source: RawJson, at: string): void {
  if (reading.said.length === 0) reading.saidAt = at;
  for (const [index, part] of parts.entries()) {
    reading.said.push(withNote(part, "$item", index === 0 ? source : ""));
  }
}

function takeTurn(reading: Reading, { turn, ours }: ItemReading, source: RawJson): void {
  endSaid(reading);
  if (turn) pushTurn(reading, ours ? turn : withNote(turn, "$item", source));
  else reading.aside.push(source);
}

function pushTurn(reading: Reading, turn: Turn): void {
  reading.turns.push(reading.aside.length > 0 ? withNote(turn, "$before", reading.aside) : turn);
  reading.aside = [];
}

function endSaid(reading: Reading): void {
  if (reading.said.length === 0) return;
  pushTurn(reading, { role: "assistant", at: reading.saidAt, parts: reading.said });
  reading.said = [];
}

/** A call gets the signature that travelled for it in a reasoning item beside it. */
function withSignatures(turn: Turn, bound: ReadonlyMap<string, Signature>): Turn {
  if (turn.role !== "assistant" || bound.size === 0) return turn;
  const parts = turn.parts.map((part) => {
    const signature = part.kind === "call" ? bound.get(part.callId) : undefined;
    return signature ? { ...part, signature } : part;
  });
  return { ...turn, parts };
}
