import { JSON_TYPE, type PrintedCall } from "./printed-call.ts";

const CHAT: Pick<PrintedCall, "plan" | "method" | "path" | "auth" | "headers"> = {
  plan: "quatarly",
  method: "POST",
  path: "/v1/chat/completions",
  auth: "bearer",
  headers: JSON_TYPE,
};

const MESSAGES: Pick<PrintedCall, "plan" | "method" | "auth" | "headers"> = {
  plan: "quatarly",
  method: "POST",
  auth: "bearer",
  headers: { ...JSON_TYPE, "anthropic-version": "2023-06-01" },
};

const user = (content: string) => [{ role: "user", content }];

const TOOL = {
  type: "function",
  function: {
    name: "get_weather",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

const TRANSFORMERS = {
  model: "claude-sonnet-4-6-thinking",
  max_tokens: 1024,
  system: "You are a helpful assistant.",
  messages: user("Explain transformers in ML simply."),
};

export const QUATARLY_CALLS: readonly PrintedCall[] = [
  {
    name: "basic chat",
    ...CHAT,
    body: { model: "gpt-5.3-codex", messages: user("Hello!") },
    expected: { answer: "openai-chat" },
  },
  {
    name: "streaming response",
    ...CHAT,
    unbuffered: true,
    body: {
      model: "claude-sonnet-4-6-thinking",
      stream: true,
      messages: user("Write a poem about the ocean."),
    },
    expected: { answer: "openai-chat", stream: true },
  },
  {
    name: "Claude with a system prompt",
    ...CHAT,
    body: {
      model: "claude-opus-4-6-thinking",
      messages: [
        { role: "system", content: "You are an expert Python developer." },
        { role: "user", content: "Refactor this function for readability." },
      ],
      max_tokens: 2048,
    },
    expected: { answer: "openai-chat" },
  },
  {
    name: "Gemini with a high temperature",
    ...CHAT,
    body: {
      model: "gemini-3.1-pro",
      messages: user("Brainstorm 10 startup ideas."),
      temperature: 1.4,
      max_tokens: 1024,
    },
    expected: { answer: "openai-chat" },
  },
  {
    name: "Claude at the Messages endpoint",
    ...MESSAGES,
    path: "/v1/messages",
    body: TRANSFORMERS,
    expected: { answer: "anthropic-messages" },
  },
  {
    name: "the same below a base URL that ends with a slash",
    ...MESSAGES,
    path: "//v1/messages",
    body: TRANSFORMERS,
    expected: { answer: "anthropic-messages" },
  },
  {
    name: "the example request of the reference, with a trial key",
    ...CHAT,
    plan: "quatarly-trial",
    body: {
      model: "claude-sonnet-4-6-thinking",
      messages: [
        { role: "system", content: "You are a helpful assistant." },
        { role: "user", content: "Explain quantum entanglement simply." },
      ],
      stream: false,
      max_tokens: 1024,
    },
    expected: { answer: "openai-chat" },
  },
  {
    name: "every parameter of the reference, with a top-level system prompt",
    ...CHAT,
    plan: "quatarly-trial",
    body: {
      model: "gpt-5.1",
      system: "You are a helpful assistant.",
      messages: user("Use get_weather for Ottawa."),
      temperature: 1,
      max_tokens: 256,
      stream: false,
      top_p: 1,
      stop: ["\n\n\n"],
      presence_penalty: 0,
      frequency_penalty: 0,
      tools: [TOOL],
      tool_choice: "auto",
    },
    expected: { answer: "openai-chat", finish: "tool" },
  },
  {
    name: "no key",
    ...CHAT,
    auth: "none",
    body: { model: "gpt-5.3-codex", messages: user("Hello!") },
    expected: { status: 401, dialect: "openai" },
  },
];
