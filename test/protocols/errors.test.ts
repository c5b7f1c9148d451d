import { describe, expect, test } from "bun:test";
import { ERROR_KINDS, type ErrorKind, GatewayError } from "../../src/core/errors.ts";
import { DIALECT_OF, PROTOCOLS } from "../../src/core/protocol.ts";
import { NO_USAGE } from "../../src/core/usage.ts";
import { renderError, renderStreamError } from "../../src/protocols/errors/render.ts";
import { newTapState } from "../../src/protocols/protocol.ts";

type Row = readonly [anthropic: string, openai: string, gemini: string, retried: boolean];

/** PROTOCOLS.md 1.8 written out: status and type · status, type and code · status and RPC status. */
const TABLE: Record<ErrorKind, Row> = {
  bad_request: ["400 invalid_request_error", "400 invalid_request_error null", "400 INVALID_ARGUMENT", false],
  unsupported: [
    "400 invalid_request_error",
    "400 invalid_request_error unsupported_parameter",
    "400 INVALID_ARGUMENT",
    false,
  ],
  thread_unsupported: [
    "400 invalid_request_error",
    "400 invalid_request_error unsupported_parameter",
    "400 INVALID_ARGUMENT",
    false,
  ],
  context_length: [
    "400 invalid_request_error",
    "400 invalid_request_error context_length_exceeded",
    "400 INVALID_ARGUMENT",
    false,
  ],
  missing_key: [
    "401 authentication_error",
    "401 invalid_request_error invalid_api_key",
    "401 UNAUTHENTICATED",
    false,
  ],
  malformed_key: [
    "401 authentication_error",
    "401 invalid_request_error invalid_api_key",
    "401 UNAUTHENTICATED",
    false,
  ],
  invalid_key: [
    "401 authentication_error",
    "401 invalid_request_error invalid_api_key",
    "401 UNAUTHENTICATED",
    false,
  ],
  wrong_endpoint: [
    "400 invalid_request_error",
    "400 invalid_request_error model_not_found",
    "400 INVALID_ARGUMENT",
    false,
  ],
  insufficient_funds: [
    "402 billing_error",
    "402 insufficient_quota insufficient_funds",
    "429 RESOURCE_EXHAUSTED",
    false,
  ],
  permission: [
    "403 permission_error",
    "403 permission_error permission_denied",
    "403 PERMISSION_DENIED",
    false,
  ],
  model_not_found: [
    "404 not_found_error",
    "404 invalid_request_error model_not_found",
    "404 NOT_FOUND",
    false,
  ],
  response_not_found: ["404 not_found_error", "404 invalid_request_error null", "404 NOT_FOUND", false],
  not_found: ["404 not_found_error", "404 invalid_request_error unknown_url", "404 NOT_FOUND", false],
  method_not_allowed: [
    "405 invalid_request_error",
    "405 invalid_request_error method_not_allowed",
    "405 INVALID_ARGUMENT",
    false,
  ],
  body_timeout: ["408 timeout_error", "408 timeout request_timeout", "408 DEADLINE_EXCEEDED", true],
  too_large: [
    "413 request_too_large",
    "413 invalid_request_error request_entity_too_large",
    "413 INVALID_ARGUMENT",
    false,
  ],
  upgrade_required: [
    "426 invalid_request_error",
    "426 invalid_request_error upgrade_required",
    "426 FAILED_PRECONDITION",
    false,
  ],
  rate_limit: [
    "429 rate_limit_error",
    "429 rate_limit_error rate_limit_exceeded",
    "429 RESOURCE_EXHAUSTED",
    true,
  ],
  funds_held: ["429 rate_limit_error", "429 rate_limit_error funds_held", "429 RESOURCE_EXHAUSTED", true],
  client_closed: ["499 api_error", "499 client_closed client_closed", "499 CANCELLED", true],
  internal: ["500 api_error", "500 server_error null", "500 INTERNAL", true],
  upstream_error: ["500 api_error", "502 server_error upstream_error", "500 INTERNAL", true],
  upstream_unreachable: ["500 api_error", "502 server_error upstream_error", "500 INTERNAL", true],
  upstream_timeout: ["504 timeout_error", "504 timeout upstream_timeout", "504 DEADLINE_EXCEEDED", true],
  overloaded: ["529 overloaded_error", "503 server_error server_overloaded", "503 UNAVAILABLE", true],
  unavailable: ["529 overloaded_error", "503 server_error service_unavailable", "503 UNAVAILABLE", true],
};

