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

/**
 * Fields inside which Gemini has more than the neutral form: what lies in them stands in `extensions` under
 * its path (`generationConfig.speechConfig`), so that a loss names it.
 */
export const INNER_FIELDS = [
  "functionCall",
  "functionResponse",
  "inlineData",
  "fileData",
  "toolConfig",
  "generationConfig",
] as const;
export type InnerField = (typeof INNER_FIELDS)[number];

/** The fields that have a value. */
export function present(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
