/** What becomes of a request whose first target cannot be asked it, or that fails on the way there. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { type FakeUpstream, type Script, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { json } from "../support/scripts.ts";
import { until } from "../support/until.ts";

let upstream: FakeUpstream;
let pictures: FakeUpstream;
let gateway: TestGateway;
let customer: Customer;

const PRICE = { input: "1.00", output: "4.00" };

function configOver(url: string): object {
  const at = { provider: "openai-compatible", base_url: `${url}/v1` };
  const quick = { first_byte_ms: 300 };
  const first = (id: string) => ({ upstream: id, weight: 1_000 });
  return {
    upstreams: [
      { id: "chat", ...at, protocols: ["openai-chat"] },
      { id: "claude", provider: "anthropic", base_url: url, api_key: "k" },
      { id: "google", provider: "google", base_url: `${url}/v1beta`, api_key: "k", timeouts: quick },
    ],
    models: [
      { id: "two", price: PRICE, targets: [first("claude"), { upstream: "chat" }] },
      { id: "claude-only", price: PRICE, targets: [{ upstream: "claude" }] },
      { id: "gemini-3-pro", price: PRICE, targets: [{ upstream: "google" }] },
      { id: "m", price: PRICE, targets: [{ upstream: "chat" }] },
    ],
  };
}

beforeAll(async () => {
  upstream = await startFakeUpstream();
  pictures = await startFakeUpstream();
  gateway = await startGateway({
    config: configOver(upstream.url),
    env: { QUOIN_FETCH_PRIVATE: "127.0.0.1" },
  });
  customer = await gateway.customer();
});
afterEach(() => upstream.reset());
afterAll(async () => {
  await gateway.close();
  await upstream.close();
  await pictures.close();
});

async function ask(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(gateway.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${customer.key}`, ...headers },
    body: JSON.stringify(body),
  });
}

const CONTENTS = [{ role: "user", parts: [{ text: "Hi" }] }];
const TWO_CHOICES = { contents: CONTENTS, generationConfig: { candidateCount: 2 } };

const chatSays = (...contents: string[]) =>
  json({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: contents.map((content, index) => ({
      index,
      message: { role: "assistant", content },
      finish_reason: "stop",
    })),
    usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 },
  });

describe("a request that the first target cannot be asked", () => {
  test("goes to the next, which is seen; the first is not held to be ill", async () => {
    upstream.answer(chatSays("One", "Two"));
    const response = await ask("/v1beta/models/two:generateContent", TWO_CHOICES);
    expect(response.status).toBe(200);
    expect(((await response.json()) as { candidates: unknown[] }).candidates).toHaveLength(2);
    const [record] = await gateway.requests(customer);
    expect(record).toMatchObject({
      outcome: "finished",
      attempts: [
        { upstream: "claude", outcome: "retryable", status: 0, reason: "cannot be asked this" },
        { upstream: "chat", outcome: "served" },
      ],
    });
    const targets = gateway.app.gateway.snapshot().findModel("two")?.targets ?? [];
    expect(targets.map((target) => gateway.app.gateway.cooldowns.isCooling(target))).toEqual([false, false]);
  });

  test("is told what the one that could be asked said, for that may pass", async () => {
    upstream.otherwise(json({ error: { message: "busy" } }, 503));
    const response = await ask("/v1beta/models/two:generateContent", TWO_CHOICES);
    expect(response.status).toBe(503);
  });

  test("is a 400 where none can be asked", async () => {
    const response = await ask("/v1beta/models/claude-only:generateContent", TWO_CHOICES);
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining("candidateCount"),
    ]);
    expect(upstream.seen).toHaveLength(0);
    expect((await gateway.requests(customer))[0]).toMatchObject({ outcome: "failed", charge_nanos: "0" });
  });
});

test("a policy on losses that is none is refused before anything is asked", async () => {
  const response = await ask(
    "/v1/messages",
    { model: "m", max_tokens: 5, messages: [{ role: "user", content: "Hi" }] },
    { "x-quoin-lossy": "maybe" },
  );
  expect(response.status).toBe(400);
  expect(upstream.seen).toHaveLength(0);
});

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg",
  "base64",
);

const picture: Script = async (reply) => {
  await reply.head(200, { "content-type": "image/png", "content-length": String(PNG.length) });
  await reply.write(PNG);
};

const GEMINI_SAYS = json({
  candidates: [{ index: 0, content: { role: "model", parts: [{ text: "A dot" }] }, finishReason: "STOP" }],
  usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 2, totalTokenCount: 7 },
  modelVersion: "gemini-3-pro",
  responseId: "r",
});

function imagesOf(...urls: string[]): object {
  const content = urls.map((url) => ({ type: "image", source: { type: "url", url } }));
  return { model: "gemini-3-pro", max_tokens: 50, messages: [{ role: "user", content }] };
}

describe("media behind URLs", () => {
  test("may take longer to fetch than the upstream may take to answer", async () => {
    pictures.answer(async (reply, seen) => {
      await Bun.sleep(700);
      await picture(reply, seen);
    });
    upstream.answer(GEMINI_SAYS);
    const response = await ask("/v1/messages", imagesOf(`${pictures.url}/1.png`));
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining("A dot")]);
  });

  test("are let go of when the client leaves, and nothing is held", async () => {
    pictures.answer(() => undefined);
    const leaving = new AbortController();
    const before = pictures.seen.length;
    const asked = fetch(`${gateway.url}/v1/messages`, {
      method: "POST",
      headers: { authorization: `Bearer ${customer.key}` },
      body: JSON.stringify(imagesOf(`${pictures.url}/slow.png`)),
      signal: leaving.signal,
    }).catch(() => undefined);
    await until("the fetch", () => pictures.seen.length > before);
    leaving.abort();
    await asked;
    await gateway.settled();
    await until("the end of the fetch", () => pictures.last().closed());
    expect(gateway.app.gateway.ledger.heldNanos(customer.walletId)).toBe(0n);
  });

  test("are so many at most, and so large together", async () => {
    pictures.otherwise(picture);
    const many = await ask(
      "/v1/messages",
      imagesOf(...Array.from({ length: 21 }, (_, at) => `${pictures.url}/${at}.png`)),
    );
    expect([many.status, await many.text()]).toEqual([
      400,
      expect.stringContaining("messages[0].content[20]"),
    ]);
    const large = Buffer.concat([PNG, Buffer.alloc(19 * 1024 * 1024)]);
    pictures.otherwise(async (reply) => {
      await reply.head(200, { "content-type": "image/png", "content-length": String(large.length) });
      await reply.write(large);
    });
    const heavy = await ask("/v1/messages", imagesOf(...[1, 2, 3].map((at) => `${pictures.url}/l${at}.png`)));
    expect([heavy.status, await heavy.text()]).toEqual([
      400,
      expect.stringMatching(/messages\[0\].*together/),
    ]);
    expect(upstream.seen).toHaveLength(0);
  });
});

test("what a counter cannot be asked is estimated", async () => {
  const audio = { inlineData: { mimeType: "audio/wav", data: "UklGRgAAAABXQVZF" } };
  const contents = [{ role: "user", parts: [{ text: "Hi" }, audio] }];
  const response = await ask("/v1beta/models/claude-only:countTokens", { contents });
  expect(response.status).toBe(200);
  expect(response.headers.get("x-quoin-warnings")).toContain("estimated");
  expect(upstream.seen).toHaveLength(0);
});