describe.each([...ERROR_KINDS])("%s", (kind) => {
  const [anthropic, openai, gemini, retried] = TABLE[kind];
  const error = new GatewayError(kind, "What is wrong; the mend.", { param: "field", retryAfterMs: 1_500 });

  test("in Anthropic's words", () => {
    const { status, body } = renderError("anthropic", error, "req_1");
    const parsed = JSON.parse(body);
    expect(`${status} ${parsed.error.type}`).toBe(anthropic);
    expect(parsed).toMatchObject({ type: "error", request_id: "req_1", error: {} });
    expect(parsed.error.message).toEndWith(error.message);
    expect(Object.hasOwn(parsed.error, "details")).toBe(kind === "thread_unsupported");
  });

  test("in OpenAI's words", () => {
    const { status, body } = renderError("openai", error, "req_1");
    const parsed = JSON.parse(body);
    expect(`${status} ${parsed.error.type} ${parsed.error.code}`).toBe(openai);
    expect(Object.keys(parsed.error)).toEqual(["message", "type", "param", "code"]);
    expect(parsed.error).toMatchObject({ message: error.message, param: "field" });
  });

  test("in Google's words", () => {
    const { status, body } = renderError("gemini", error, "req_1");
    const parsed = JSON.parse(body);
    expect(`${status} ${parsed.error.status}`).toBe(gemini);
    expect(parsed.error).toMatchObject({ code: status, message: error.message });
    const kinds = parsed.error.details.map((detail: Record<string, string>) => detail["@type"]);
    expect(kinds).toEqual(
      ["ErrorInfo", "BadRequest", "RetryInfo"].map((name) => `type.googleapis.com/google.rpc.${name}`),
    );
  });

  test.each(["anthropic", "openai", "gemini"] as const)("the headers that SDKs obey: %s", (dialect) => {
    const { headers } = renderError(dialect, error, "req_1");
    expect(headers["x-should-retry"]).toBe(retried ? undefined : "false");
    expect(headers["retry-after"]).toBe("2");
    expect(headers["retry-after-ms"]).toBe("1500");
    expect(headers["content-type"]).toBe("application/json");
  });
});

test("thread gets the details that the SDK falls back on", () => {
  const { body } = renderError("anthropic", new GatewayError("thread_unsupported", "x"), "r");
  expect(JSON.parse(body).error.details).toEqual({
    error_code: "thread_unsupported_request",
    unsupported: ["thread"],
  });
});

test.each([
  ["maximum context length is 8192 tokens", "prompt is too long: maximum context length is 8192 tokens"],
  ["prompt is too long: 9 tokens > 8 maximum", "prompt is too long: 9 tokens > 8 maximum"],
])("Claude Code compacts, whoever says that there is too much: %s", (said, told) => {
  const { body } = renderError("anthropic", new GatewayError("context_length", said), "r");
  expect(JSON.parse(body).error.message).toBe(told);
});

test("an empty wallet tells Gemini CLI to give up at once", () => {
  const { body } = renderError("gemini", new GatewayError("insufficient_funds", "x"), "r");
  const retry = JSON.parse(body).error.details.find((detail: object) => "retryDelay" in detail);
  expect(Number.parseInt(retry.retryDelay, 10)).toBeGreaterThan(300);
});

test("a method that is not allowed names those that are", () => {
  const error = new GatewayError("method_not_allowed", "x", { allow: "POST" });
  expect(renderError("openai", error, "r").headers.allow).toBe("POST");
});

describe.each([...PROTOCOLS])("in mid-stream: %s", (protocol) => {
  const error = new GatewayError("upstream_error", 'It broke; "again".\n');
  const state = {
    ...newTapState(true, NO_USAGE),
    sequence: 6,
    answerId: "resp_7",
    raw: { model: "m", tools: [1] },
  };
  const text = new TextDecoder().decode(renderStreamError(protocol, error, "req_1", state));

  test("one event, framed as the protocol wants it, and never a terminator", () => {
    const eol = protocol === "gemini" ? "\r\n" : "\n";
    const named: Record<string, string> = {
      "anthropic-messages": "error",
      "openai-responses": "response.failed",
    };
    const name = named[protocol];
    expect(text.startsWith(name === undefined ? "data: {" : `event: ${name}\ndata: {`)).toBe(true);
    expect(text.endsWith(`}${eol}${eol}`)).toBe(true);
    expect(text).not.toContain("[DONE]");
    expect(text.split(eol).length).toBe(name === undefined ? 3 : 4);
  });

  test("the same error as a whole answer would carry", () => {
    const event = JSON.parse(text.slice(text.indexOf("{")));
    if (protocol === "openai-responses") {
      expect(event).toEqual({
        type: "response.failed",
        sequence_number: 7,
        response: {
          object: "response",
          output: [],
          model: "m",
          tools: [1],
          id: "resp_7",
          status: "failed",
          error: { code: "upstream_error", message: error.message },
          usage: null,
        },
      });
    } else expect(event).toEqual(JSON.parse(renderError(DIALECT_OF[protocol], error, "req_1").body));
  });
});
