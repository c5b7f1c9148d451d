import type { OpenPart, StreamPart } from "../../core/generation/stream-part.ts";
import type { PartFilter, Parts } from "../part-filter.ts";
import { type Numbering, newNumbering, numberOf, openNumber } from "./numbering.ts";

const OPENING = "<think>";
const CLOSING = "</think>";

/**
 * A text part on its way: start: it may yet begin with the tag · opened: inside it, no word yet · thinking:
 * inside it · after: behind it, no word yet · text: plain text from here on.
 */
interface SplitText {
  readonly head: OpenPart;
  phase: "start" | "opened" | "thinking" | "after" | "text";
  /** What may belong to a tag, or is white space that may lead to one. */
  held: string;
}

interface SplitState {
  readonly texts: Map<number, SplitText>;
  readonly numbering: Numbering;
}

/**
 * Makes reasoning parts of `<think>…</think>` at the beginning of a text, where chat servers without a
 * parser of their own leave it. Tags anywhere else are text: models write about them.
 */
export function thinkSplitter(): PartFilter {
  const state: SplitState = { texts: new Map(), numbering: newNumbering() };
  return { take: (part) => take(state, part) };
}

function take(state: SplitState, part: StreamPart): Parts {
  switch (part.type) {
    case "open":
      return open(state, part);
    case "text": {
      const split = state.texts.get(part.index);
      return split ? feed(state, split, part.text) : renumber(state, part);
    }
    case "close":
      return close(state, part);
    case "cite":
    case "logprobs":
    case "sign":
      return isSpoken(state, part.index) ? renumber(state, part) : [];
    case "input":
      return renumber(state, part);
    default:
      return part;
  }
}

type Indexed = Extract<StreamPart, { readonly index: number }>;

function renumber<P extends Indexed>({ numbering }: SplitState, part: P): P {
  return { ...part, index: numberOf(numbering, part.index) ?? part.index };
}

/** What belongs to a text has no place at its thinking. */
function isSpoken({ texts }: SplitState, index: number): boolean {
  const split = texts.get(index);
  return split === undefined || split.phase === "text";
}

/** A text part opens when it is known what it begins with. */
function open(state: SplitState, part: OpenPart): readonly StreamPart[] {
  if (part.part.kind !== "text") return [{ ...part, index: openNumber(state.numbering, part.index) }];
  state.texts.set(part.index, { head: part, phase: "start", held: "" });
  return [];
}

function close(state: SplitState, part: Extract<StreamPart, { type: "close" }>): readonly StreamPart[] {
  const split = state.texts.get(part.index);
  if (!split) return [renumber(state, part)];
  state.texts.delete(part.index);
  const rest = split.phase === "start" ? openText(state, split, split.held) : flush(state, split);
  return split.phase === "after" ? rest : [...rest, renumber(state, part)];
}

/** What was held of a tag that did not come after all. */
function flush(state: SplitState, { head, held, phase }: SplitText): readonly StreamPart[] {
  return held === "" || phase === "after"
    ? []
    : [renumber(state, { type: "text", index: head.index, text: held })];
}

function openText(state: SplitState, split: SplitText, text: string): readonly StreamPart[] {
  split.phase = "text";
  split.held = "";
  const index = openNumber(state.numbering, split.head.index);
  const opened: OpenPart = { ...split.head, index };
  return text === "" ? [opened] : [opened, { type: "text", index, text }];
}

function feed(state: SplitState, split: SplitText, text: string): readonly StreamPart[] {
  const all = split.held + text;
  return PHASES[split.phase](state, split, all);
}

type Phase = (state: SplitState, split: SplitText, text: string) => readonly StreamPart[];

const PHASES: Record<SplitText["phase"], Phase> = {
  start(state, split, text) {
    const begun = text.trimStart();
    if (begun.startsWith(OPENING)) return openThinking(state, split, begun.slice(OPENING.length));
    if (!OPENING.startsWith(begun)) return openText(state, split, text);
    split.held = text;
    return [];
  },
  opened(state, split, text) {
    if (text === "") return [];
    split.phase = "thinking";
    // The line break behind the tag belongs to the tag.
    return PHASES.thinking(state, split, text.replace(/^\n/, ""));
  },
  thinking(state, split, text) {
    const end = text.indexOf(CLOSING);
    if (end >= 0) return endThinking(state, split, text.slice(0, end), text.slice(end + CLOSING.length));
    const held = beginningLength(text);
    split.held = text.slice(text.length - held);
    return thought(state, split, text.slice(0, text.length - held));
  },
  after(state, split, text) {
    const words = text.trimStart();
    return words === "" ? [] : openText(state, split, words);
  },
  text: (state, { head }, text) => [renumber(state, { type: "text", index: head.index, text })],
};

function openThinking(state: SplitState, split: SplitText, text: string): readonly StreamPart[] {
  const { choice, index: from } = split.head;
  const index = openNumber(state.numbering, from);
  split.phase = "opened";
  split.held = "";
  return [
    { type: "open", index, choice, part: { kind: "reasoning", form: "full" } },
    ...PHASES.opened(state, split, text),
  ];
}

function thought(state: SplitState, { head }: SplitText, text: string): readonly StreamPart[] {
  return text === "" ? [] : [renumber(state, { type: "text", index: head.index, text })];
}

function endThinking(state: SplitState, split: SplitText, text: string, rest: string): readonly StreamPart[] {
  const closed = renumber(state, { type: "close", index: split.head.index });
  const last = thought(state, split, text);
  state.numbering.byIndex.delete(split.head.index);
  split.phase = "after";
  split.held = "";
  return [...last, closed, ...PHASES.after(state, split, rest)];
}

/** The length of the longest end of the text that begins the closing tag. */
function beginningLength(text: string): number {
  for (let length = Math.min(CLOSING.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(CLOSING.slice(0, length))) return length;
  }
  return 0;
}
