import { Modality, ServiceTier } from "@google/genai";
import { minify } from "../exact-json.ts";
import type { RequestCase } from "./case.ts";
import { a, c, g, l, r } from "./words.ts";

const SCHEMA = {
  type: "object" as const,
  properties: { name: { type: "string" }, age: { type: ["integer", "null"] } },
  required: ["name", "age"],
  additionalProperties: false,
};

export const SETTINGS: readonly RequestCase[] = [
  {
    name: "a temperature",
    bodies: {
      "anthropic-messages": a({ temperature: 0.5 }),
      "openai-chat": c({ temperature: 0.5 }),
      "openai-responses": r({ temperature: 0.5 }),
      gemini: g({}, { temperature: 0.5 }),
      "openai-completions": l({ temperature: 0.5 }),
    },
    meaning: { temperature: 0.5 },
  },
  {
    name: "a temperature beyond Anthropic's",
    bodies: {
      "openai-chat": c({ temperature: 1.5 }),
      "openai-responses": r({ temperature: 1.5 }),
      gemini: g({}, { temperature: 1.5 }),
    },
    meaning: { temperature: 1.5 },
    at: { "anthropic-messages": { becomes: { temperature: 1 } } },
  },
  {
    name: "sampling to models that refuse it",
    bodies: {
      "anthropic-messages": a({ temperature: 0.5 }),
      gemini: g({}, { temperature: 0.5, topP: 0.9, topK: 40 }),
    },
    meaning: { temperature: 0.5 },
    from: { gemini: { temperature: 0.5, topP: 0.9, topK: 40 } },
    targets: {
      "anthropic-messages": "newClaude",
      "openai-chat": "thinkingChat",
      "openai-responses": "thinkingResponses",
    },
    at: {
      "anthropic-messages": { becomes: { temperature: undefined, topP: undefined, topK: undefined } },
      "openai-chat": { becomes: { temperature: undefined, topP: undefined, topK: undefined } },
      "openai-responses": { becomes: { temperature: undefined, topP: undefined, topK: undefined } },
    },
  },
  {
    name: "top_p",
    bodies: {
      "anthropic-messages": a({ top_p: 0.9 }),
      "openai-chat": c({ top_p: 0.9 }),
      "openai-responses": r({ top_p: 0.9 }),
      gemini: g({}, { topP: 0.9 }),
      "openai-completions": l({ top_p: 0.9 }),
    },
    meaning: { topP: 0.9 },
  },
  {
    name: "temperature and top_p together",
    bodies: {
      "openai-chat": c({ temperature: 0.5, top_p: 0.9 }),
      gemini: g({}, { temperature: 0.5, topP: 0.9 }),
    },
    meaning: { temperature: 0.5, topP: 0.9 },
    at: { "anthropic-messages": { becomes: { topP: undefined } } },
  },
  {
    name: "top_k",
    bodies: {
      "anthropic-messages": a({ top_k: 40 }),
      gemini: g({}, { topK: 40 }),
    },
    meaning: { topK: 40 },
    at: {
      "openai-chat": { becomes: { topK: undefined } },
      "openai-responses": { becomes: { topK: undefined } },
    },
  },
  {
    name: "top_k to a server that takes it",
    bodies: {
      "anthropic-messages": a({ top_k: 40 }),
      gemini: g({}, { topK: 40 }),
    },
    meaning: { topK: 40 },
    targets: { "openai-chat": "qwen" },
    at: { "openai-responses": { becomes: { topK: undefined } } },
  },
  {
    name: "stop sequences",
    bodies: {
      "anthropic-messages": a({ stop_sequences: ["END", "\n\n"] }),
      "openai-chat": c({ stop: ["END", "\n\n"] }),
      gemini: g({}, { stopSequences: ["END", "\n\n"] }),
      "openai-completions": l({ stop: ["END", "\n\n"] }),
    },
    meaning: { stop: ["END", "\n\n"] },
    // What the upstream is not told the gateway looks for itself.
    at: {
      "openai-responses": { becomes: { stop: undefined }, quiet: true },
      "anthropic-messages": { becomes: { stop: ["END"] }, quiet: true },
    },
  },
  {
    name: "one stop sequence, as a text",
    bodies: { "openai-chat": c({ stop: "END" }), "openai-completions": l({ stop: "END" }) },
    meaning: { stop: ["END"] },
    at: { "openai-responses": { becomes: { stop: undefined }, quiet: true } },
  },
  {
    name: "seven stop sequences",
    bodies: {
      "anthropic-messages": a({ stop_sequences: ["a", "b", "c", "d", "e", "f", "g"] }),
    },
    meaning: { stop: ["a", "b", "c", "d", "e", "f", "g"] },
    at: {
      "openai-chat": { becomes: { stop: ["a", "b", "c", "d"] }, quiet: true },
      "openai-responses": { becomes: { stop: undefined }, quiet: true },
      gemini: { becomes: { stop: ["a", "b", "c", "d", "e"] }, quiet: true },
    },
  },
  {
    name: "a seed",
    bodies: {
      "openai-chat": c({ seed: 7 }),
      gemini: g({}, { seed: 7 }),
      "openai-completions": l({ seed: 7 }),
    },
    meaning: { seed: 7 },
    at: {
      "anthropic-messages": { becomes: { seed: undefined } },
      "openai-responses": { becomes: { seed: undefined } },
    },
  },
  {
    name: "penalties",
    bodies: {
      "openai-chat": c({ presence_penalty: 0.5, frequency_penalty: -0.5 }),
      gemini: g({}, { presencePenalty: 0.5, frequencyPenalty: -0.5 }),
      "openai-completions": l({ presence_penalty: 0.5, frequency_penalty: -0.5 }),
    },
    meaning: { presence: 0.5, frequency: -0.5 },
    at: {
      "anthropic-messages": { becomes: { presence: undefined, frequency: undefined } },
      "openai-responses": { becomes: { presence: undefined, frequency: undefined } },
    },
  },
  {
    name: "biases of tokens",
    bodies: {
      "openai-chat": c({ logit_bias: { "50256": -100 } }),
      "openai-completions": l({ logit_bias: { "50256": -100 } }),
    },
    meaning: { logitBias: { "50256": -100 } },
    at: {
      "anthropic-messages": { becomes: { logitBias: undefined } },
      "openai-responses": { becomes: { logitBias: undefined } },
      gemini: { becomes: { logitBias: undefined } },
    },
  },
  {
    name: "two answers",
    bodies: {
      "openai-chat": c({ n: 2 }),
      gemini: g({}, { candidateCount: 2 }),
      "openai-completions": l({ n: 2 }),
    },
    meaning: { choices: 2 },
    at: {
      "anthropic-messages": { refused: "unsupported", param: /^(n|generationConfig.candidateCount)$/ },
      "openai-responses": { refused: "unsupported", param: /^(n|generationConfig.candidateCount)$/ },
    },
  },
  {
    name: "log probabilities",
    bodies: {
      "openai-chat": c({ logprobs: true, top_logprobs: 3 }),
      "openai-responses": r({ include: ["message.output_text.logprobs"], top_logprobs: 3 }),
      gemini: g({}, { responseLogprobs: true, logprobs: 3 }),
      "openai-completions": l({ logprobs: 3 }),
    },
    meaning: { logprobs: 3 },
    at: { "anthropic-messages": { becomes: { logprobs: undefined } } },
  },
  {
    name: "no limit of the answer",
    bodies: {
      "openai-chat": { model: "m", messages: [{ role: "user", content: "Hi" }] },
      "openai-responses": { model: "m", input: "Hi" },
      gemini: { contents: [{ role: "user", parts: [{ text: "Hi" }] }] },
    },
    meaning: { outputMax: undefined },
    at: { "anthropic-messages": { becomes: { outputMax: 32_000 }, quiet: true } },
  },
  {
    name: "a limit beyond the model's",
    bodies: {
      "anthropic-messages": a({ max_tokens: 64_000 }),
      "openai-chat": c({ max_tokens: 64_000 }),
      "openai-responses": r({ max_output_tokens: 64_000 }),
    },
    meaning: { outputMax: 64_000 },
    at: {
      "anthropic-messages": { becomes: { outputMax: 32_000 } },
      "openai-chat": { becomes: { outputMax: 32_000 } },
      "openai-responses": { becomes: { outputMax: 32_000 } },
      gemini: { becomes: { outputMax: 32_000 } },
    },
  },
  {
    name: "chat's newer name of the limit",
    bodies: {
      "openai-chat": { model: "m", max_completion_tokens: 1024, messages: [{ role: "user", content: "Hi" }] },
    },
    meaning: {},
  },
  {
    name: "an answer in JSON",
    bodies: {
      "openai-chat": c({ response_format: { type: "json_object" } }),
      "openai-responses": r({ text: { format: { type: "json_object" } } }),
      gemini: g({}, { responseMimeType: "application/json" }),
    },
    meaning: { format: {} },
    at: { "anthropic-messages": { becomes: { format: undefined, system: JSON_ONLY() }, quiet: ["system"] } },
    pairs: {
      // OpenAI refuses its JSON mode where no turn speaks of JSON.
      "gemini>openai-chat": { becomes: { system: JSON_ONLY() }, quiet: true },
      "gemini>openai-responses": { becomes: { system: JSON_ONLY() }, quiet: true },
    },
  },
  {
    name: "an answer by a schema",
    bodies: {
      "anthropic-messages": a({ output_config: { format: { type: "json_schema", schema: SCHEMA } } }),
      "openai-chat": c({
        response_format: {
          type: "json_schema",
          json_schema: { name: "person", schema: SCHEMA, strict: true },
        },
      }),
      "openai-responses": r({
        text: { format: { type: "json_schema", name: "person", schema: SCHEMA, strict: true } },
      }),
      gemini: g({}, { responseMimeType: "application/json", responseJsonSchema: SCHEMA }),
    },
    meaning: { format: { name: "person", schema: JSON.stringify(SCHEMA), strict: true } },
    from: {
      "anthropic-messages": { format: { schema: JSON.stringify(SCHEMA) } },
      gemini: { format: { schema: JSON.stringify(SCHEMA) } },
    },
    at: {
      "anthropic-messages": { becomes: { format: { schema: JSON.stringify(SCHEMA) } }, quiet: true },
      gemini: { becomes: { format: { schema: JSON.stringify(SCHEMA) } }, quiet: true },
    },
    pairs: {
      "anthropic-messages>openai-chat": {
        becomes: { format: { name: "response", schema: JSON.stringify(SCHEMA) } },
        quiet: true,
      },
      "anthropic-messages>openai-responses": {
        becomes: { format: { name: "answer", schema: JSON.stringify(SCHEMA) } },
        quiet: true,
      },
      "gemini>openai-chat": {
        becomes: { format: { name: "response", schema: JSON.stringify(SCHEMA) } },
        quiet: true,
      },
      "gemini>openai-responses": {
        becomes: { format: { name: "answer", schema: JSON.stringify(SCHEMA) } },
        quiet: true,
      },
    },
  },
  {
    name: "a schema beside thinking",
    bodies: {
      "openai-chat": c({
        max_tokens: 20_000,
        reasoning_effort: "medium",
        response_format: { type: "json_schema", json_schema: { name: "person", schema: SCHEMA } },
      }),
    },
    meaning: {
      outputMax: 20_000,
      reasoning: { on: true, level: "medium", shown: true },
      format: { name: "person", schema: JSON.stringify(SCHEMA) },
    },
    from: {},
    targets: { "openai-chat": "thinkingChat", "openai-responses": "thinkingResponses" },
    at: {
      "anthropic-messages": { becomes: { format: { schema: JSON.stringify(SCHEMA) } }, quiet: true },
      gemini: { becomes: { format: { schema: JSON.stringify(SCHEMA) } }, quiet: true },
    },
  },
  {
    name: "an answer's schema as it was written",
    bodies: {
      "openai-chat": {
        written: `{"model":"m","max_tokens":1024,"messages":[{"role":"user","content":"Hi"}],"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":${EXACT()}}}}`,
      },
    },
    meaning: { format: { name: "n", schema: minify(EXACT()) } },
    at: {
      "anthropic-messages": { becomes: { format: { schema: minify(EXACT()) } }, quiet: true },
      gemini: { becomes: { format: { schema: minify(EXACT()) } }, quiet: true },
    },
  },
  {
    name: "how many words",
    bodies: {
      "openai-chat": c({ verbosity: "low" }),
      "openai-responses": r({ text: { verbosity: "low" } }),
    },
    meaning: { verbosity: "low" },
    at: {
      "anthropic-messages": { becomes: { verbosity: undefined } },
      gemini: { becomes: { verbosity: undefined } },
    },
  },
  {
    name: "a tier that others have not",
    bodies: {
      "openai-chat": c({ service_tier: "priority" }),
      "openai-responses": r({ service_tier: "priority" }),
      gemini: g({ serviceTier: ServiceTier.PRIORITY }),
    },
    meaning: { tier: "priority" },
    at: {
      "anthropic-messages": { becomes: { tier: undefined } },
      gemini: { becomes: { tier: undefined } },
    },
    pairs: {
      "gemini>openai-chat": { becomes: { tier: undefined } },
      "gemini>openai-responses": { becomes: { tier: undefined } },
    },
  },
  {
    name: "the ordinary tier",
    bodies: {
      "anthropic-messages": a({ service_tier: "standard_only" }),
      "openai-chat": c({ service_tier: "default" }),
      "openai-responses": r({ service_tier: "default" }),
    },
    meaning: { tier: "default" },
    from: { "anthropic-messages": { tier: "standard_only" } },
    // What asks for nothing out of the ordinary has no name at the others.
    at: {
      "anthropic-messages": { becomes: { tier: undefined }, quiet: true },
      gemini: { becomes: { tier: undefined }, quiet: true },
    },
    pairs: {
      "anthropic-messages>openai-chat": { becomes: { tier: undefined }, quiet: true },
      "anthropic-messages>openai-responses": { becomes: { tier: undefined }, quiet: true },
    },
  },
  {
    name: "who the user is",
    bodies: {
      "anthropic-messages": a({ metadata: { user_id: "u-1" } }),
      "openai-chat": c({ user: "u-1" }),
      "openai-responses": r({ safety_identifier: "u-1" }),
      "openai-completions": l({ user: "u-1" }),
    },
    meaning: { user: "u-1" },
    at: { gemini: { becomes: { user: undefined } } },
  },
  {
    name: "metadata",
    bodies: {
      "openai-chat": c({ metadata: { run: "7" } }),
      "openai-responses": r({ metadata: { run: "7" } }),
    },
    meaning: { metadata: { run: "7" } },
    at: {
      // OpenAI's chat takes it for stored answers only.
      "openai-chat": { becomes: { metadata: undefined } },
      "anthropic-messages": { becomes: { metadata: undefined } },
      gemini: { becomes: { metadata: undefined } },
    },
  },
  {
    name: "a key of the prompt's cache",
    bodies: {
      "openai-chat": c({ prompt_cache_key: "k" }),
      "openai-responses": r({ prompt_cache_key: "k" }),
    },
    meaning: { cacheKey: "k" },
    at: {
      "anthropic-messages": { becomes: { cacheKey: undefined }, quiet: true },
      gemini: { becomes: { cacheKey: undefined }, quiet: true },
    },
  },
  {
    name: "an answer in pictures",
    bodies: { gemini: g({}, { responseModalities: [Modality.TEXT, Modality.IMAGE] }) },
    meaning: { modalities: ["image"] },
    at: {
      "anthropic-messages": { refused: "unsupported", param: /responseModalities/ },
      "openai-responses": { refused: "unsupported", param: /responseModalities/ },
    },
  },
  {
    name: "a spoken answer",
    bodies: { "openai-chat": c({ modalities: ["text", "audio"], audio: { voice: "ash", format: "wav" } }) },
    meaning: { modalities: ["audio"] },
    targets: { "openai-chat": "audioChat" },
    at: {
      "anthropic-messages": { refused: "unsupported", param: /modalities/ },
      "openai-responses": { refused: "unsupported", param: /modalities/ },
      gemini: { also: /^audio/ },
    },
  },
];

function JSON_ONLY(): string {
  return "Answer with one JSON object and nothing else: no words before or after it, no code fence around it.";
}

function EXACT(): string {
  return '{"type":"object","properties":{"z":{"type":"number","enum":[1.0,1e3]},"a":{"type":"integer","enum":[12345678901234567890]}},"required":["z","a"],"additionalProperties":false}';
}
