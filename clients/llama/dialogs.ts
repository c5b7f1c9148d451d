/** The same question in every client protocol, and where its answer lies. */
import type { Protocol } from "../../src/core/protocol.ts";

export const MODEL = "gemma-3-270m";
const QUESTION = "Write three short sentences about stones.";
const TOKENS_MAX = 40;

type Json = { readonly [key: string]: unknown };

export interface Dialog {
  readonly path: (isStream: boolean) => string;
  readonly body: Json;
  /** The text of a whole answer. */
  readonly whole: (answer: Json) => unknown;
  /** What an event adds to the text, if it adds something. */
  readonly piece: (event: Json) => unknown;
  /** Of a whole answer, or of the event that has it: [input, output]. */
  readonly tokens: (from: Json) => readonly unknown[];
}

/** A member at the end of a path; undefined where the path breaks off. */
function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Json | null | undefined)?.[key], value);
}

const messages = [{ role: "user", content: QUESTION }];
const openAiTokens = (from: Json) => [
  at(from, "usage", "prompt_tokens"),
  at(from, "usage", "completion_tokens"),
];

export const DIALOGS: Readonly<Record<Protocol, Dialog>> = {
  "openai-chat": {
    path: () => "/v1/chat/completions",
    body: { model: MODEL, messages, temperature: 0, max_tokens: TOKENS_MAX },
    whole: (answer) => at(answer, "choices", 0, "message", "content"),
    piece: (event) => at(event, "choices", 0, "delta", "content"),
    tokens: openAiTokens,
  },
  "openai-completions": {
    path: () => "/v1/completions",
    body: { model: MODEL, prompt: QUESTION, temperature: 0, max_tokens: TOKENS_MAX },
    whole: (answer) => at(answer, "choices", 0, "text"),
    piece: (event) => at(event, "choices", 0, "text"),
    tokens: openAiTokens,
  },
  "openai-responses": {
    path: () => "/v1/responses",
    body: { model: MODEL, input: QUESTION, temperature: 0, max_output_tokens: TOKENS_MAX, store: false },
    whole: (answer) => at(answer, "output", 0, "content", 0, "text"),
    piece: (event) => (event.type === "response.output_text.delta" ? event.delta : undefined),
    tokens(from) {
      const usage = at(from, "usage") ?? at(from, "response", "usage");
      return [at(usage, "input_tokens"), at(usage, "output_tokens")];
    },
  },
  "anthropic-messages": {
    path: () => "/v1/messages",
    body: { model: MODEL, messages, temperature: 0, max_tokens: TOKENS_MAX },
    whole: (answer) => at(answer, "content", 0, "text"),
    piece: (event) => at(event, "delta", "text"),
    tokens: (from) => [at(from, "usage", "input_tokens"), at(from, "usage", "output_tokens")],
  },
  gemini: {
    path: (isStream) =>
      `/v1beta/models/${MODEL}:${isStream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    body: {
      contents: [{ role: "user", parts: [{ text: QUESTION }] }],
      generationConfig: { temperature: 0, maxOutputTokens: TOKENS_MAX },
    },
    whole: (answer) => at(answer, "candidates", 0, "content", "parts", 0, "text"),
    piece: (event) => at(event, "candidates", 0, "content", "parts", 0, "text"),
    tokens: (from) => [
      at(from, "usageMetadata", "promptTokenCount"),
      at(from, "usageMetadata", "candidatesTokenCount"),
    ],
  },
};
