/** Questions about a turn that both the choice of tools and the answer's words ask. */
import type { DemoLine, DemoTurn } from "./demo-turn.ts";

const ARGUMENT_CHARS_MAX = 100;

/** What a line says in its speaker's own words: agents put reminders of theirs into users' mouths. */
function wordsOf({ text }: DemoLine): string {
  return text.replace(/<system-reminder>.*?(?:<\/system-reminder>|$)/gs, "").trim();
}

/** What the user said last, trimmed; "" where the user said nothing. */
export function lastUserText(turn: DemoTurn): string {
  const last = turn.lines.findLast((line) => line.by === "user" && wordsOf(line) !== "");
  return last ? wordsOf(last) : "";
}

/** The tool results that the conversation ends with, whatever the system says after them. */
export function toolResults(turn: DemoTurn): readonly DemoLine[] {
  const last = turn.lines.findLastIndex(
    (line) => line.by === "assistant" || (line.by === "user" && wordsOf(line) !== ""),
  );
  return turn.lines.slice(last + 1).filter(({ by }) => by === "tool");
}

/** What strings are filled with: what the user put in quotes, or else what the user said. */
export function filling(turn: DemoTurn): string {
  const said = lastUserText(turn);
  const quoted = /["“]([^"“”]+)["”]/.exec(said)?.[1];
  return shorten(quoted ?? (said === "" ? "demo" : said), ARGUMENT_CHARS_MAX);
}

/** Whether the user asks for an answer at a readable pace: a way to try aborts. */
export function asksForSlowness(turn: DemoTurn): boolean {
  return /\bslowly\b/i.test(lastUserText(turn));
}

/** The text's first characters, never half of one, with an ellipsis where it goes on. */
export function shorten(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text.toWellFormed();
  return `${text
    .slice(0, charsMax)
    .replace(/[\uD800-\uDBFF]$/, "")
    .toWellFormed()}…`;
}
