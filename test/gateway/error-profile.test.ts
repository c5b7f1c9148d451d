import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { cutSse, json, sse } from "../support/scripts.ts";

/** The operator's documents: 400 for a model that is not there, one wording for a rate limit, own codes. */
const ERRORS = {
  bad_request: { for: { openai: { code: "invalid_request" } } },
  model_not_found: { status: 400 },
  rate_limit: { message: "Rate limit exceeded. Please retry after {retry_after} seconds." },
  upstream_error: { message: "Upstream trouble.", for: { openai: { status: 500, code: "provider_error" } } },
  upstream_unreachable: { status: 503 },
  insufficient_funds: { message: "Insufficient credits: {message}" },
};

let upstream: FakeUpstream;
let gateway: TestGateway;
let customer: Customer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const serves = { price: { input: "1", output: "1" } };
  gateway = await startGateway({
    config: {
      upstreams: [
        {
          id: "vendor",
          provider: "openai-compatible",
          base_url: `${upstream.url}/v1`,
          protocols: ["openai-chat"],
        },
        { id: "away", provider: "openai-compatible", base_url: "http://127.0.0.1:1/v1" },
        { id: "anthropic", provider: "anthropic", base_url: upstream.url, api_key: "k" },
        { id: "google", provider: "google", base_url: `${upstream.url}/v1beta`, api_key: "k" },
      ],
      models: [
        { id: "m", ...serves, targets: [{ upstream: "vendor" }] },
        { id: "away", ...serves, targets: [{ upstream: "away" }] },
        { id: "gemini", ...serves, targets: [{ upstream: "google" }] },
        { id: "claude", ...serves, targets: [{ upstream: "anthropic" }] },
      ],
      plans: [
        { id: "default", key_prefix: "qn_live_" },
        { id: "slow", key_prefix: "slow_", limits: { requests_per_minute: 1 } },
      ],
      errors: ERRORS,
    },
  });
  customer = await gateway.customer();
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const CHAT = "/v1/chat/completions";
const MESSAGES = "/v1/messages";

async function ask(path: string, body: object, key = customer.key) {
  const messages = [{ role: "user", content: "Hello" }];
  const response = await fetch(gateway.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: "m", max_tokens: 16, messages, ...body }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

async function errorOf(path: string, body: object, key?: string): Promise<Record<string, unknown>> {
  const { status, text } = await ask(path, body, key);
  return { status, ...(JSON.parse(text) as { error: object }).error };
}

describe("the errors profile at the gateway", () => {
  test("changes what the gateway itself refuses, in each dialect", async () => {
    expect(await errorOf(CHAT, { model: "nobody" })).toMatchObject({ status: 400, code: "model_not_found" });
    expect(await errorOf(MESSAGES, { model: "nobody" })).toMatchObject({
      status: 400,
      type: "not_found_error",
    });
    const list = await fetch(`${gateway.url}/v1/models/nobody`, { headers: { "x-api-key": customer.key } });
    expect(list.status).toBe(400);
    expect(await errorOf(CHAT, { messages: 1 })).toMatchObject({ status: 400, code: "invalid_request" });
  });

  test("fills the time to wait into its wording", async () => {
    const { key } = await gateway.customer({ plan: "slow" });
    upstream.answer(json({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } }));
    expect((await ask(CHAT, {}, key)).status).toBe(200);
    const { headers, text } = await ask(CHAT, {}, key);
    const seconds = headers.get("retry-after");
    expect(JSON.parse(text).error.message).toBe(
      `Rate limit exceeded. Please retry after ${seconds} seconds.`,
    );
  });

  test("keeps our words inside an operator's where it asks for them", async () => {
    const { key } = await gateway.customer({ usd: "0" });
    const { message, status } = await errorOf(CHAT, {}, key);
    expect(status).toBe(402);
    expect(message).toMatch(/^Insufficient credits: .{20}/);
  });

  test("tells an upstream that is away from one that failed", async () => {
    expect((await errorOf(CHAT, { model: "away" })).status).toBe(503);
    upstream.answer(json({ error: { message: "x" } }, 500));
    expect(await errorOf(CHAT, {})).toMatchObject({
      status: 500,
      code: "provider_error",
      message: "Upstream trouble.",
    });
  });

  test("puts an upstream's own refusal into the operator's words, with the upstream's text", async () => {
    const said = { message: "temperature is too hot", type: "BadRequestError", param: "temperature" };
    upstream.answer(json({ error: { ...said, code: 400 } }, 400));
    expect(await errorOf(CHAT, {})).toEqual({
      status: 400,
      ...said,
      type: "invalid_request_error",
      code: "invalid_request",
    });
    upstream.answer(json({ error: { message: "no such model", type: "x", code: "y" } }, 404));
    expect(await errorOf(CHAT, {})).toMatchObject({ status: 400, code: "model_not_found" });
  });

  test("passes a refusal of a kind that it does not name as it came", async () => {
    const body = { error: { message: "too big", type: "vendor", code: "vendor_413" } };
    upstream.answer(json(body, 413));
    const { status, text } = await ask(CHAT, {});
    expect(status).toBe(413);
    expect(JSON.parse(text)).toEqual(body);
  });

  test("passes it where it names the kind for other clients only", async () => {
    const said = { type: "invalid_request_error", message: "max_tokens: too many" };
    const body = { type: "error", error: said, request_id: "req_vendor" };
    upstream.answer(json(body, 400));
    const { status, text } = await ask(MESSAGES, { model: "claude" });
    expect(status).toBe(400);
    expect(JSON.parse(text)).toEqual(body);
  });

  test.each([
    [CHAT, /"code":"provider_error"/],
    [MESSAGES, /"type":"api_error"/],
  ])("holds in mid-stream at %s, passed on or translated", async (path, own) => {
    const chunk = {
      id: "c",
      object: "chat.completion.chunk",
      model: "m",
      choices: [{ index: 0, delta: { content: "Hi" } }],
    };
    upstream.answer(cutSse("reset", `data: ${JSON.stringify(chunk)}\n\n`));
    const { status, text } = await ask(path, { stream: true });
    expect(status).toBe(200);
    expect(text).toContain("Upstream trouble.");
    expect(text).toMatch(own);
  });

  test("holds for what a translator finds wrong at the end of a stream", async () => {
    const chunks = [
      { candidates: [{ index: 0, content: { role: "model", parts: [{ text: "Hi" }] } }] },
      {
        candidates: [{ index: 0, finishReason: "MALFORMED_FUNCTION_CALL" }],
        usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
      },
    ];
    upstream.answer(sse(...chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)));
    const { text } = await ask(CHAT, { model: "gemini", stream: true });
    expect(text).toContain("Upstream trouble.");
    expect(text).toContain('"code":"provider_error"');
    expect(text).not.toContain("[DONE]");
  });

  test("is for clients: records say what we found", async () => {
    const errors = (await gateway.requests(customer)).map(({ error }) => error);
    expect(errors.filter((error) => error?.includes("Upstream trouble"))).toEqual([]);
  });
});
