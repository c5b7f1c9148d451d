import type { Tokens } from "../../../base/tokens.ts";
import type { JsonObject } from "../../../core/json.ts";
import { type DemoTurn, PLAIN_TURN } from "../demo-turn.ts";
import { checkFields, choicesOf, numberOf, requireField, textsOf } from "../fields.ts";
import { DemoRefusal } from "../refusal.ts";

const PROMPTS_MAX = 64;
const CHOICES_MAX = 16;
/** openai, `CompletionCreateParams.max_tokens`. */
const OUTPUT_TOKENS_DEFAULT = 16;

function isIds(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every((id) => Number.isSafeInteger(id));
}

function decodeIds(ids: readonly number[], tokens: Tokens): string {
  const text = tokens.decode(ids);
  if (text === undefined)
    throw new DemoRefusal("wrong_value", "prompt", "holds a token that is not in o200k_base.");
  return text;
}

/** A string, a list of strings, a list of token ids, or a list of such lists. */
function promptsOf(prompt: unknown, tokens: Tokens): readonly string[] {
  if (isIds(prompt)) return [decodeIds(prompt, tokens)];
  if (Array.isArray(prompt) && prompt.length > 0 && prompt.every(isIds)) {
    return prompt.map((ids) => decodeIds(ids, tokens));
  }
  const texts = textsOf(prompt);
  if (texts.length === 0)
    throw new DemoRefusal("wrong_type", "prompt", "must be a string or a list of strings.");
  return texts;
}

/** One turn a prompt, in their order. */
export function readCompletions(body: JsonObject, model: string, tokens: Tokens): DemoTurn[] {
  requireField(body, "prompt", "send a string or a list of strings");
  checkFields(body, {
    max_tokens: "whole",
    n: "count",
    stop: "textOrTexts",
    echo: "flag",
    temperature: "number",
  });
  const prompts = promptsOf(body.prompt, tokens);
  if (prompts.length > PROMPTS_MAX)
    throw new DemoRefusal("wrong_value", "prompt", `may hold ${PROMPTS_MAX} prompts.`);
  return prompts.map((prompt) => ({
    ...PLAIN_TURN,
    model,
    lines: [{ by: "user", text: prompt }],
    outputTokensMax: numberOf(body.max_tokens) ?? OUTPUT_TOKENS_DEFAULT,
    stops: textsOf(body.stop),
    choices: choicesOf(body.n, "n", CHOICES_MAX),
    prefix: body.echo === true ? prompt : "",
  }));
}
