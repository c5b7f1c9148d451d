/**
 * What the demo says. Pure: the same turn always gets the same reply. It says that it is a demo,
 * names the model, repeats the user; it thinks, calls tools and answers in JSON when asked to,
 * and keeps to limits and stop sequences.
 */
import type { DemoCall, DemoFinish, DemoLine, DemoReply, DemoTool, DemoTurn, Passage } from "./demo-turn.ts";
import { exampleValue } from "./example-value.ts";
import type { Tokens } from "./tokens.ts";

const ECHO_CHARS_MAX = 200;
const ARGUMENT_CHARS_MAX = 100;
const CALLS_MAX = 16;
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** @param choice which of the turn's `choices` this reply is, from 0 */
export function composeReply(turn: DemoTurn, choice: number, tokens: Tokens): DemoReply {
  const tools = toolsToCall(turn);
  const limit = turn.outputTokensMax ?? NO_LIMIT;
  const thought = thoughtOf(turn, tools, limit, tokens);
  const left = limit - (thought?.tokens ?? 0);
  if (tools.length > 0) return callReply(thought, turn, tools, left, tokens);
  return textReply(thought, turn, choice, left, tokens);
}

/** Whether the user asks for an answer at a readable pace; a way to try aborts. */
export function asksForSlowness(turn: DemoTurn): boolean {
  return /\bslowly\b/i.test(lastUserText(turn));
}

const NOTHING: Passage = { text: "", pieces: [], tokens: 0 };

function textReply(
  thought: Passage | undefined,
  turn: DemoTurn,
  choice: number,
  limit: number,
  tokens: Tokens,
): DemoReply {
  const full = turn.format ? jsonAnswer(turn) : answerText(turn, choice);
  const stopped = cutAtStop(full, turn.stops);
  const said = tokens.take(stopped.text, limit);
  const isCut = said.tokens === limit && tokens.take(stopped.text, limit + 1).tokens > limit;
  const outputTokens = (thought?.tokens ?? 0) + said.tokens;
  const text = withPrefix(said, turn.prefix);
  if (isCut) return { thought, text, calls: [], finish: "length", stop: undefined, outputTokens };
  const finish: DemoFinish = stopped.stop === undefined ? "stop" : "stop_sequence";
  return { thought, text, calls: [], finish, stop: stopped.stop, outputTokens };
}

function withPrefix(said: Passage, prefix: string): Passage {
  if (prefix === "") return said;
  return { text: prefix + said.text, pieces: [prefix, ...said.pieces], tokens: said.tokens };
}

/** Calls that do not fit into the limit are left out: half a call is no use to a client. */
function callReply(
  thought: Passage | undefined,
  turn: DemoTurn,
  tools: readonly DemoTool[],
  limit: number,
  tokens: Tokens,
): DemoReply {
  const calls: DemoCall[] = [];
  let spent = 0;
  for (const tool of tools) {
    const input = tokens.take(callInput(tool, turn), NO_LIMIT);
    const cost = input.tokens + tokens.count([tool.name]);
    if (spent + cost > limit) break;
    spent += cost;
    calls.push({ tool, input });
  }
  const isCut = calls.length < tools.length;
  const outputTokens = (thought?.tokens ?? 0) + (isCut ? limit : spent);
  return { thought, text: NOTHING, calls, finish: isCut ? "length" : "tool", stop: undefined, outputTokens };
}

/** The thought, cut to the limit; undefined where none is asked for. */
function thoughtOf(
  turn: DemoTurn,
  tools: readonly DemoTool[],
  limit: number,
  tokens: Tokens,
): Passage | undefined {
  if (turn.thinking === "none") return undefined;
  const passage = tokens.take(thoughtText(turn, tools), limit);
  return turn.thinking === "shown" ? passage : { text: "", pieces: [], tokens: passage.tokens };
}

function thoughtText(turn: DemoTurn, tools: readonly DemoTool[]): string {
  if (tools.length > 0)
    return `I am asked for ${tools.map(({ name }) => name).join(" and ")}, so I make the call.`;
  if (toolResults(turn).length > 0) return "The tool has answered, so I tell what it said.";
  return "I am a demo, so there is little to think about: I say what I am and repeat what I was told.";
}

