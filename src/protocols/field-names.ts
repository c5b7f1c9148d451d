import type { GenerationRequest } from "../core/generation/request.ts";
import { asObject } from "../core/json.ts";
import type { Protocol } from "../core/protocol.ts";

/** How each protocol's clients spell the request's fields, for errors and losses. */
const NAMES = {
  outputTokensMax: [
    "max_tokens",
    "max_completion_tokens",
    "max_output_tokens",
    "max_tokens",
    "generationConfig.maxOutputTokens",
  ],
  temperature: ["temperature", "temperature", "temperature", "temperature", "generationConfig.temperature"],
  topP: ["top_p", "top_p", "top_p", "top_p", "generationConfig.topP"],
  topK: ["top_k", "top_k", "top_k", "top_k", "generationConfig.topK"],
  seed: ["seed", "seed", "seed", "seed", "generationConfig.seed"],
  stop: ["stop_sequences", "stop", "stop", "stop", "generationConfig.stopSequences"],
  presencePenalty: [
    "presence_penalty",
    "presence_penalty",
    "presence_penalty",
    "presence_penalty",
    "generationConfig.presencePenalty",
  ],
  frequencyPenalty: [
    "frequency_penalty",
    "frequency_penalty",
    "frequency_penalty",
    "frequency_penalty",
    "generationConfig.frequencyPenalty",
  ],
  choices: ["n", "n", "n", "n", "generationConfig.candidateCount"],
  logprobs: ["logprobs", "logprobs", "include", "logprobs", "generationConfig.responseLogprobs"],
  topLogprobs: ["top_logprobs", "top_logprobs", "top_logprobs", "logprobs", "generationConfig.logprobs"],
  logitBias: ["logit_bias", "logit_bias", "logit_bias", "logit_bias", "logit_bias"],
  reasoning: ["thinking", "reasoning_effort", "reasoning", "reasoning", "generationConfig.thinkingConfig"],
  format: [
    "output_config.format",
    "response_format",
    "text.format",
    "response_format",
    "generationConfig.responseJsonSchema",
  ],
  verbosity: ["verbosity", "verbosity", "text.verbosity", "verbosity", "verbosity"],
  serviceTier: ["service_tier", "service_tier", "service_tier", "service_tier", "serviceTier"],
  user: ["metadata.user_id", "user", "user", "user", "labels"],
  metadata: ["metadata", "metadata", "metadata", "metadata", "labels"],
  tools: ["tools", "tools", "tools", "tools", "tools"],
  toolChoice: [
    "tool_choice",
    "tool_choice",
    "tool_choice",
    "tool_choice",
    "toolConfig.functionCallingConfig",
  ],
  parallelCalls: [
    "tool_choice.disable_parallel_tool_use",
    "parallel_tool_calls",
    "parallel_tool_calls",
    "parallel_tool_calls",
    "toolConfig",
  ],
  turns: ["messages", "messages", "input", "prompt", "contents"],
  system: ["system", "messages", "instructions", "prompt", "systemInstruction"],
  modalities: ["modalities", "modalities", "modalities", "modalities", "generationConfig.responseModalities"],
  caching: ["cache_control", "prompt_cache_key", "prompt_cache_key", "prompt_cache_key", "cachedContent"],
  state: ["thread", "store", "previous_response_id", "store", "store"],
} as const;

export type FieldName = keyof typeof NAMES;

const COLUMN: Record<Protocol, 0 | 1 | 2 | 3 | 4> = {
  "anthropic-messages": 0,
  "openai-chat": 1,
  "openai-responses": 2,
  "openai-completions": 3,
  gemini: 4,
};

/** The field as a client of `protocol` writes it. */
export function fieldName(protocol: Protocol, field: FieldName): string {
  return NAMES[field][COLUMN[protocol]];
}

/**
 * The output limit as this client wrote it: chat has an older name for it, which most clients still use. Its codec
 * notes which (`$groups` of its extensions).
 */
export function outputLimitName({ origin, extensions }: GenerationRequest): string {
  const note = asObject(asObject(extensions["openai-chat"]?.$groups)?.limit);
  const written = asObject(note?.written) ?? {};
  return origin === "openai-chat" && "max_tokens" in written && !("max_completion_tokens" in written)
    ? "max_tokens"
    : fieldName(origin, "outputTokensMax");
}
