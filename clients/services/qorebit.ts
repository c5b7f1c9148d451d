import { ANTHROPIC_HEADERS, JSON_TYPE, type PrintedCall } from "./printed-call.ts";

const MODEL = "claude-sonnet-4-20250514";

const MESSAGES: Pick<PrintedCall, "plan" | "path" | "auth" | "headers"> = {
  plan: "qorebit",
  path: "/v1/messages",
  auth: "x-api-key",
  headers: ANTHROPIC_HEADERS,
};

const CODEBASE = [{ role: "user", content: "Explain this codebase" }];

const TOOL = {
  name: "get_weather",
  description: "The weather of a city",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

export const QOREBIT_CALLS: readonly PrintedCall[] = [
  {
    name: "non-streaming",
    ...MESSAGES,
    method: "POST",
    body: { model: MODEL, max_tokens: 1024, messages: [{ role: "user", content: "Hello, Claude!" }] },
    expected: { answer: "anthropic-messages" },
  },
  {
    name: "the request body of the reference",
    ...MESSAGES,
    method: "POST",
    body: { model: MODEL, max_tokens: 4096, messages: CODEBASE },
    expected: { answer: "anthropic-messages" },
  },
  {
    name: "the same, streaming",
    ...MESSAGES,
    method: "POST",
    body: { model: MODEL, max_tokens: 4096, messages: CODEBASE, stream: true },
    expected: { answer: "anthropic-messages", stream: true },
  },
  {
    name: "with tools",
    ...MESSAGES,
    method: "POST",
    body: {
      model: MODEL,
      max_tokens: 1024,
      tools: [TOOL],
      messages: [{ role: "user", content: "Use get_weather for Ottawa" }],
    },
    expected: { answer: "anthropic-messages", finish: "tool" },
  },
  {
    name: "anthropic-version left out, an open-weight model",
    ...MESSAGES,
    headers: JSON_TYPE,
    body: { model: "qwen-3.5-397b", max_tokens: 512, messages: CODEBASE },
    expected: { answer: "anthropic-messages" },
  },
  {
    name: "Continue's configuration: OpenAI's endpoint, a Claude model by its other name",
    plan: "qorebit",
    path: "/v1/chat/completions",
    auth: "bearer",
    headers: JSON_TYPE,
    body: { model: "claude-3-5-sonnet", messages: CODEBASE },
    expected: { answer: "openai-chat" },
  },
  {
    name: "no key",
    plan: "qorebit",
    method: "POST",
    path: "/v1/messages",
    auth: "none",
    headers: ANTHROPIC_HEADERS,
    body: { model: MODEL, max_tokens: 16, messages: CODEBASE },
    expected: { status: 401, dialect: "anthropic" },
  },
];