function answerText(turn: DemoTurn, choice: number): string {
  const sentences = [
    `This is Quoin's demo upstream, not a real model: it answers for “${shorten(turn.model, 100)}” so that you can try things out.`,
    ...toolResults(turn).map(resultSentence),
    ...echoSentence(turn),
    "For a real model, set a vendor's key (ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY) or add an upstream to quoin.yaml, and start Quoin again.",
  ];
  if (turn.choices > 1) sentences.push(`(Choice ${choice + 1} of ${turn.choices}.)`);
  return sentences.join(" ");
}

function resultSentence({ toolName, text }: DemoLine): string {
  const name = toolName === undefined ? "The tool" : `The tool ${shorten(toolName, 100)}`;
  return `${name} answered: “${shorten(text, ECHO_CHARS_MAX)}”.`;
}

function echoSentence(turn: DemoTurn): string[] {
  const said = lastUserText(turn);
  if (said === "" || toolResults(turn).length > 0) return [];
  return [`You said: “${shorten(said, ECHO_CHARS_MAX)}”.`];
}

function jsonAnswer(turn: DemoTurn): string {
  if (turn.format?.kind !== "schema") {
    return JSON.stringify({ demo: true, model: turn.model, answer: answerText(turn, 0) });
  }
  return JSON.stringify(exampleValue(turn.format.schema, filling(turn)));
}

/** The text before the earliest stop sequence, and which one that was. */
function cutAtStop(text: string, stops: readonly string[]): { text: string; stop: string | undefined } {
  let end = text.length;
  let found: string | undefined;
  for (const stop of stops) {
    const at = stop === "" ? -1 : text.indexOf(stop);
    if (at < 0 || at >= end) continue;
    end = at;
    found = stop;
  }
  return { text: text.slice(0, end), stop: found };
}

/** Which tools the reply calls: those asked for by name, or the first where one is wanted. */
function toolsToCall(turn: DemoTurn): readonly DemoTool[] {
  const { mode, names } = turn.choice;
  if (mode === "none" || toolResults(turn).length > 0) return [];
  const allowed = names ? turn.tools.filter(({ name }) => names.includes(name)) : turn.tools;
  const said = lastUserText(turn);
  const named = allowed.filter((tool) => asksFor(said, tool.name)).slice(0, turn.parallel ? CALLS_MAX : 1);
  if (named.length > 0) return named;
  return mode === "required" || ASKS_FOR_ANY.test(said) ? allowed.slice(0, 1) : [];
}

const ASKS_FOR_ANY = /\bcall\b|\buse (?:a|an|any|the|your|one of the|one of your) tools?\b/i;
const ASKS_TO_ACT = /\b(?:call|use|run|invoke|try|tools?)\b/i;

/**
 * A name such as `get_weather` is enough; one that is also a word (`Read`, `write`) needs a verb
 * beside it, or "Write me a poem" would start a coding agent's Write.
 */
function asksFor(said: string, name: string): boolean {
  const isWord = /^[A-Za-z][a-z]*$/.test(name);
  if (isWord && !ASKS_TO_ACT.test(said)) return false;
  return hasWord(said, name);
}

function hasWord(text: string, word: string): boolean {
  if (word === "") return false;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
    const before = text[at - 1] ?? " ";
    const after = text[at + word.length] ?? " ";
    if (!/[\w-]/.test(before) && !/[\w-]/.test(after)) return true;
  }
  return false;
}

function callInput(tool: DemoTool, turn: DemoTurn): string {
  if (tool.form === "text") return filling(turn);
  const value = exampleValue(tool.schema, filling(turn));
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return JSON.stringify(isObject ? value : {});
}

/** What strings are filled with: what the user put in quotes, or what the user said. */
function filling(turn: DemoTurn): string {
  const said = lastUserText(turn);
  const quoted = /["“]([^"“”]+)["”]/.exec(said)?.[1];
  return shorten(quoted ?? (said === "" ? "demo" : said), ARGUMENT_CHARS_MAX);
}

function lastUserText(turn: DemoTurn): string {
  return turn.lines.findLast(({ by, text }) => by === "user" && text.trim() !== "")?.text.trim() ?? "";
}

/** The results that the conversation ends with, whatever the system says after them. */
function toolResults(turn: DemoTurn): readonly DemoLine[] {
  const last = turn.lines.findLastIndex(({ by }) => by === "user" || by === "assistant");
  return turn.lines.slice(last + 1).filter(({ by }) => by === "tool");
}

/** The text's first characters, never half of one, with an ellipsis where it goes on. */
function shorten(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text.toWellFormed();
  return `${text
    .slice(0, charsMax)
    .replace(/[\uD800-\uDBFF]$/, "")
    .toWellFormed()}…`;
}
