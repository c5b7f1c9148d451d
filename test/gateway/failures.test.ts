import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { PLAIN, TWICE } from "../support/config.ts";
import type { Script } from "../support/fake-upstream.ts";
import { CHAT, chatBody, type MoneyBench, STREAM, startMoneyBench } from "../support/money-bench.ts";
import { cutSse, json, silence, sse } from "../support/scripts.ts";

let bench: MoneyBench;
let upstream: MoneyBench["upstream"];
let second: MoneyBench["second"];
let gateway: MoneyBench["gateway"];
let ask: MoneyBench["ask"];
let only: MoneyBench["only"];
let durableNanos: MoneyBench["durableNanos"];

beforeAll(async () => {
  bench = await startMoneyBench();
  ({ upstream, second, gateway, ask, only, durableNanos } = bench);
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

describe("refused or failed costs nothing", () => {
  const FAILURES: readonly (readonly [string, string, Script, number])[] = [
    ["an upstream's 500", "", json({ error: { message: "x" } }, 500), 502],
    ["an upstream's 401", "", json({ error: { message: "your key sk-… is bad" } }, 401), 502],
    ["an upstream's 403", "", json({ error: { message: "forbidden" } }, 403), 502],
    ["an upstream's 402", "", json({ error: { message: "no credit" } }, 402), 502],
    ["an upstream's 503", "", json("", 503), 503],
    ["an upstream's 529", "", json("", 529), 503],
    ["an upstream's 504", "", json("", 504), 504],
    ["a redirect", "", json("", 302, { location: "http://127.0.0.1:1/" }), 502],
    ["an upstream's 400", "", json({ error: { message: "bad", type: "invalid_request_error" } }, 400), 400],
    ["an upstream's 404 in other words", "", json("<html>nginx</html>", 404), 404],
    ["an upstream's 422 in other words", "", json({ detail: "field required" }, 422), 400],
    ["an upstream's 413", "", json({ error: { message: "big" } }, 413), 413],
    ["Google's 400 of our key", "", json({ error: { details: [{ reason: "API_KEY_INVALID" }] } }, 400), 502],
    ["a body that is no JSON", "", json("<html>"), 502],
    ["a body that is a list", "", json([1]), 502],
    ["an empty body", "", json("", 200), 502],
    ["204", "", async (reply) => reply.head(204, { "content-length": "0" }), 502],
    ["an error under 200", "", json({ error: { message: "quota" } }), 502],
    [
      "half a body",
      "",
      async (reply) => {
        await reply.head(200, { "content-type": "application/json", "content-length": "100" });
        await reply.write('{"choices":[');
        reply.close();
      },
      502,
    ],
    ["a reset before the head", "", (reply) => reply.reset(), 502],
    ["a close before the head", "", (reply) => reply.close(), 502],
    ["garbage", "", async (reply) => void (await reply.raw("ceci n'est pas HTTP\r\n\r\n")), 502],
    ["silence", "", silence, 504],
    ["silence behind the head", "", (reply) => reply.head(200, { "content-type": "text/event-stream" }), 504],
    ["JSON instead of a stream", STREAM, json({ choices: [] }), 502],
    ["an empty stream", STREAM, sse(), 502],
    ["a stream of comments", STREAM, sse(": hello\n\n", ": again\n\n"), 502],
    ["a stream cut in its first event", STREAM, cutSse("close", 'data: {"id":'), 502],
    [
      "an error as the first event",
      STREAM,
      sse('data: {"error":{"message":"no"}}\n\n', "data: [DONE]\n\n"),
      502,
    ],
    [
      "an error behind comments, cut in pieces",
      STREAM,
      sse(": a\n\n", ": b\n", '\ndata: {"er', 'ror":{"message":"no"}}\n\n'),
      502,
    ],
  ];
  test.each(FAILURES)("%s", async (_, more, script, status) => {
    const customer = await gateway.customer();
    upstream.answer(script);
    const response = await ask(customer, chatBody(PLAIN, more));
    const body = (await response.json()) as { error: { message: string; type: string } };
    expect(response.status).toBe(status);
    expect(body.error.message.length).toBeGreaterThan(2);
    expect(await only(customer)).toMatchObject({ outcome: "failed", status, charge_nanos: "0" });
    expect(durableNanos(customer)).toEqual([]);
  });

  test("an upstream's words about our credential stay with us", async () => {
    const customer = await gateway.customer();
    for (const status of [401, 403]) {
      upstream.answer(json({ error: { message: "Incorrect API key provided: sk-live-1" } }, status));
      const text = await (await ask(customer, chatBody())).text();
      expect(text).not.toContain("sk-live");
      expect(text).toContain("refused the gateway's own credential");
    }
  });

  test("an upstream's own wait is passed on", async () => {
    const customer = await gateway.customer();
    upstream.answer(json({ error: { message: "slow down" } }, 429, { "retry-after": "7" }));
    const response = await ask(customer, chatBody());
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "7"]);
    expect(await only(customer)).toMatchObject({ outcome: "failed" });
  });

  test.each([
    ["0.2", "1"],
    ["99999999", "3600"],
    ["Wed, 21 Oct 2099 07:28:00 GMT", "3600"],
    ["-3", null],
    ["soon", null],
    ["Wed, 21 Oct 2015 07:28:00 GMT", null],
  ])("%j as a wait is told as %j", async (wait, told) => {
    const customer = await gateway.customer();
    upstream.answer(json({ error: { message: "slow down" } }, 429, { "retry-after": wait }));
    const response = await ask(customer, chatBody());
    await response.text();
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, told]);
  });

  test("a compressed answer is read all the same", async () => {
    const customer = await gateway.customer();
    const body = JSON.stringify({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 2 } });
    const packed = Bun.gzipSync(Buffer.from(body));
    upstream.answer(async (reply) => {
      await reply.head(200, { "content-encoding": "gzip", "content-length": String(packed.length) });
      await reply.write(packed);
    });
    const response = await ask(customer, chatBody());
    expect([response.status, await response.text()]).toEqual([200, body]);
    expect(await only(customer)).toMatchObject({ charge_nanos: "15000", usage_source: "reported" });
  });
});

