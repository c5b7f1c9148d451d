import { expect, test } from "bun:test";
import type { ErrorKind } from "../../../src/core/errors.ts";
import { openaiChatUpstream } from "../../../src/protocols/openai-chat/upstream/upstream.ts";

const error = (message: string, more: object = {}) => ({ error: { message, ...more } });

test.each<[string, number, object | undefined, ErrorKind]>([
  ["a request of the client's", 400, error("bad temperature", { param: "temperature" }), "bad_request"],
  [
    "a prompt that is too long, by its code",
    400,
    error("x", { code: "context_length_exceeded" }),
    "context_length",
  ],
  [
    "by vLLM's words",
    400,
    { object: "error", message: "This model's maximum context length is 10 tokens" },
    "context_length",
  ],
  ["by llama.cpp's type", 400, error("x", { type: "exceed_context_size_error" }), "context_length"],
  ["our key", 401, error("Incorrect API key sk-123", { code: "invalid_api_key" }), "upstream_error"],
  ["our rights", 403, error("no"), "upstream_error"],
  ["our money", 402, error("Insufficient Balance"), "upstream_error"],
  [
    "our quota, which OpenAI tells by 429",
    429,
    error("x", { code: "insufficient_quota", type: "insufficient_quota" }),
    "upstream_error",
  ],
  ["our rate", 429, error("x", { code: "rate_limit_exceeded" }), "rate_limit"],
  [
    "a model that we name wrongly",
    404,
    error("The model `x` does not exist", { code: "model_not_found" }),
    "upstream_error",
  ],
  ["a size", 413, error("too large"), "too_large"],
  ["FastAPI's refusal", 422, { detail: [{ loc: ["body", "n"], msg: "must be 1" }] }, "bad_request"],
  ["a fault", 500, error("boom"), "upstream_error"],
  ["a load", 503, error("x"), "overloaded"],
  ["a delay", 504, undefined, "upstream_timeout"],
  ["an error under a status of success", 200, error("x"), "upstream_error"],
])("%s", (_, status, answer, kind) => {
  const found = openaiChatUpstream.decodeError(status, answer as never, JSON.stringify(answer ?? "<html>"));
  expect(found.kind).toBe(kind);
});

test("what is the client's to mend is told in the upstream's words, with the field", () => {
  const found = openaiChatUpstream.decodeError(400, error("bad temperature", { param: "temperature" }), "");
  expect(found).toMatchObject({ message: "bad temperature", param: "temperature" });
  expect(
    openaiChatUpstream.decodeError(422, { detail: [{ loc: ["body", "n"], msg: "must be 1" }] }, "").message,
  ).toBe("body.n: must be 1");
});

test("what is ours is not: it may name keys and hosts", () => {
  for (const status of [401, 402, 403, 404, 429, 500, 503]) {
    const found = openaiChatUpstream.decodeError(status, error("Incorrect API key sk-123 at 10.0.0.7"), "");
    expect(found.message).not.toMatch(/sk-123|10\.0/);
  }
});

test("how long to wait is read from the upstream's words", () => {
  const found = openaiChatUpstream.decodeError(
    429,
    error("Rate limit reached. Please try again in 1.5s."),
    "",
  );
  expect(found).toMatchObject({ kind: "rate_limit", retryAfterMs: 1500 });
});

test("Google's errors are wrapped in a list (securo#884)", () => {
  const text = '[{"error":{"code":400,"message":"bad field","status":"INVALID_ARGUMENT"}}]';
  expect(openaiChatUpstream.decodeError(400, undefined, text)).toMatchObject({
    kind: "bad_request",
    message: "bad field",
  });
});

test("OpenRouter tells what the vendor behind it said", () => {
  const answer = error("Provider returned error", {
    code: 400,
    metadata: { raw: "max_tokens is too large" },
  });
  expect(openaiChatUpstream.decodeError(400, answer, "").message).toBe(
    "Provider returned error: max_tokens is too large",
  );
});
