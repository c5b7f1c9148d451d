/** Hostile requests and answers on the way of translation, through the whole gateway. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { json, pausedSse, sse } from "../support/scripts.ts";
import { until } from "../support/until.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;
let customer: Customer;

const PRICE = { input: "1.00", output: "4.00" };

function configOver(url: string): object {
  const at = { provider: "openai-compatible", base_url: `${url}/v1` };
  return {
    upstreams: [
      { id: "chat", ...at, protocols: ["openai-chat"] },
      { id: "openai", provider: "openai", base_url: `${url}/v1`, api_key: "k", protocols: ["openai-chat"] },
    ],
    models: [
      { id: "m", price: PRICE, targets: [{ upstream: "chat" }] },
      { id: "gpt-4.1", price: PRICE, targets: [{ upstream: "openai" }] },
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

async function ask(path: string, body: object | string): Promise<Response> {
  return await fetch(gateway.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${customer.key}` },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

const HI = [{ role: "user", content: "Hi" }];
const MESSAGES = { model: "m", max_tokens: 50, messages: HI };

const SAYS_HELLO = json({
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 },
});

describe("a request that is hostile", () => {
  const deep = `${'{"a":'.repeat(40_000)}1${"}".repeat(40_000)}`;

  test.each([
    ["/v1/messages", JSON.stringify(MESSAGES).replace("{", `{"metadata":${deep},`)],
    ["/v1/responses", `{"model":"m","input":"x","metadata":${deep}}`],
    ["/v1/completions", `{"model":"m","prompt":["x","y"],"logit_bias":${deep}}`],
  ])("by its depth is refused: %s", async (path, body) => {
    const response = await ask(path, body);
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining("levels")]);
    expect(upstream.seen).toHaveLength(0);
  });

  test("by the number of its fields is served, and not all of them are told", async () => {
    upstream.answer(SAYS_HELLO);
    const fields = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`k${at}`, at]));
    const response = await ask("/v1/messages", { ...MESSAGES, ...fields });
    expect(response.status).toBe(200);
    expect(response.headers.get("x-quoin-warnings")?.length).toBeLessThan(2_100);
    const [record] = await gateway.requests(customer);
    expect(record?.notes.length).toBeLessThan(110);
    expect(record?.notes.at(-1)).toContain("more");
  });

  test("by a field's name writes no header of its own", async () => {
    upstream.answer(SAYS_HELLO);
    const response = await ask("/v1/messages", { ...MESSAGES, "x\r\nset-cookie: a=b\u0000é\ud800": 1 });
    expect([response.status, response.headers.get("set-cookie")]).toEqual([200, null]);
    expect(response.headers.get("x-quoin-warnings")).toContain("dropped;x??set-cookie");
  });
});

const CHUNK = { id: "c", object: "chat.completion.chunk", created: 1, model: "m" };
const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ ...CHUNK, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const DONE = "data: [DONE]\n\n";

describe("what the client does not see and the upstream made all the same is charged", () => {
  const thought = chunk({ reasoning_content: "think ".repeat(700) });

  async function outputOf(): Promise<number | undefined> {
    const [record] = await gateway.requests(customer);
    expect(record?.usage_source).toBe("estimated");
    return record?.usage.output;
  }

  test("hidden thinking, where the upstream reports nothing", async () => {
    upstream.answer(sse(thought, chunk({ content: "Hello" }), chunk({}, "stop"), DONE));
    const text = await (await ask("/v1/messages", { ...MESSAGES, max_tokens: 5000, stream: true })).text();
    expect(text).not.toContain("think think");
    expect(text).toEndWith('"message_stop"}\n\n');
    expect(await outputOf()).toBe(Math.ceil((4_200 + 5) / 4));
  });

  test("hidden thinking, where the client leaves", async () => {
    const paused = pausedSse(thought + chunk({ content: "Hello" }));
    upstream.answer(paused.script);
    const leaving = new AbortController();
    const response = await fetch(`${gateway.url}/v1/messages`, {
      method: "POST",
      headers: { authorization: `Bearer ${customer.key}` },
      body: JSON.stringify({ ...MESSAGES, max_tokens: 5000, stream: true }),
      signal: leaving.signal,
    });
    await response.body?.getReader().read();
    leaving.abort();
    await until("the end of the upstream", () => upstream.last().closed());
    expect(await outputOf()).toBe(Math.ceil((4_200 + 5) / 4));
  });

  test("what follows a stop sequence that the upstream was not told", async () => {
    const stop = ["a1", "a2", "a3", "a4", "END"];
    upstream.answer(
      sse(chunk({ content: "Hello END" }), chunk({ content: "x".repeat(4_000) }), chunk({}, "stop"), DONE),
    );
    const body = { ...MESSAGES, model: "gpt-4.1", max_tokens: 5000, stop_sequences: stop, stream: true };
    const text = await (await ask("/v1/messages", body)).text();
    expect(text).not.toContain("xxx");
    expect(text).toContain('"stop_sequence":"END"');
    expect(await outputOf()).toBe(Math.ceil((4_000 + 9) / 4));
  });

  test("the answer ends at a stop sequence though the upstream would go on, and that is cancelled", async () => {
    const stop = ["a1", "a2", "a3", "a4", "END"];
    upstream.answer(pausedSse(chunk({ content: "Hello END, and so on" })).script);
    const body = { ...MESSAGES, model: "gpt-4.1", max_tokens: 5000, stop_sequences: stop, stream: true };
    const text = await (await ask("/v1/messages", body)).text();
    expect(text).toContain('"stop_sequence":"END"');
    expect(text).toEndWith('"message_stop"}\n\n');
    await until("the end of the upstream", () => upstream.last().closed());
    expect(await outputOf()).toBe(5);
    expect((await gateway.requests(customer))[0]).toMatchObject({ outcome: "finished" });
  });
});
