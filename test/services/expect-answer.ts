import { expect } from "bun:test";
import type { CurlAnswer } from "./curl.ts";
import type { AnswerKind, Dialect, Expected } from "./printed-call.ts";
import { type AnswerFacts, READ_WHOLE } from "./read-answer.ts";
import { readAnthropicStream, readOpenAiStream } from "./read-stream.ts";

const READ_STREAM: Partial<Record<AnswerKind, (text: string) => AnswerFacts>> = {
  "anthropic-messages": readAnthropicStream,
  "openai-chat": readOpenAiStream,
  "openai-completions": readOpenAiStream,
};

/** Each protocol's own words for how an answer ended. */
const FINISH: Readonly<Record<AnswerKind, Readonly<Record<"stop" | "length" | "tool", string>>>> = {
  "anthropic-messages": { stop: "end_turn", length: "max_tokens", tool: "tool_use" },
  "openai-chat": { stop: "stop", length: "length", tool: "tool_calls" },
  "openai-completions": { stop: "stop", length: "length", tool: "" },
  "openai-responses": { stop: "completed", length: "incomplete", tool: "completed" },
  gemini: { stop: "STOP", length: "MAX_TOKENS", tool: "STOP" },
};

type ExpectedAnswer = Extract<Expected, { answer: AnswerKind }>;

/** The answer is whole, in the protocol's shape, and says something. */
export function expectAnswer({ answer, stream, finish }: ExpectedAnswer, got: CurlAnswer): AnswerFacts {
  expect(`${got.status} ${got.text}`).toStartWith("200 ");
  const isStream = stream === true;
  expect(got.headers.get("content-type")).toStartWith(isStream ? "text/event-stream" : "application/json");
  const readStream = READ_STREAM[answer];
  const facts = isStream && readStream ? readStream(got.text) : READ_WHOLE[answer](JSON.parse(got.text));
  expect(facts.finish).toBe(FINISH[answer][finish ?? "stop"]);
  if (finish === "tool") {
    expect(facts.calls.length).toBe(1);
    expect(JSON.parse(facts.calls[0] ?? "")).toHaveProperty("city");
  } else {
    expect(facts.text).toMatch(/demo/);
  }
  return facts;
}

const ERROR_SHAPE: Readonly<Record<Dialect, (status: 401 | 404) => object>> = {
  anthropic: (status) => ({
    type: "error",
    error: { type: status === 401 ? "authentication_error" : "not_found_error" },
  }),
  openai: (status) => ({
    error: { type: "invalid_request_error", code: status === 401 ? "invalid_api_key" : "unknown_url" },
  }),
  gemini: (status) => ({
    error: { code: status, status: status === 401 ? "UNAUTHENTICATED" : "NOT_FOUND" },
  }),
};

export function expectError(
  { status, dialect }: Extract<Expected, { status: number }>,
  got: CurlAnswer,
): void {
  expect(got.status).toBe(status);
  expect(JSON.parse(got.text)).toMatchObject(ERROR_SHAPE[dialect](status));
}

export function expectModels({ models }: Extract<Expected, { models: unknown }>, got: CurlAnswer): void {
  expect(got.status).toBe(200);
  const list = JSON.parse(got.text) as { object: string; data: { id: string; object: string }[] };
  expect(list.object).toBe("list");
  const ids = list.data.map(({ id }) => id);
  for (const model of models) expect(ids).toContain(model);
}
