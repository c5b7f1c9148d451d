import type { StreamPart } from "../../core/generation/stream-part.ts";
import type { PartFilter, Parts } from "../part-filter.ts";
import { type Numbering, newNumbering, numberOf, openNumber } from "./numbering.ts";

export interface StopScanner extends PartFilter {
  /** Every choice met a stop sequence: what the upstream still writes is for nobody, cancel it. */
  readonly stopped: boolean;
}

/** One open text. */
interface OpenText {
  readonly choice: number;
  /** The end of the text so far that may be the beginning of a stop sequence. */
  held: string;
}

interface ScanState {
  readonly stops: readonly string[];
  readonly choices: number;
  readonly texts: Map<number, OpenText>;
  /** Choices that met one. */
  readonly met: Set<number>;
  /** Choices by the index of their open part. */
  readonly choiceOf: Map<number, number>;
  readonly numbering: Numbering;
}

/**
 * Looks for stop sequences that the upstream was not told. Of the text no more is held back than may be
 * the beginning of one. At a match the choice ends: its part is closed, its finish says what matched, and
 * the rest is dropped. Which sequence matches does not depend on how the text is cut into pieces: it is
 * the one that is complete first, of several the longest.
 *
 * @param choices how many answers the request asked for
 */
export function stopScanner(stops: readonly string[], choices = 1): StopScanner {
  const state: ScanState = {
    stops,
    choices,
    texts: new Map(),
    met: new Set(),
    choiceOf: new Map(),
    numbering: newNumbering(),
  };
  return {
    take: (part) => (stops.length === 0 ? part : take(state, part)),
    get stopped() {
      return state.met.size >= state.choices;
    },
  };
}

function take(state: ScanState, part: StreamPart): Parts {
  switch (part.type) {
    case "open":
      return open(state, part);
    case "text":
      return scan(state, part);
    case "close":
      return close(state, part);
    case "input":
    case "cite":
    case "logprobs":
    case "sign":
      return isOver(state, part.index) ? [] : renumber(state, part);
    case "finish":
      return state.met.has(part.choice) ? [] : part;
    case "fail":
      // We cancelled it ourselves; the client has the whole answer.
      return state.met.size >= state.choices ? { type: "end" } : part;
    default:
      return part;
  }
}

type Indexed = Extract<StreamPart, { readonly index: number }>;

function renumber<P extends Indexed>(state: ScanState, part: P): P {
  return { ...part, index: numberOf(state.numbering, part.index) ?? part.index };
}

function isOver(state: ScanState, index: number): boolean {
  const choice = state.choiceOf.get(index);
  return choice !== undefined && state.met.has(choice);
}

function open(state: ScanState, part: Extract<StreamPart, { type: "open" }>): readonly StreamPart[] {
  const { choice, index } = part;
  state.choiceOf.set(index, choice);
  if (state.met.has(choice)) return [];
  if (part.part.kind === "text") state.texts.set(index, { choice, held: "" });
  return [{ ...part, index: openNumber(state.numbering, index) }];
}

function close(state: ScanState, part: Extract<StreamPart, { type: "close" }>): readonly StreamPart[] {
  if (isOver(state, part.index)) return [];
  const held = state.texts.get(part.index)?.held ?? "";
  state.texts.delete(part.index);
  const closed = renumber(state, part);
  return held === "" ? [closed] : [{ type: "text", index: closed.index, text: held }, closed];
}

function scan(state: ScanState, part: Extract<StreamPart, { type: "text" }>): readonly StreamPart[] {
  if (isOver(state, part.index)) return [];
  const text = state.texts.get(part.index);
  if (!text) return [renumber(state, part)];
  const all = text.held + part.text;
  const match = firstMatch(all, state.stops);
  if (match) return cutAt(state, part, text.choice, all.slice(0, match.from), match.stop);
  const heldLength = beginningAtEnd(all, state.stops);
  text.held = all.slice(all.length - heldLength);
  const free = all.slice(0, all.length - heldLength);
  return free === "" ? [] : [renumber(state, { ...part, text: free })];
}

function cutAt(
  state: ScanState,
  part: Extract<StreamPart, { type: "text" }>,
  choice: number,
  text: string,
  matched: string,
): readonly StreamPart[] {
  state.met.add(choice);
  const last = renumber(state, { ...part, text });
  return [
    ...(text === "" ? [] : [last]),
    { type: "close", index: last.index },
    { type: "finish", choice, reason: { unified: "stop_sequence", raw: "stop_sequence", matched } },
  ];
}

interface Match {
  readonly from: number;
  readonly stop: string;
}

function firstMatch(text: string, stops: readonly string[]): Match | undefined {
  let best: Match | undefined;
  for (const stop of stops) {
    const from = text.indexOf(stop);
    if (from < 0) continue;
    const sooner = best && from + stop.length - best.from - best.stop.length;
    if (!best || sooner === undefined || sooner < 0 || (sooner === 0 && from < best.from))
      best = { from, stop };
  }
  return best;
}

/** The length of the longest end of the text that begins a stop sequence without completing it. */
function beginningAtEnd(text: string, stops: readonly string[]): number {
  let longest = 0;
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(stop.slice(0, length))) longest = length;
    }
  }
  return longest;
}
