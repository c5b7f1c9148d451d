/**
 * What the demo says. Pure: the same turn always gets the same reply. It says that it is a demo,
 * names the model, repeats the user; it thinks, calls tools and answers in JSON when asked to,
 * and keeps to limits and stop sequences.
 */

import type { Passage, Tokens } from "../../base/tokens.ts";
import { chooseTools } from "./choose-tools.ts";
import { filling, lastUserText, shorten, toolResults } from "./conversation.ts";
import type { DemoCall, DemoLine, DemoReply, DemoTool, DemoTurn } from "./demo-turn.ts";
import { exampleValue } from "./example-value.ts";

const ECHO_CHARS_MAX = 200;
const NAME_CHARS_MAX = 100;
const NO_LIMIT = Number.MAX_SAFE_INTEGER;
const NOTHING: Passage = { text: "", pieces: [], tokens: 0 };

/** A reply of which the thought is made, and what is left of the limit for the rest. */
interface Draft {
  readonly turn: DemoTurn;
  readonly tokens: Tokens;
  readonly thought: Passage | undefined;
  readonly tokensLeft: number;
}

/** @param choice which of the turn's `choices` this reply is, from 0 */
export function composeReply(turn: DemoTurn, choice: number, tokens: Tokens): DemoReply {
  const tools = chooseTools(turn);
  const limit = turn.outputTokensMax ?? NO_LIMIT;
  const thought = thinkAbout(turn, tools, tokens, limit);
  const draft = { turn, tokens, thought, tokensLeft: limit - (thought?.tokens ?? 0) };
  return tools.length > 0 ? callTools(draft, tools) : answer(draft, choice);
}

/** The thought, cut to the limit; undefined where none is asked for. */
function thinkAbout(
  turn: DemoTurn,
  tools: readonly DemoTool[],
  tokens: Tokens,
  limit: number,
): Passage | undefined {
  if (turn.thinking === "none") return undefined;
  const passage = tokens.take(thoughtText(turn, tools), limit);
  return turn.thinking === "shown" ? passage : { text: "", pieces: [], tokens: passage.tokens };
}

function thoughtText(turn: DemoTurn, tools: readonly DemoTool[]): string {
  const names = tools.map(({ name }) => name).join(" and ");
  if (names !== "") return `I am asked for ${names}, so I make the call.`;
  if (toolResults(turn).length > 0) return "The tool has answered, so I tell what it said.";
  return "I am a demo, so there is little to think about: I say what I am and repeat what I was told.";
}

function answer(draft: Draft, choice: number): DemoReply {
  const { turn, tokens, thought, tokensLeft } = draft;
  const full = turn.format ? jsonAnswer(turn) : answerText(turn, choice);
  const { text, stop } = cutAtStop(full.toWellFormed(), turn.stops);
  const said = tokens.take(text, tokensLeft);
  const outputTokens = (thought?.tokens ?? 0) + said.tokens;
  const reply = { thought, text: withPrefix(said, turn.prefix), calls: [], outputTokens };
  if (said.text.length < text.length) return { ...reply, finish: "length", stop: undefined };
  return { ...reply, finish: stop === undefined ? "stop" : "stop_sequence", stop };
}

function withPrefix(said: Passage, prefix: string): Passage {
  if (prefix === "") return said;
  return { text: prefix + said.text, pieces: [prefix, ...said.pieces], tokens: said.tokens };
}

/** The text before the stop sequence that comes first, and which one that was. */
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

/** Calls that do not fit into the limit are left out: half a call is no use to a client. */
function callTools(draft: Draft, tools: readonly DemoTool[]): DemoReply {
  const { turn, tokens, thought, tokensLeft } = draft;
  const calls: DemoCall[] = [];
  let spent = 0;
  for (const tool of tools) {
    const input = tokens.take(callInput(tool, turn), NO_LIMIT);
    const cost = input.tokens + tokens.count([tool.name]);
    if (spent + cost > tokensLeft) break;
    spent += cost;
    calls.push({ tool, input });
  }
  const isCut = calls.length < tools.length;
  const outputTokens = (thought?.tokens ?? 0) + (isCut ? tokensLeft : spent);
  return { thought, text: NOTHING, calls, finish: isCut ? "length" : "tool", stop: undefined, outputTokens };
}

function callInput(tool: DemoTool, turn: DemoTurn): string {
  if (tool.form === "text") return filling(turn);
  const value = exampleValue(tool.schema, filling(turn));
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return JSON.stringify(isObject ? value : {});
}

function answerText(turn: DemoTurn, choice: number): string {
  const model = shorten(turn.model, NAME_CHARS_MAX);
  const sentences = [
    `This is Quoin's demo upstream, not a real model: it answers for “${model}” so that you can try things out.`,
    ...(toolResults(turn).length > 0 ? toolResults(turn).map(resultSentence) : echoSentence(turn)),
    "For a real model, set a vendor's key (ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY) or add an upstream to quoin.yaml, and start Quoin again.",
  ];
  if (turn.choices > 1) sentences.push(`(Choice ${choice + 1} of ${turn.choices}.)`);
  return sentences.join(" ");
}

function resultSentence({ toolName, text }: DemoLine): string {
  const name = toolName === undefined ? "The tool" : `The tool ${shorten(toolName, NAME_CHARS_MAX)}`;
  return `${name} answered: “${shorten(text, ECHO_CHARS_MAX)}”.`;
}

function echoSentence(turn: DemoTurn): readonly string[] {
  const said = lastUserText(turn);
  return said === "" ? [] : [`You said: “${shorten(said, ECHO_CHARS_MAX)}”.`];
}

function jsonAnswer(turn: DemoTurn): string {
  if (turn.format?.kind === "schema") {
    return JSON.stringify(exampleValue(turn.format.schema, filling(turn)));
  }
  return JSON.stringify({ demo: true, model: turn.model, answer: answerText(turn, 0) });
}
