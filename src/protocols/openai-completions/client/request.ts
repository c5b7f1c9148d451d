import { GatewayError } from "../../../core/errors.ts";
import type { GenerationRequest, Sampling } from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import {
  badField,
  CHOICES_BOUNDS,
  OUTPUT_LIMIT_BOUNDS,
  optionalBoolean,
  optionalCount,
  requiredModel,
} from "../../fields.ts";
import { optionalText, readSampling } from "../../openai-chat/client/settings.ts";
import { leftover } from "../../openai-chat/notes.ts";
import { OUTPUT_TOKENS_DEFAULT } from "../codec.ts";

function refuse(param: string, mend: string): GatewayError {
  return new GatewayError("unsupported", `${param}: this model is served through a chat, ${mend}`, { param });
}

/** What only a server of bare completions can do. */
function refuseBare(body: JsonObject): void {
  if (optionalBoolean(body, "echo")) throw refuse("echo", "which does not repeat its prompt; leave it out.");
  if (optionalText(body, "suffix")) throw refuse("suffix", "which fills no gaps; leave it out.");
  const choices = optionalCount(body, "n", CHOICES_BOUNDS) ?? 1;
  const tried = optionalCount(body, "best_of", CHOICES_BOUNDS) ?? choices;
  if (tried > choices) throw refuse("best_of", "which picks no best of several answers; leave it out.");
  if (body.max_tokens === 0)
    throw refuse("max_tokens", "which scores no prompts; ask for one token or more.");
}

interface Prompt {
  readonly text: string;
  readonly at: string;
}

function textPrompt(value: unknown, at: string): Prompt {
  if (typeof value === "string") return { text: value, at };
  if (Array.isArray(value))
    throw refuse(at, "which takes text and no token numbers; send the prompt as a string.");
  throw badField(at, "must be a string.");
}

/** A string, or a list of strings; numbers are tokens of a tokenizer that the model may not have. */
function readPrompts({ prompt }: JsonObject): readonly Prompt[] {
  if (!Array.isArray(prompt)) return [textPrompt(prompt, "prompt")];
  if (prompt.length === 0) throw badField("prompt", "the list is empty; give at least one prompt.");
  if (prompt.some((item) => typeof item === "number")) return [textPrompt(prompt, "prompt")];
  return prompt.map((item, index) => textPrompt(item, `prompt[${index}]`));
}

/** openai, `CompletionCreateParams.logprobs`: how many likely tokens to tell beside the chosen one. */
function readLogprobs(body: JsonObject): Sampling {
  const count = optionalCount(body, "logprobs", { min: 0, max: 100 });
  return count === undefined ? {} : { logprobs: true, topLogprobs: count };
}

const KNOWN = new Set([
  "model",
  "prompt",
  "stream",
  "stream_options",
  "max_tokens",
  "temperature",
  "top_p",
  "top_k",
  "seed",
  "stop",
  "presence_penalty",
  "frequency_penalty",
  "n",
  "best_of",
  "echo",
  "suffix",
  "logprobs",
  "logit_bias",
  "user",
]);

function readShared(body: JsonObject): Omit<GenerationRequest, "turns"> {
  const stream = optionalBoolean(body, "stream");
  const { $blank: _, ...unknown } = leftover(body, KNOWN);
  return {
    origin: "openai-completions",
    model: requiredModel(body),
    stream,
    wantsUsage: !stream || asObject(body.stream_options)?.include_usage === true,
    tools: [],
    toolChoice: undefined,
    parallelCalls: undefined,
    outputTokensMax: optionalCount(body, "max_tokens", OUTPUT_LIMIT_BOUNDS) ?? OUTPUT_TOKENS_DEFAULT,
    sampling: { ...readSampling(body), ...readLogprobs(body) },
    reasoning: {},
    format: { type: "text" },
    verbosity: undefined,
    serviceTier: undefined,
    user: optionalText(body, "user"),
    metadata: undefined,
    caching: {},
    state: {},
    modalities: [],
    extensions: Object.keys(unknown).length > 0 ? { "openai-completions": unknown } : {},
  };
}

/**
 * openai, `CompletionCreateParams`, as one request for each prompt: a chat answers one at a time, and
 * `openPromptsEncoder` puts the answers together again.
 * @throws GatewayError `bad_request` naming the field; `unsupported` for what a chat cannot do
 */
export function decodePrompts(body: JsonObject): readonly GenerationRequest[] {
  refuseBare(body);
  const shared = readShared(body);
  return readPrompts(body).map(({ text, at }) => ({
    ...shared,
    turns: [{ role: "user", parts: [{ kind: "text", text, at }], at }],
  }));
}

/** The request of a body with one prompt. */
export function decodePrompt(body: JsonObject): GenerationRequest {
  const [request, second] = decodePrompts(body);
  if (!request || second) throw refuse("prompt", "which takes one prompt at a time; send them one by one.");
  return request;
}
