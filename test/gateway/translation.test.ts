/** Clients of one protocol before upstreams of another, through the whole gateway. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { json, sse } from "../support/scripts.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;
let customer: Customer;

const PRICE = { input: "1.00", output: "4.00" };

function configOver(url: string): object {
  const at = { provider: "openai-compatible", base_url: `${url}/v1` };
  return {
    upstreams: [
      { id: "chat", ...at, protocols: ["openai-chat"] },
      { id: "both", ...at, protocols: ["openai-chat", "openai-completions"] },
      { id: "bare", ...at, protocols: ["openai-completions"] },
      { id: "claude", provider: "anthropic", base_url: url, api_key: "k" },
      { id: "google", provider: "google", base_url: `${url}/v1beta`, api_key: "k" },
    ],
    models: [
      { id: "m", price: PRICE, targets: [{ upstream: "chat" }] },
      { id: "set", price: PRICE, defaults: { temperature: 0.5 }, targets: [{ upstream: "chat" }] },
      { id: "set-both", price: PRICE, defaults: { temperature: 0.5 }, targets: [{ upstream: "both" }] },
      { id: "set-bare", price: PRICE, defaults: { temperature: 0.5 }, targets: [{ upstream: "bare" }] },
      { id: "claude-sonnet-4-5", price: PRICE, targets: [{ upstream: "claude" }] },
      { id: "gemini-3-pro", price: PRICE, targets: [{ upstream: "google" }] },
    ],
  };
}

beforeAll(async () => {
  upstream = await startFakeUpstream();
  gateway = await startGateway({ config: configOver(upstream.url) });
  customer = await gateway.customer();
});
afterEach(() => upstream.reset());
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

async function ask(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(gateway.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${customer.key}`, ...headers },
    body: JSON.stringify(body),
  });
}

function sent(): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(upstream.last().body));
}

const USAGE = { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 };

const chatSays = (content: string) =>
  json({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
    usage: USAGE,
  });

const CHUNK = { id: "c", object: "chat.completion.chunk", created: 1, model: "m" };
const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ ...CHUNK, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const USAGE_CHUNK = `data: ${JSON.stringify({ ...CHUNK, choices: [], usage: USAGE })}\n\n`;
const DONE = "data: [DONE]\n\n";

const HI = [{ role: "user", content: "Hi" }];
const MESSAGES = { model: "m", max_tokens: 50, messages: HI };

describe("an upstream of another protocol", () => {
  test("answers whole and streamed, is charged by its own usage", async () => {
    upstream.answer(chatSays("Hello"));
    const whole = await ask("/v1/messages", MESSAGES);
    expect(await whole.json()).toMatchObject({
      type: "message",
      model: "m",
      content: [{ type: "text", text: "Hello" }],
      stop_reason: "end_turn",
      usage: { input_tokens: 7, output_tokens: 2 },
    });
    upstream.answer(
      sse(
        chunk({ role: "assistant", content: "Hel" }),
        chunk({ content: "lo" }),
        chunk({}, "stop"),
        USAGE_CHUNK,
        DONE,
      ),
    );
    const stream = await ask("/v1/messages", { ...MESSAGES, stream: true });
    const text = await stream.text();
    expect(text).toContain("event: message_start");
    expect(text).toEndWith('event: message_stop\ndata: {"type":"message_stop"}\n\n');
    const [second, first] = await gateway.requests(customer);
    for (const record of [first, second]) {
      expect(record).toMatchObject({ outcome: "finished", charge_nanos: "15000", usage_source: "reported" });
    }
  });

  test("that refuses is heard in the client's words", async () => {
    upstream.answer(
      json(
        {
          error: {
            message: "This model's maximum context length is 10 tokens",
            type: "invalid_request_error",
            code: "context_length_exceeded",
          },
        },
        400,
      ),
    );
    const response = await ask("/v1/messages", MESSAGES);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ type: "error", error: { type: "invalid_request_error" } });
    expect((await gateway.requests(customer))[0]).toMatchObject({ outcome: "failed", charge_nanos: "0" });
  });

  test("that fails before its answer begins leaves a status, in mid-stream an error, and costs nothing", async () => {
    upstream.answer(
      sse(chunk({ role: "assistant", content: "" }), 'data: {"error":{"message":"boom","code":500}}\n\n'),
    );
    expect((await ask("/v1/messages", { ...MESSAGES, stream: true })).status).toBe(500);
    upstream.answer(sse(chunk({ role: "assistant", content: "Hel" })));
    const torn = await ask("/v1/responses", { model: "m", input: "Hi", stream: true });
    expect(torn.status).toBe(200);
    const text = await torn.text();
    expect(text).toContain("event: response.failed");
    expect(text).not.toContain("response.completed");
    const [record] = await gateway.requests(customer);
    expect(record).toMatchObject({ outcome: "cut_by_upstream", charge_nanos: "0" });
  });
});

describe("losses", () => {
  const LOSSY = { ...MESSAGES, mcp_servers: [{ type: "url", url: "https://x.example", name: "x" }] };

  test("are told in a header and in the record", async () => {
    upstream.answer(chatSays("Hello"));
    const response = await ask("/v1/messages", LOSSY);
    expect(response.headers.get("x-quoin-warnings")).toContain("dropped;mcp_servers;");
    await response.text();
    const [record] = await gateway.requests(customer);
    expect(record?.notes.join()).toContain("mcp_servers");
  });

  test("are not told where the client does not want them", async () => {
    upstream.answer(chatSays("Hello"));
    const response = await ask("/v1/messages", LOSSY, { "x-quoin-lossy": "silent" });
    expect([response.status, response.headers.get("x-quoin-warnings")]).toEqual([200, null]);
  });

  test("are refused where the client says so, before anything is sent", async () => {
    const before = upstream.seen.length;
    const response = await ask("/v1/messages", LOSSY, { "x-quoin-lossy": "reject" });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("mcp_servers");
    expect(upstream.seen.length).toBe(before);
    const odd = await ask("/v1/messages", LOSSY, { "x-quoin-lossy": "maybe" });
    expect([odd.status, await odd.text()]).toEqual([400, expect.stringContaining("x-quoin-lossy")]);
  });

  test("a word that is no policy is refused where bytes pass, too", async () => {
    const odd = await ask("/v1/chat/completions", { model: "m", messages: HI }, { "x-quoin-lossy": "maybe" });
    expect([odd.status, await odd.text()]).toEqual([400, expect.stringContaining("x-quoin-lossy")]);
  });
});

test("an operator's defaults are set unless the client set the field", async () => {
  upstream.otherwise(chatSays("Hello"));
  await (await ask("/v1/chat/completions", { model: "set", messages: HI, seed: 7 })).text();
  expect(sent()).toEqual({ model: "set", messages: HI, seed: 7, temperature: 0.5 });
  await (await ask("/v1/chat/completions", { model: "set", messages: HI, temperature: 1 })).text();
  expect(sent()).toEqual({ model: "set", messages: HI, temperature: 1 });
});

test("an operator's defaults reach completions through chat, and bare completions pass without them", async () => {
  upstream.otherwise(chatSays("Hello"));
  const asked = { prompt: "Once", max_tokens: 9 };
  await (await ask("/v1/completions", { model: "set-both", ...asked })).text();
  expect(sent()).toMatchObject({ messages: [{ role: "user", content: "Once" }], temperature: 0.5 });
  const choices = [{ index: 0, text: " upon", finish_reason: "stop", logprobs: null }];
  upstream.otherwise(json({ id: "cmpl-1", object: "text_completion", created: 1, choices, usage: USAGE }));
  const bare = await ask("/v1/completions", { model: "set-bare", ...asked });
  expect([bare.status, await bare.json()]).toMatchObject([200, { choices }]);
  expect(sent()).toEqual({ model: "set-bare", ...asked });
});

describe("a list of prompts", () => {
  const PROMPTS = { model: "m", prompt: ["One", "Two", "Three"], max_tokens: 20 };

  test("is asked one by one and answered together, streamed too", async () => {
    for (const stream of [false, true]) {
      upstream.otherwise(chatSays("Hello"));
      const response = await ask("/v1/completions", { ...PROMPTS, stream });
      const text = await response.text();
      if (!stream) {
        expect(JSON.parse(text)).toMatchObject({
          choices: [0, 1, 2].map((index) => ({ index, text: "Hello", finish_reason: "stop" })),
          usage: { prompt_tokens: 21, completion_tokens: 6 },
        });
      } else {
        expect(text).toEndWith("data: [DONE]\n\n");
        expect(text.match(/"index":2/g)?.length).toBeGreaterThan(0);
      }
      const [record] = await gateway.requests(customer);
      expect(record).toMatchObject({
        outcome: "finished",
        charge_nanos: "45000",
        usage: { input: 21, output: 6 },
      });
    }
  });

  test("fails whole when one of them fails, and costs nothing", async () => {
    upstream.answer(chatSays("Hello"), json({ error: { message: "no" } }, 500));
    upstream.otherwise(json({ error: { message: "no" } }, 500));
    expect((await ask("/v1/completions", PROMPTS)).status).toBe(502);
    expect((await gateway.requests(customer))[0]).toMatchObject({ outcome: "failed", charge_nanos: "0" });
  });
});

describe("counting", () => {
  test("is estimated where the upstream has no counter, and says so", async () => {
    const { max_tokens: _, ...body } = MESSAGES;
    const response = await ask("/v1/messages/count_tokens", body);
    expect(response.headers.get("x-quoin-warnings")).toContain("estimated");
    const { input_tokens: tokens } = (await response.json()) as { input_tokens: number };
    expect(tokens).toBeGreaterThan(3);
    const gemini = await ask("/v1beta/models/m:countTokens", {
      contents: [{ role: "user", parts: [{ text: "Hi" }] }],
    });
    expect(await gemini.json()).toEqual({ totalTokens: expect.any(Number) });
  });

  test("is asked of a counter in another protocol", async () => {
    upstream.answer(json({ totalTokens: 31 }));
    const { max_tokens: _, ...body } = { ...MESSAGES, model: "gemini-3-pro" };
    const response = await ask("/v1/messages/count_tokens", body);
    expect(await response.json()).toEqual({ input_tokens: 31 });
    expect(upstream.last().path).toBe("/v1beta/models/gemini-3-pro:countTokens");
    upstream.answer(json({ input_tokens: 17 }));
    const gemini = await ask("/v1beta/models/claude-sonnet-4-5:countTokens", {
      contents: [{ role: "user", parts: [{ text: "Hi" }] }],
    });
    expect(await gemini.json()).toEqual({ totalTokens: 17 });
    expect(sent()).toEqual({
      model: "claude-sonnet-4-5",
      messages: [{ role: "user", content: expect.anything() }],
    });
  });

  test("is estimated where a compatible server lacks the endpoint", async () => {
    upstream.otherwise(json({ error: { message: "not found" } }, 404));
    const { max_tokens: _, ...body } = { ...MESSAGES, model: "claude-sonnet-4-5" };
    const response = await ask("/v1/messages/count_tokens", body);
    expect([response.status, response.headers.get("x-quoin-warnings")]).toEqual([
      200,
      expect.stringContaining("estimated"),
    ]);
  });
});

describe("opaque state", () => {
  const TOOL = { name: "look", input_schema: { type: "object", properties: {} } };
  const SIGNATURE = Buffer.from("s".repeat(900)).toString("base64");
  const geminiCalls = json({
    candidates: [
      {
        index: 0,
        content: {
          role: "model",
          parts: [{ functionCall: { name: "look", args: {} }, thoughtSignature: SIGNATURE }],
        },
        finishReason: "STOP",
      },
    ],
    usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 2, totalTokenCount: 7 },
    modelVersion: "gemini-3-pro",
    responseId: "r",
  });

  test("of a call comes back although the client's protocol dropped it", async () => {
    upstream.answer(geminiCalls);
    const tools = [{ type: "function", function: { name: "look", parameters: TOOL.input_schema } }];
    const first = await ask("/v1/chat/completions", { model: "gemini-3-pro", messages: HI, tools });
    const { choices } = (await first.json()) as { choices: { message: { tool_calls: { id: string }[] } }[] };
    const call = choices[0]?.message.tool_calls[0];
    upstream.answer(geminiCalls);
    const plain = { id: call?.id, type: "function", function: { name: "look", arguments: "{}" } };
    const second = await ask("/v1/chat/completions", {
      model: "gemini-3-pro",
      tools,
      messages: [
        ...HI,
        { role: "assistant", tool_calls: [plain] },
        { role: "tool", tool_call_id: call?.id, content: "42" },
      ],
    });
    await second.text();
    expect(JSON.stringify(sent())).toContain(SIGNATURE);
  });

  test("of another vendor never reaches the vendor of the client's own protocol", async () => {
    upstream.answer(geminiCalls);
    const thinking = { thinking: { type: "enabled", budget_tokens: 1024 }, max_tokens: 2000 };
    const asked = { ...MESSAGES, ...thinking, model: "gemini-3-pro", tools: [TOOL] };
    const first = await ask("/v1/messages", asked);
    const { content } = (await first.json()) as { content: { type: string; id?: string }[] };
    expect(JSON.stringify(content)).toContain("qn1.");
    upstream.answer(
      json({
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "claude-sonnet-4-5",
        content: [{ type: "text", text: "ok" }],
        stop_reason: "end_turn",
        stop_sequence: null,
        usage: { input_tokens: 1, output_tokens: 1 },
      }),
    );
    const result = { type: "tool_result", tool_use_id: content.find(({ id }) => id)?.id, content: "42" };
    const messages = [...HI, { role: "assistant", content }, { role: "user", content: [result] }];
    const second = await ask("/v1/messages", { ...asked, model: "claude-sonnet-4-5", messages });
    expect(second.status).toBe(200);
    expect(JSON.stringify(sent())).not.toContain("qn1.");
    expect(sent()).toMatchObject({ model: "claude-sonnet-4-5", tools: [TOOL] });
  });
});
