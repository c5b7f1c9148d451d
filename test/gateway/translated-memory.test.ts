import { heapStats } from "bun:jsc";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { pausedSse } from "../support/scripts.ts";

const MODEL = "qwen3-vl-8b";
const STREAMS = 2;
const PICTURE = "A".repeat(4_000_000);

let upstream: FakeUpstream;
let gateway: TestGateway;
let customer: Customer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const chat = { id: "chat", provider: "openai-compatible", base_url: `${upstream.url}/v1` };
  gateway = await startGateway({
    config: {
      upstreams: [{ ...chat, protocols: ["openai-chat"] }],
      models: [{ id: MODEL, price: { input: "0", output: "0" }, targets: [{ upstream: "chat" }] }],
    },
  });
  customer = await gateway.customer();
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

async function bytesInUse(): Promise<number> {
  for (let round = 0; round < 4; round++) {
    Bun.gc(true);
    await Bun.sleep(20);
  }
  const { heapSize, extraMemorySize } = heapStats();
  return heapSize + extraMemorySize;
}

const FIRST = `data: ${JSON.stringify({
  id: "c",
  object: "chat.completion.chunk",
  created: 1,
  model: MODEL,
  choices: [{ index: 0, delta: { role: "assistant", content: "Hi" }, finish_reason: null }],
})}\n\n`;

/** What an open stream keeps in this process: the gateway, its upstream and its client are all in it. */
async function bytesPerStream(path: string, body: object): Promise<number> {
  const text = JSON.stringify(body);
  const before = await bytesInUse();
  const leaving = new AbortController();
  const open: Response[] = [];
  for (let count = 0; count < STREAMS; count++) {
    upstream.answer(pausedSse(FIRST).script);
    const headers = { authorization: `Bearer ${customer.key}` };
    const init = { method: "POST", headers, body: text, signal: leaving.signal };
    // The head comes with the first part of the answer.
    const response = await fetch(gateway.url + path, init);
    expect(response.status).toBe(200);
    open.push(response);
    upstream.reset();
  }
  const after = await bytesInUse();
  leaving.abort();
  await gateway.settled();
  expect(open).toHaveLength(STREAMS);
  return (after - before) / STREAMS;
}

/** The collector may take for alive what a register or the stack still points at: the least of three counts. */
async function leastPerStream(path: string, body: object): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let time = 0; time < 3; time++) least = Math.min(least, await bytesPerStream(path, body));
  return least;
}

const SCHEMA = { type: "object", properties: { a: { type: "string", description: "x".repeat(50) } } };

const PASSED = {
  model: MODEL,
  stream: true,
  messages: [
    {
      role: "user",
      content: [{ type: "image_url", image_url: { url: `data:image/png;base64,${PICTURE}` } }],
    },
  ],
};

const TRANSLATED = {
  model: MODEL,
  stream: true,
  max_tokens: 50,
  tools: [{ name: "f", description: "y".repeat(60), input_schema: SCHEMA }],
  messages: [
    {
      role: "user",
      content: [{ type: "image", source: { type: "base64", media_type: "image/png", data: PICTURE } }],
    },
  ],
};

test("a translated stream keeps no more of its request than one whose bytes pass", async () => {
  const passed = await bytesPerStream("/v1/chat/completions", PASSED);
  const translated = await leastPerStream("/v1/messages", TRANSLATED);
  expect(translated - passed).toBeLessThan(1_000_000);
}, 30_000);