describe("an upstream that dies in mid-stream", () => {
  const CUTS: readonly (readonly [string, Script])[] = [
    ["with RST", cutSse("reset", ...CHAT.events.slice(0, 4))],
    ["with FIN", cutSse("close", ...CHAT.events.slice(0, 4))],
    ["with a proper end, but no terminator", cutSse("end", ...CHAT.events.slice(0, 4))],
    ["in half an event", cutSse("end", ...CHAT.events.slice(0, 4), 'data: {"choices":[{"delta":{"con')],
    [
      "by falling silent",
      async (reply) => {
        await reply.head(200, { "content-type": "text/event-stream" });
        await reply.write(CHAT.events.slice(0, 4).join(""));
      },
    ],
    [
      "saying so",
      sse(...CHAT.events.slice(0, 4), 'data: {"error":{"message":"died"}}\n\n', "data: [DONE]\n\n"),
    ],
  ];
  test.each(CUTS)("%s costs nothing, and is no clean end", async (_, script) => {
    const customer = await gateway.customer();
    upstream.answer(script);
    const text = await (await ask(customer, chatBody(PLAIN, STREAM))).text();
    const relayed = CHAT.events.slice(0, 4).join("");
    expect(text.slice(0, relayed.length)).toBe(relayed);
    const last = text.slice(relayed.length);
    expect(last).toMatch(/^data: \{"error":\{"message":"[^\n]+\}\n\n$/);
    expect(await only(customer)).toMatchObject({
      outcome: "cut_by_upstream",
      status: 200,
      charge_nanos: "0",
    });
  });
});

describe("failover", () => {
  test("goes on to the next target before the first byte, each attempt in the record", async () => {
    const answers: [Script, object][] = [
      [json({ error: {} }, 500), { status: 500, reason: "status 500" }],
      [json({ error: {} }, 401), { status: 401, reason: "status 401" }],
      [json({ error: {} }, 429), { status: 429, reason: "status 429" }],
      [(reply) => reply.reset(), { status: 0, reason: "ECONNRESET" }],
      [silence, { status: 0, reason: "timeout" }],
      [json("<html>"), { status: 200, reason: "not JSON" }],
    ];
    for (const [script, attempt] of answers) {
      const customer = await gateway.customer();
      // A fresh name would be needed to escape the cooldown; the clock of the gateway is real.
      upstream.otherwise(script);
      second.otherwise(json({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 2 } }));
      const response = await ask(customer, chatBody(TWICE));
      expect(response.status).toBe(200);
      await response.text();
      const record = await only(customer);
      const served = { upstream: "openai-2", outcome: "served", status: 200, reason: null };
      const failed = { upstream: "openai", outcome: "retryable", ...attempt };
      if (record.attempts.length === 2) expect(record.attempts).toMatchObject([failed, served]);
      else expect(record.attempts).toMatchObject([served]);
      expect(record.charge_nanos).toBe("15000");
    }
  });

  test("never after it", async () => {
    const customer = await gateway.customer();
    const script = cutSse("reset", CHAT.events[1] ?? "");
    upstream.otherwise(script);
    second.otherwise(script);
    await (await ask(customer, chatBody(TWICE, STREAM))).text();
    expect(upstream.seen.length + second.seen.length).toBe(1);
    expect(await only(customer)).toMatchObject({
      outcome: "cut_by_upstream",
      attempts: [{ outcome: "served" }],
    });
  });

  test("goes by the upstreams of other protocols too, and ends with what the preferred one said", async () => {
    const customer = await gateway.customer();
    upstream.otherwise(json({ error: {} }, 503));
    second.otherwise(json({ error: {} }, 503));
    const response = await ask(customer, chatBody(TWICE));
    expect(response.status).toBe(503);
    await response.text();
    const record = await only(customer);
    const asked = record.attempts.map(({ upstream: id }) => id);
    expect(asked.toSorted()).toEqual([
      "anthropic",
      "anthropic-2",
      "google",
      "google-2",
      "openai",
      "openai-2",
    ]);
    expect(record.attempts.map(({ outcome }) => outcome)).toEqual(Array(6).fill("retryable"));
  });

  test("a refusal of the client's own request is not tried elsewhere", async () => {
    const customer = await gateway.customer();
    const refusal = json(
      { error: { message: "max_tokens is too large", type: "invalid_request_error" } },
      400,
    );
    upstream.otherwise(refusal);
    second.otherwise(refusal);
    const response = await ask(customer, chatBody(TWICE));
    expect([response.status, response.headers.get("x-should-retry")]).toEqual([400, "false"]);
    expect(await response.text()).toContain("max_tokens is too large");
    expect(upstream.seen.length + second.seen.length).toBe(1);
    await only(customer);
  });
});
