import { expect, test } from "bun:test";
import type { JsonObject } from "../../../src/core/json.ts";
import { openaiResponsesUpstream } from "../../../src/protocols/openai-responses/upstream/upstream.ts";

const { decodeError } = openaiResponsesUpstream;

test.each<[number, JsonObject | undefined, string, string]>([
  [
    400,
    { error: { message: "Bad value.", type: "invalid_request_error", code: null } },
    "bad_request",
    "Bad value.",
  ],
  [400, { error: { message: "Too long.", code: "context_length_exceeded" } }, "context_length", "Too long."],
  [
    400,
    { object: "error", message: "This model's maximum context length is 4096 tokens.", code: 400 },
    "context_length",
    "4096",
  ],
  [400, { detail: "no" }, "bad_request", "no"],
  [400, { error: "just words" }, "bad_request", "just words"],
  [
    401,
    { error: { message: "Incorrect API key sk-…", code: "invalid_api_key" } },
    "upstream_error",
    "invalid_api_key",
  ],
  [403, undefined, "upstream_error", "status 403"],
  [404, { error: { message: "no", code: "model_not_found" } }, "upstream_error", "model_not_found"],
  [413, undefined, "too_large", "big"],
  [
    429,
    { error: { message: "Try again in 20ms.", code: "rate_limit_exceeded" } },
    "rate_limit",
    "rate limit",
  ],
  [
    429,
    { error: { message: "Pay.", type: "insufficient_quota", code: "insufficient_quota" } },
    "upstream_error",
    "quota",
  ],
  [500, { error: { message: "Oops.", type: "server_error" } }, "upstream_error", "server_error"],
  [503, undefined, "overloaded", "overloaded"],
  [504, undefined, "upstream_timeout", "in time"],
])("%d %j", (status, answer, kind, words) => {
  const error = decodeError(status, answer, "big");
  expect(error.kind).toBe(kind as never);
  expect(error.message).toContain(words);
});

test("what the upstream says of our account does not reach the client", () => {
  const answer = { error: { message: "Incorrect API key provided: sk-secret", code: "invalid_api_key" } };
  expect(decodeError(401, answer, "").message).not.toContain("sk-secret");
});

test.each([
  ["Please try again in 20ms.", 20],
  ["try again in 1.5s", 1500],
  ["Try again in 2m", 120_000],
])("%s", (message, retryAfterMs) => {
  const error = decodeError(429, { error: { code: "rate_limit_exceeded", message } }, "");
  expect(error.retryAfterMs).toBe(retryAfterMs);
});
