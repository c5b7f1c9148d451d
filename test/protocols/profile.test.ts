import { describe, expect, test } from "bun:test";
import type { ErrorProfile } from "../../src/core/error-profile.ts";
import { GatewayError } from "../../src/core/errors.ts";
import { NO_USAGE } from "../../src/core/usage.ts";
import { inWordsOf, type Listener } from "../../src/protocols/errors/profile.ts";
import { renderError, renderStreamError } from "../../src/protocols/errors/render.ts";
import { newTapState } from "../../src/protocols/protocol.ts";

const PROFILE: ErrorProfile = {
  model_not_found: { all: { status: 400, code: "no_model" }, anthropic: { type: "gone_error" } },
  rate_limit: {
    all: { message: "Slow down for {retry_after} s: {message}" },
    "openai-completions": { status: 430 },
  },
  insufficient_funds: { all: { status: 402, message: "Empty." }, openai: { code: "empty" } },
  upstream_error: { gemini: { status: 599, code: "ABORTED" } },
};

function rendered(
  kind: GatewayError["kind"],
  listener: Listener,
  retryAfterMs?: number,
): Record<string, unknown> {
  const error = new GatewayError(kind, "Ours.", retryAfterMs === undefined ? {} : { retryAfterMs });
  const { status, body } = renderError(listener.dialect, inWordsOf(PROFILE, error, listener), "req_1");
  return { status, ...(JSON.parse(body) as { error: object }).error };
}

describe("an operator's profile", () => {
  test("leaves alone what it does not name", () => {
    const error = new GatewayError("not_found", "Ours.");
    expect(inWordsOf(PROFILE, error, { dialect: "openai" })).toBe(error);
  });

  test("holds for all, where the dialect has such a field", () => {
    expect(rendered("model_not_found", { dialect: "openai" })).toMatchObject({
      status: 400,
      type: "invalid_request_error",
      code: "no_model",
      message: "Ours.",
    });
    expect(rendered("model_not_found", { dialect: "anthropic" })).toEqual({
      status: 400,
      type: "gone_error",
      message: "Ours.",
    });
    // Google's error has a `status` of its own, in words.
    expect(rendered("model_not_found", { dialect: "gemini" })).toMatchObject({
      code: 400,
      status: "NOT_FOUND",
    });
  });

  test("gives Gemini only what is said of Gemini", () => {
    expect(rendered("upstream_error", { dialect: "gemini" })).toMatchObject({ code: 599, status: "ABORTED" });
    expect(rendered("upstream_error", { dialect: "openai" })).toMatchObject({ status: 502 });
  });

  test("fills its wording in, and leaves ours where it cannot", () => {
    const chat: Listener = { dialect: "openai", protocol: "openai-chat" };
    expect(rendered("rate_limit", chat, 1_200)).toMatchObject({
      status: 429,
      message: "Slow down for 2 s: Ours.",
    });
    expect(rendered("rate_limit", chat)).toMatchObject({ message: "Ours." });
  });

  test("counts a protocol over its dialect, and a dialect over all", () => {
    const completions: Listener = { dialect: "openai", protocol: "openai-completions" };
    expect(rendered("rate_limit", completions, 1_000)).toMatchObject({ status: 430 });
    expect(rendered("insufficient_funds", completions)).toMatchObject({ status: 402, code: "empty" });
  });

  test("leaves Codex the one answer about an empty account that it understands", () => {
    const responses: Listener = { dialect: "openai", protocol: "openai-responses" };
    const said = { status: 429, type: "insufficient_quota", code: "insufficient_quota" };
    expect(rendered("insufficient_funds", responses)).toMatchObject({ ...said, message: "Empty." });
    const plain = new GatewayError("insufficient_funds", "Ours.");
    const { status } = renderError("openai", inWordsOf({}, plain, responses), "req_1");
    expect(status).toBe(429);
  });

  test("holds in mid-stream", () => {
    const error = inWordsOf(PROFILE, new GatewayError("model_not_found", "Ours."), {
      dialect: "anthropic",
      protocol: "anthropic-messages",
    });
    const state = newTapState(true, NO_USAGE);
    const bytes = renderStreamError("anthropic-messages", error, "req_1", state);
    expect(new TextDecoder().decode(bytes)).toContain(`"gone_error"`);
  });
});
