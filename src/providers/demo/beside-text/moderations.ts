import { newId } from "../../../base/id.ts";
import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import { requireField, textOf } from "../fields.ts";

/** Words by which the demo knows a category (openai, `Moderation.Categories`); the others it never finds. */
const WORDS: Readonly<Record<string, RegExp | undefined>> = {
  harassment: /\b(idiot|moron|loser|stupid)\b/gi,
  "harassment/threatening": /\b(i('| wi)ll (hurt|find|get) you)\b/gi,
  hate: /\b(subhuman|vermin)\b/gi,
  "hate/threatening": undefined,
  illicit: /\b(launder money|steal a car|pick a lock)\b/gi,
  "illicit/violent": /\b(build a bomb|make a bomb)\b/gi,
  "self-harm": /\b(self-harm|hurt myself)\b/gi,
  "self-harm/instructions": undefined,
  "self-harm/intent": /\b(i want to (hurt|kill) myself)\b/gi,
  sexual: /\b(porn|nude)\b/gi,
  "sexual/minors": undefined,
  violence: /\b(kill|murder|stab|shoot|bomb)(s|ed|ing)?\b/gi,
  "violence/graphic": /\b(gore|dismember(ed)?)\b/gi,
};

const SCORE_OF_NOTHING = 0.0001;

/** More finds, more certainty; never quite one. */
function scoreOf(text: string, words: RegExp | undefined): number {
  const finds = words ? (text.match(words)?.length ?? 0) : 0;
  return finds === 0 ? SCORE_OF_NOTHING : 1 - 0.5 ** (finds + 1);
}

function judge(text: string): JsonObject {
  const scores = Object.entries(WORDS).map(([name, words]) => [name, scoreOf(text, words)] as const);
  const categories = scores.map(([name, score]) => [name, score > 0.5] as const);
  return {
    flagged: categories.some(([, found]) => found),
    categories: Object.fromEntries(categories),
    category_scores: Object.fromEntries(scores),
    category_applied_input_types: Object.fromEntries(scores.map(([name]) => [name, ["text"]])),
  };
}

/** Strings are judged each for itself, the parts of one message together. */
function textsOf(input: unknown): readonly string[] {
  if (typeof input === "string") return [input];
  const items = asList(input);
  if (items.every((item) => typeof item === "string")) return items as readonly string[];
  return [items.map((item) => textOf(asObject(item)?.text)).join("\n")];
}

/** `ModerationCreateResponse` (openai), by a list of words: good for trying out a client, and for nothing else. */
export function demoModerations(body: JsonObject, model: string): JsonObject {
  requireField(body, "input", "send a text or a list of texts");
  return { id: `modr-${newId()}`, model, results: textsOf(body.input).map(judge) };
}
