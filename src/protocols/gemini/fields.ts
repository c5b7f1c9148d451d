import type { JsonObject } from "../../core/json.ts";

/** Fields of `GenerateContentRequest` (and of `:countTokens`) that the neutral form has a place for. */
export const REQUEST_FIELDS: ReadonlySet<string> = new Set([
  "contents",
  "systemInstruction",
  "tools",
  "toolConfig",
  "generationConfig",
  "generateContentRequest",
  "cachedContent",
  "serviceTier",
  "labels",
  "store",
  "model",
]);

/** Fields of `GenerationConfig` that the neutral form has a place for. */
export const CONFIG_FIELDS: ReadonlySet<string> = new Set([
  "temperature",
  "topP",
  "topK",
  "seed",
  "stopSequences",
  "presencePenalty",
  "frequencyPenalty",
  "candidateCount",
  "responseLogprobs",
  "logprobs",
  "maxOutputTokens",
  "thinkingConfig",
  "responseMimeType",
  "responseSchema",
  "responseJsonSchema",
  "_responseJsonSchema",
  "responseModalities",
]);

/** The fields that have a value. */
export function present(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
