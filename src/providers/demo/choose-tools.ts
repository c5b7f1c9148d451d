import { lastUserText, toolResults } from "./conversation.ts";
import type { DemoTool, DemoTurn } from "./demo-turn.ts";

const CALLS_MAX = 16;

const ASKS_FOR_ANY = /\bcall\b|\buse (?:a|an|any|the|your|one of the|one of your) tools?\b/i;
const ASKS_TO_ACT = /\b(?:call|use|run|invoke|try|tools?)\b/i;

/**
 * Which tools the reply calls: those that the user asks for by name, or else the first one where
 * any is wanted. None after a tool's result, forced or not: a loop over the demo must end.
 */
export function chooseTools(turn: DemoTurn): readonly DemoTool[] {
  const { mode, names } = turn.choice;
  if (mode === "none" || toolResults(turn).length > 0) return [];
  const allowed = names ? turn.tools.filter(({ name }) => names.includes(name)) : turn.tools;
  const said = lastUserText(turn);
  const named = allowed.filter((tool) => asksFor(said, tool.name));
  if (named.length > 0) return named.slice(0, turn.parallel ? CALLS_MAX : 1);
  return mode === "required" || ASKS_FOR_ANY.test(said) ? allowed.slice(0, 1) : [];
}

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
