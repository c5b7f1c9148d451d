/**
 * Takes the input of a freeform tool out of the arguments `{"input":"…"}` of the function that stood for
 * it, piece by piece as they stream. Models do not always keep to the form: another member, a bare string,
 * text without JSON and fenced text are understood, too.
 */
export interface FreeformInput {
  /** Where in the arguments we are; buffering: the whole must be known first. */
  phase: "start" | "value" | "plain" | "buffering" | "done";
  /** What came and could not be judged yet. */
  held: string;
  readonly fences: Fences | undefined;
}

/** Code fences around the text, for tools with a grammar that knows none. */
interface Fences {
  phase: "start" | "fenced" | "plain";
  held: string;
}

/** @param stripFences the tool has a grammar: a fence around its text is the model's habit */
export function newFreeformInput(stripFences: boolean): FreeformInput {
  return { phase: "start", held: "", fences: stripFences ? { phase: "start", held: "" } : undefined };
}

/** The input's text that these further arguments reveal. */
export function feedFreeform(state: FreeformInput, text: string): string {
  return unfence(state.fences, reveal(state, text));
}

/** What is left when the arguments end, complete or not. */
export function endFreeform(state: FreeformInput): string {
  const rest = state.phase === "start" || state.phase === "buffering" ? recover(state.held) : "";
  state.phase = "done";
  state.held = "";
  return unfence(state.fences, rest) + endFences(state.fences);
}

function reveal(state: FreeformInput, text: string): string {
  if (state.phase === "done") return "";
  if (state.phase === "plain") return text;
  state.held += text;
  if (state.phase === "start") state.phase = judgeStart(state);
  return TAKE[state.phase](state);
}

const TAKE: Record<FreeformInput["phase"], (state: FreeformInput) => string> = {
  start: () => "",
  buffering: () => "",
  done: () => "",
  value: takeValue,
  plain: takeHeld,
};

const INPUT = /^\s*\{\s*"input"\s*:\s*"/;
/** What may still become `INPUT`. */
const INPUT_BEGUN = /^\s*(\{\s*("(i(n(p(u(t("(\s*(:\s*)?)?)?)?)?)?)?)?)?)?$/;

function judgeStart(state: FreeformInput): FreeformInput["phase"] {
  const match = INPUT.exec(state.held);
  if (match) {
    state.held = state.held.slice(match[0].length);
    return "value";
  }
  if (INPUT_BEGUN.test(state.held)) return "start";
  return /^\s*[{"]/.test(state.held) ? "buffering" : "plain";
}

function takeHeld(state: FreeformInput): string {
  const { held } = state;
  state.held = "";
  return held;
}

/** Unescapes what is complete of a JSON string; a cut escape or half a surrogate pair waits. */
function takeValue(state: FreeformInput): string {
  const { held } = state;
  const end = closingQuote(held);
  const source = end < 0 ? held.slice(0, wholeLength(held)) : held.slice(0, end);
  state.phase = end < 0 ? "value" : "done";
  state.held = end < 0 ? held.slice(source.length) : "";
  return unescaped(source);
}

function closingQuote(text: string): number {
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
  return -1;
}

const CUT_ESCAPE = /\\(?:u[0-9a-fA-F]{0,3})?$/;
const HIGH_SURROGATE = /(?:[\ud800-\udbff]|\\u[dD][89abAB][0-9a-fA-F]{2})$/;

/** How much of a JSON string's source can be unescaped without what follows. */
function wholeLength(text: string): number {
  let length = cut(text, text.length, CUT_ESCAPE);
  length = cut(text, length, HIGH_SURROGATE);
  return length;
}

/** Where a match of `tail` at the end begins, unless its backslash is itself escaped. */
function cut(text: string, length: number, tail: RegExp): number {
  const match = tail.exec(text.slice(Math.max(0, length - 12), length));
  if (!match) return length;
  const from = length - match[0].length;
  let slashes = 0;
  while (text[from - 1 - slashes] === "\\") slashes++;
  return match[0].startsWith("\\") && slashes % 2 === 1 ? length : from;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

/** By hand, since models write line breaks as they are and escapes that JSON does not know. */
function unescaped(source: string): string {
  return source.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, code: string | undefined, char: string) =>
    code === undefined ? (ESCAPES[char] ?? char) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The members in which models put the text instead. */
const OTHER_NAMES = ["input", "patch", "code", "text", "command", "content"];

/** The input out of arguments of another form: a bare string, an object with one text, or the text itself. */
function recover(source: string): string {
  const value = parsed(source);
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return source;
  const members = new Map<string, unknown>(Object.entries(value));
  const texts = [...members.values()].filter((member) => typeof member === "string");
  const named = OTHER_NAMES.map((name) => members.get(name)).find((member) => typeof member === "string");
  if (typeof named === "string") return named;
  if (texts.length === 1) return texts[0] ?? "";
  if (members.has("input")) return JSON.stringify(members.get("input"));
  return members.size === 0 ? "" : source;
}

const FENCE = /^\s*```[^\n`]*\n/;
const FENCE_BEGUN = /^\s*(?:`{0,2}|```[^\n`]*)$/;
const FENCED = /^\s*```[^\n`]*\n([\s\S]*?)\n?```\s*$/;

function unfence(fences: Fences | undefined, text: string): string {
  if (!fences || fences.phase === "plain") return text;
  fences.held += text;
  if (fences.phase === "fenced" || FENCE_BEGUN.test(fences.held)) return "";
  fences.phase = FENCE.test(fences.held) ? "fenced" : "plain";
  if (fences.phase === "fenced") return "";
  const { held } = fences;
  fences.held = "";
  return held;
}

/** Fenced text is known when its closing fence is. */
function endFences(fences: Fences | undefined): string {
  if (!fences) return "";
  const { held } = fences;
  fences.held = "";
  return FENCED.exec(held)?.[1] ?? held;
}
