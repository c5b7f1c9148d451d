import { ANTHROPIC_HEADERS, type Dialect, JSON_TYPE, type PrintedCall } from "./printed-call.ts";

const GEMINI_PATH = "/gemini/v1beta/models/gemini-2.5-pro:generateContent";

function selfTest(path: string, dialect: Dialect): PrintedCall {
  return {
    name: `self-test without a key of ${path}`,
    plan: "default",
    method: "POST",
    path,
    auth: "none",
    expected: { status: 401, dialect },
  };
}

function barePrefix(path: string, dialect: Dialect): PrintedCall {
  return {
    name: `${path} is a prefix, not an endpoint`,
    plan: "default",
    path,
    auth: "none",
    expected: { status: 404, dialect },
  };
}

const PING = [{ role: "user", content: "ping" }];

function endToEnd(path: string, host?: string): PrintedCall {
  return {
    name: `end to end, ${host ?? ""}${path}`,
    plan: "default",
    method: "POST",
    path,
    auth: "x-api-key",
    headers: ANTHROPIC_HEADERS,
    body: { model: "claude-sonnet-4-5", max_tokens: 64, messages: PING },
    expected: { answer: "anthropic-messages", finish: "length" },
    ...(host === undefined ? {} : { host }),
  };
}

const CHAT: PrintedCall = {
  name: "chat under /openai/v1",
  plan: "default",
  path: "/openai/v1/chat/completions",
  auth: "bearer",
  headers: JSON_TYPE,
  body: { model: "gpt-5", messages: PING },
  expected: { answer: "openai-chat" },
};

function responses(path: string): PrintedCall {
  return {
    name: `Responses, ${path}`,
    plan: "default",
    path,
    auth: "bearer",
    headers: JSON_TYPE,
    body: { model: "gpt-5", input: "ping" },
    expected: { answer: "openai-responses" },
  };
}

function gemini(path: string, auth: PrintedCall["auth"]): PrintedCall {
  return {
    name: `Gemini with the key in ${auth}, ${path}`,
    plan: "default",
    path,
    auth,
    headers: JSON_TYPE,
    body: { contents: [{ role: "user", parts: [{ text: "ping" }] }] },
    expected: { answer: "gemini" },
  };
}

export const QCODE_CALLS: readonly PrintedCall[] = [
  selfTest("/api/v1/messages", "anthropic"),
  selfTest("/claude/v1/messages", "anthropic"),
  selfTest("/openai/v1/chat/completions", "openai"),
  selfTest("/openai/v1/responses", "openai"),
  selfTest(GEMINI_PATH, "gemini"),
  barePrefix("/api", "openai"),
  barePrefix("/claude", "anthropic"),
  barePrefix("/openai/v1", "openai"),
  barePrefix("/gemini", "gemini"),
  endToEnd("/api/v1/messages"),
  endToEnd("/claude/v1/messages"),
  ...["api", "us", "eu", "asia"].map((name) => endToEnd("/api/v1/messages", `${name}.qcode.cc`)),
  endToEnd("/api//v1/messages"),
  CHAT,
  responses("/openai/v1/responses"),
  responses("/openai/responses"),
  gemini(GEMINI_PATH, "x-goog-api-key"),
  gemini(GEMINI_PATH, "query"),
  gemini("/gemini/v1beta/v1beta/models/gemini-2.5-pro:generateContent", "x-goog-api-key"),
];
