/** Requests of every client protocol, and the schemas by which their answers are judged. */
import type { Protocol } from "../../src/core/protocol.ts";

export const MODEL = "documents-model";
const QUESTION = "How is the weather in Berlin?";

type Json = { readonly [key: string]: unknown };

const PARAMETERS = {
  type: "object",
  properties: { place: { type: "string" } },
  required: ["place"],
  additionalProperties: false,
};
const WEATHER = { name: "weather", description: "The weather of a place." };

export interface Question {
  readonly document: "openai" | "anthropic" | "gemini";
  readonly path: (isStream: boolean) => string;
  readonly body: (hasTools: boolean, isStream: boolean) => Json;
  /** The schemas of a whole answer, of an event of a stream, and of an error. */
  readonly schemas: { readonly whole: string; readonly event: string; readonly error: string };
}

const messages = [{ role: "user", content: QUESTION }];
const streamOptions = (isStream: boolean) =>
  isStream ? { stream: true, stream_options: { include_usage: true } } : {};

export const QUESTIONS: Readonly<Record<Protocol, Question>> = {
  "openai-chat": {
    document: "openai",
    path: () => "/v1/chat/completions",
    body: (hasTools, isStream) => ({
      model: MODEL,
      messages,
      ...(hasTools
        ? { tools: [{ type: "function", function: { ...WEATHER, parameters: PARAMETERS } }] }
        : {}),
      ...streamOptions(isStream),
    }),
    schemas: {
      whole: "CreateChatCompletionResponse",
      event: "CreateChatCompletionStreamResponse",
      error: "ErrorResponse",
    },
  },
  "openai-completions": {
    document: "openai",
    path: () => "/v1/completions",
    body: (_, isStream) => ({ model: MODEL, prompt: QUESTION, max_tokens: 100, ...streamOptions(isStream) }),
    schemas: { whole: "CreateCompletionResponse", event: "CreateCompletionResponse", error: "ErrorResponse" },
  },
  "openai-responses": {
    document: "openai",
    path: () => "/v1/responses",
    body: (hasTools, isStream) => ({
      model: MODEL,
      input: QUESTION,
      reasoning: { effort: "low", summary: "auto" },
      include: ["reasoning.encrypted_content"],
      store: false,
      ...(hasTools
        ? { tools: [{ type: "function", ...WEATHER, parameters: PARAMETERS, strict: true }] }
        : {}),
      ...(isStream ? { stream: true } : {}),
    }),
    schemas: { whole: "Response", event: "ResponseStreamEvent", error: "ErrorResponse" },
  },
  "anthropic-messages": {
    document: "anthropic",
    path: () => "/v1/messages",
    body: (hasTools, isStream) => ({
      model: MODEL,
      messages,
      max_tokens: 4000,
      thinking: { type: "enabled", budget_tokens: 2000 },
      ...(hasTools ? { tools: [{ ...WEATHER, input_schema: PARAMETERS }] } : {}),
      ...(isStream ? { stream: true } : {}),
    }),
    schemas: { whole: "Message", event: "MessageStreamEvent", error: "ErrorResponse" },
  },
  gemini: {
    document: "gemini",
    path: (isStream) =>
      `/v1beta/models/${MODEL}:${isStream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    body: (hasTools) => ({
      contents: [{ role: "user", parts: [{ text: QUESTION }] }],
      generationConfig: { thinkingConfig: { includeThoughts: true } },
      ...(hasTools
        ? { tools: [{ functionDeclarations: [{ ...WEATHER, parametersJsonSchema: PARAMETERS }] }] }
        : {}),
    }),
    schemas: { whole: "GenerateContentResponse", event: "GenerateContentResponse", error: "" },
  },
};
