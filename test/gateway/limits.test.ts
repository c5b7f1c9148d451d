import { afterAll, afterEach, beforeAll, describe, expect, setSystemTime, test } from "bun:test";
import type { Protocol } from "../../src/core/protocol.ts";
import { handleRequest } from "../../src/gateway/handle-request.ts";
import { limiterOver } from "../../src/limits/limiter.ts";
import { FREE, PLAIN, standardConfig } from "../support/config.ts";
import { type FakeUpstream, type Script, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { post, rawClient } from "../support/raw-client.ts";
import { cutSse, json, pausedSse, sse } from "../support/scripts.ts";
import { SAMPLES } from "../support/streams.ts";
import { until } from "../support/until.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;

const PLANS = [
  { id: "free", key_prefix: "qn_free_" },
  { id: "slow", key_prefix: "qn_slow_", limits: { requests_per_minute: 2, tokens_per_minute: 100_000 } },
  { id: "one", key_prefix: "qn_one_", limits: { concurrency: 1 } },
  { id: "tokens", key_prefix: "qn_tokens_", limits: { tokens_per_minute: 3_000 } },
  { id: "together", key_prefix: "qn_together_", account_limits: { requests_per_day: 1 } },
];

beforeAll(async () => {
  upstream = await startFakeUpstream();
  gateway = await startGateway({ config: standardConfig(upstream.url, { plans: PLANS }) });
});
afterEach(() => upstream.reset());
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const MESSAGES = [{ role: "user", content: "hello" }];

const PLACES: Record<Protocol, { path: string; body: object }> = {
  "openai-chat": { path: "/v1/chat/completions", body: { messages: MESSAGES } },
  "openai-responses": { path: "/v1/responses", body: { input: "hello" } },
  "openai-completions": { path: "/v1/completions", body: { prompt: "hello" } },
  "anthropic-messages": { path: "/v1/messages", body: { messages: MESSAGES, max_tokens: 100 } },
  gemini: { path: `/v1beta/models/${PLAIN}:generateContent`, body: { contents: [] } },
};

function ask(customer: Customer, protocol: Protocol = "openai-chat", more: object = {}): Promise<Response> {
  const { path, body } = PLACES[protocol];
  return fetch(gateway.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${customer.key}` },
    body: JSON.stringify(protocol === "gemini" ? { ...body, ...more } : { model: PLAIN, ...body, ...more }),
  });
}

const chat = (prompt: number, completion: number): Script =>
  json({ choices: [], usage: { prompt_tokens: prompt, completion_tokens: completion } });

const WHOLE: Record<Protocol, Script> = {
  "openai-chat": chat(10, 10),
  "openai-completions": chat(10, 10),
  "openai-responses": json({ id: "resp_1", usage: { input_tokens: 10, output_tokens: 10 } }),
  "anthropic-messages": json({ id: "msg_1", usage: { input_tokens: 10, output_tokens: 10 } }),
  gemini: json({ usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 10 } }),
};

const limitsIn = (response: Response): Record<string, string> =>
  Object.fromEntries([...response.headers].filter(([name]) => name.includes("ratelimit")));

const OPENAI = ["openai-chat", "openai-responses", "openai-completions"] as const;

describe("every answer", () => {
  test.each(OPENAI)("of %s tells of its limits as OpenAI does", async (protocol) => {
    const customer = await gateway.customer({ plan: "slow" });
    upstream.otherwise(WHOLE[protocol]);
    const response = await ask(customer, protocol, protocol === "openai-responses" ? {} : { max_tokens: 50 });
    await response.text();
    expect([response.status, limitsIn(response)]).toMatchObject([
      200,
      {
        "x-ratelimit-limit-requests": "2",
        "x-ratelimit-remaining-requests": "1",
        "x-ratelimit-reset-requests": "1m1s",
        "x-ratelimit-limit-tokens": "100000",
        "x-ratelimit-reset-tokens": "1m1s",
      },
    ]);
  });

  test("of Anthropic Messages tells of them as Anthropic does", async () => {
    const customer = await gateway.customer({ plan: "slow" });
    upstream.otherwise(WHOLE["anthropic-messages"]);
    const response = await ask(customer, "anthropic-messages");
    await response.text();
    const { "anthropic-ratelimit-requests-reset": reset = "", ...limits } = limitsIn(response);
    expect(limits).toMatchObject({
      "anthropic-ratelimit-requests-limit": "2",
      "anthropic-ratelimit-requests-remaining": "1",
      "anthropic-ratelimit-tokens-limit": "100000",
    });
    expect(reset).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(Date.parse(reset) - Date.now()).toBeWithin(58_000, 62_000);
  });

  test("of Gemini has no such headers, and neither has one without limits", async () => {
    upstream.otherwise(WHOLE.gemini);
    const slow = await ask(await gateway.customer({ plan: "slow" }), "gemini");
    expect(limitsIn(slow)).toEqual({});
    upstream.otherwise(WHOLE["openai-chat"]);
    expect(limitsIn(await ask(await gateway.customer({ plan: "free" })))).toEqual({});
  });

  test("that streams, and one that the upstream refused, tell of them too", async () => {
    const customer = await gateway.customer({ plan: "slow" });
    upstream.answer(sse(...SAMPLES["openai-chat"](PLAIN, "\n").events));
    const stream = await ask(customer, "openai-chat", { stream: true });
    await stream.text();
    upstream.answer(json({ error: { message: "no" } }, 400));
    const refused = await ask(customer);
    expect(refused.status).toBe(400);
    expect([stream, refused].map((one) => one.headers.get("x-ratelimit-remaining-requests"))).toEqual([
      "1",
      "0",
    ]);
  });
});

describe("a request above a limit", () => {
  test.each([...OPENAI, "anthropic-messages", "gemini"] as const)(
    "of %s is a 429 that says when",
    async (protocol) => {
      const customer = await gateway.customer({ plan: "slow" });
      upstream.otherwise(WHOLE[protocol]);
      for (let count = 0; count < 2; count++) expect((await ask(customer, protocol)).status).toBe(200);
      const seen = upstream.seen.length;
      const response = await ask(customer, protocol);
      const text = await response.text();
      expect(response.status).toBe(429);
      expect(text).toContain("This API key may make 2 requests a minute, and has; try again in ");
      expect(Number(response.headers.get("retry-after"))).toBeWithin(58, 62);
      expect(Number(response.headers.get("retry-after-ms"))).toBeWithin(58_000, 61_000);
      expect(response.headers.get("x-should-retry")).toBeNull();
      expect(text.includes('"retryDelay":"')).toBe(protocol === "gemini");
      expect(Object.keys(limitsIn(response)).length).toBe(protocol === "gemini" ? 0 : 6);
      expect(upstream.seen.length).toBe(seen);
      const [record] = await gateway.requests(customer);
      expect(record).toMatchObject({ status: 429, charge_nanos: "0", attempts: [] });
    },
  );

  test("of the account's day counts all of its keys", async () => {
    const customer = await gateway.customer({ plan: "together" });
    const other = await gateway.customer({ plan: "together", account: customer.account });
    upstream.otherwise(WHOLE["openai-chat"]);
    expect((await ask(customer)).status).toBe(200);
    const response = await ask(other);
    expect(response.status).toBe(429);
    expect(await response.text()).toContain(
      "All keys of this account together may make 1 request a day (UTC)",
    );
    expect((await ask(await gateway.customer({ plan: "together" }))).status).toBe(200);
  });
});

describe("tokens", () => {
  /** Of a model whose answers are not known yet, so that they are taken to be as long as they may. */
  const UP_TO_900 = { model: FREE, max_tokens: 900 };
  const left = (response: Response) => Number(response.headers.get("x-ratelimit-remaining-tokens"));

  test("are reserved by estimate and corrected when the answer is there", async () => {
    const customer = await gateway.customer({ plan: "tokens" });
    upstream.otherwise(chat(100, 400));
    const first = await ask(customer, "openai-chat", UP_TO_900);
    await first.text();
    // 900 of output and some of input were reserved, 500 were used.
    expect(left(first)).toBeWithin(2_000, 2_100);
    const second = await ask(customer, "openai-chat", UP_TO_900);
    await second.text();
    expect(left(second)).toBe(left(first) - 500);
  });

  test("that were reserved for nothing are given back", async () => {
    const customer = await gateway.customer({ plan: "tokens" });
    upstream.otherwise(json({ error: { message: "no" } }, 400));
    for (let count = 0; count < 6; count++) {
      const response = await ask(customer, "openai-chat", UP_TO_900);
      expect([response.status, left(response) > 2_000]).toEqual([400, true]);
    }
  });

  test("of a picture in base64 are those of a picture", async () => {
    const customer = await gateway.customer({ plan: "slow" });
    upstream.otherwise(chat(1_000, 10));
    const url = `data:image/png;base64,${"iVBORw0KGgo".repeat(100_000)}`;
    const content = [{ type: "image_url", image_url: { url } }];
    const messages = [{ role: "user", content }];
    const response = await ask(customer, "openai-chat", { messages, max_tokens: 10 });
    expect([response.status, left(response) > 98_000]).toEqual([200, true]);
  });
});

describe("a place among those that run", () => {
  const events = SAMPLES["openai-chat"](PLAIN, "\n").events;
  const opening = events.slice(0, 2).join("");
  const STREAM = { stream: true };
  const held = () => gateway.app.gateway.limiter.held;

  test("is taken until the answer has ended", async () => {
    const customer = await gateway.customer({ plan: "one" });
    const { script, more, end } = pausedSse(opening);
    upstream.answer(script);
    const running = await ask(customer, "openai-chat", STREAM);
    const denied = await ask(customer);
    expect([denied.status, denied.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(await denied.text()).toContain("may have 1 request running at a time");
    for (const event of events.slice(2)) await more(event);
    await end();
    await running.text();
    upstream.answer(WHOLE["openai-chat"]);
    expect((await ask(customer)).status).toBe(200);
  });

  const ENDINGS: [string, Script, object, number][] = [
    ["a whole answer", WHOLE["openai-chat"], {}, 200],
    ["a stream", sse(...events), STREAM, 200],
    ["a refusal by the upstream", json({ error: { message: "no" } }, 400), {}, 400],
    ["a refusal in other words", json("nonsense", 404), {}, 404],
    ["a failure of the upstream", json({ error: { message: "no" } }, 500), {}, 502],
    ["an answer that is none", json("nonsense"), {}, 502],
    ["a stream that is cut", cutSse("reset", opening), STREAM, 200],
    ["a stream that ends early", cutSse("end", opening), STREAM, 200],
    ["a stream that says it failed", sse(opening, 'data: {"error":{"message":"no"}}\n\n'), STREAM, 200],
    ["a stream without an event", sse(), STREAM, 502],
  ];
  test.each(ENDINGS)("is free after %s", async (_, script, more, status) => {
    const customer = await gateway.customer({ plan: "one" });
    for (let count = 0; count < 2; count++) {
      upstream.otherwise(script);
      const response = await ask(customer, "openai-chat", more);
      await response.text().catch(() => "cut");
      expect(response.status).toBe(status);
      await gateway.settled();
      expect(held()).toBe(0);
    }
  });

  test("is free after a request that no money is there for", async () => {
    const customer = await gateway.customer({ plan: "one", usd: "0" });
    for (let count = 0; count < 2; count++) expect((await ask(customer)).status).toBe(402);
    expect(held()).toBe(0);
  });

  test.each(["in mid-stream", "before the answer"])("is free after a client left %s", async (when) => {
    const customer = await gateway.customer({ plan: "one" });
    const { script } = pausedSse(opening);
    upstream.answer(when === "in mid-stream" ? script : () => undefined);
    const client = await rawClient(gateway.port);
    const body = JSON.stringify({ model: PLAIN, messages: MESSAGES, stream: true });
    const sent = upstream.seen.length;
    client.send(post("/v1/chat/completions", customer.key, body));
    if (when === "in mid-stream") await client.sees("data: ");
    else while (upstream.seen.length === sent) await Bun.sleep(2);
    expect(held()).toBe(1);
    client.kill();
    await gateway.settled();
    upstream.answer(WHOLE["openai-chat"]);
    expect((await ask(customer)).status).toBe(200);
  });
});

describe("a request whose place was given away", () => {
  const events = SAMPLES["openai-chat"](PLAIN, "\n").events;
  afterEach(() => void setSystemTime());

  /** Another comes in when the permit was not renewed in time. */
  async function takePlace(customer: Customer): Promise<void> {
    setSystemTime(Date.now() + 31_000);
    const { script, more, end } = pausedSse(events.slice(0, 2).join(""));
    upstream.answer(script);
    const other = ask(customer, "openai-chat", { stream: true });
    await until("another in its place", () => gateway.app.gateway.limiter.held === 2);
    await gateway.app.gateway.limiter.renew();
    await more(events.slice(2).join(""));
    await end();
    await (await other).text();
  }

  test.each([true, false])("is cut and told, its upstream too (streamed: %p)", async (stream) => {
    const customer = await gateway.customer({ plan: "one" });
    const before = gateway.balanceNanos(customer);
    const { script } = pausedSse(events.slice(0, 2).join(""));
    upstream.answer(stream ? script : () => undefined);
    const running = ask(customer, "openai-chat", { stream });
    if (stream) await running;
    else await until("the request at the upstream", () => upstream.seen.length === 1);
    const atUpstream = upstream.last();
    await takePlace(customer);
    const response = await running;
    const said = await response.text();
    expect(said).toContain("could not keep this request's place");
    expect(response.status).toBe(stream ? 200 : 503);
    await until("the upstream let go", () => atUpstream.closed());
    const records = await gateway.requests(customer);
    expect(records.map(({ charge_nanos }) => charge_nanos !== "0").sort()).toEqual([false, true]);
    expect(gateway.balanceNanos(customer)).toBeLessThan(before);
  });
});

test("limits that cannot be counted let nothing through: 503, and once more in a second", async () => {
  const customer = await gateway.customer({ plan: "one" });
  let asked = 0;
  const away = () => {
    asked++;
    return Promise.reject(new Error("away"));
  };
  const store = { acquire: away, end: () => undefined, renew: () => [], close: () => undefined };
  const limiter = limiterOver({ store, log: () => undefined });
  const request = new Request("http://gateway/v1/chat/completions", {
    method: "POST",
    headers: { authorization: `Bearer ${customer.key}` },
    body: JSON.stringify({ model: PLAIN, messages: MESSAGES }),
  });
  const response = await handleRequest({ ...gateway.app.gateway, limiter }, request);
  expect([response.status, response.headers.get("retry-after"), asked]).toEqual([503, "1", 1]);
  expect(await response.json()).toMatchObject({ error: { code: "service_unavailable" } });
  expect(upstream.seen.length).toBe(0);
});
