import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { loadConfig } from "../../src/config/load.ts";
import { readJournal } from "../../src/storage/sqlite/journal.ts";
import { FREE, PLAIN, standardConfig, TWICE } from "../support/config.ts";
import { type FakeUpstream, type Script, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, type RequestView, startGateway, type TestGateway } from "../support/gateway.ts";
import { post, rawClient } from "../support/raw-client.ts";
import { cutSse, json, pausedSse, silence, sse } from "../support/scripts.ts";
import { SAMPLES } from "../support/streams.ts";
import { until } from "../support/until.ts";

let upstream: FakeUpstream;
let second: FakeUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  second = await startFakeUpstream();
  gateway = await startGateway({
    config: standardConfig(upstream.url, {
      second: second.url,
      timeouts: { first_byte_ms: 400, idle_ms: 400 },
    }),
  });
});
afterEach(() => {
  upstream.reset();
  second.reset();
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
  await second.close();
});

const CHAT = SAMPLES["openai-chat"](PLAIN, "\n");
/** Input 200, cached 15,104, audio input 1, output 47, reasoning 40, audio output 2 at the standard price. */
const CHAT_NANOS = 200n * 1_000n + 15_104n * 100n + 1n * 1_000n + (47n + 40n + 2n) * 4_000n;

const chatBody = (model = PLAIN, more = "") =>
  `{"model":"${model}","messages":[{"role":"user","content":"hello"}],"max_tokens":100${more}}`;
const STREAM = ',"stream":true,"stream_options":{"include_usage":true}';

function ask(customer: Customer, body: string, path = "/v1/chat/completions"): Promise<Response> {
  return fetch(gateway.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${customer.key}` },
    body,
  });
}

const GRANTED = 10_000_000_000n;
const spent = (customer: Customer) => GRANTED - gateway.balanceNanos(customer);
const held = (customer: Customer) => gateway.app.gateway.ledger.heldNanos(customer.walletId);

/** The only request of this customer, when nothing runs and nothing is held any more. */
async function only(customer: Customer): Promise<RequestView> {
  const requests = await gateway.requests(customer);
  expect(requests).toHaveLength(1);
  expect(held(customer)).toBe(0n);
  expect(spent(customer)).toBe(BigInt(requests[0]?.charge_nanos ?? -1));
  return requests[0] as RequestView;
}

/** What is durable on the disk about a customer's charges, read past the running process. */
function durableNanos(customer: Customer): bigint[] {
  const lines = readJournal(join(gateway.home.folder, "journal"));
  const rows = lines.flatMap((line) => JSON.parse(line) as unknown[][]);
  const inJournal = rows.filter((row) => row[3] === customer.walletId).map((row) => BigInt(String(row[6])));
  if (inJournal.length > 0) return inJournal;
  const query = "SELECT amount FROM charge WHERE wallet_id = ?";
  return gateway.home.db
    .query<{ amount: bigint }, [Uint8Array]>(query)
    .all(Uint8Array.fromHex(customer.walletId))
    .map(({ amount }) => amount);
}

describe("finished", () => {
  test("a stream is charged exactly once, durably before its end is seen", async () => {
    const customer = await gateway.customer();
    upstream.answer(sse(...CHAT.events));
    const client = await rawClient(gateway.port);
    client.send(post("/v1/chat/completions", customer.key, chatBody(PLAIN, STREAM)));
    let atTheEnd: bigint[] | undefined;
    client.socket.on("data", (chunk: Buffer) => {
      if (chunk.includes("data: [DONE]")) atTheEnd = durableNanos(customer);
    });
    await client.sees("data: [DONE]");
    expect(atTheEnd).toEqual([CHAT_NANOS]);
    expect(await only(customer)).toMatchObject({
      outcome: "finished",
      status: 200,
      usage_source: "reported",
    });
    expect(spent(customer)).toBe(CHAT_NANOS);
    client.kill();
  });

  test("the terminal event waits for the charge, what comes before it does not", async () => {
    const customer = await gateway.customer();
    const { script, more } = pausedSse(CHAT.events.slice(0, CHAT.heldFrom).join(""));
    upstream.answer(script);
    const client = await rawClient(gateway.port);
    client.send(post("/v1/chat/completions", customer.key, chatBody(PLAIN, STREAM)));
    await client.sees('"finish_reason":"tool_calls"');
    expect(durableNanos(customer)).toEqual([]);
    expect(held(customer)).toBeGreaterThan(CHAT_NANOS);
    await more(CHAT.events.at(-1) ?? "");
    await client.sees("data: [DONE]");
    expect(durableNanos(customer)).toEqual([CHAT_NANOS]);
    client.kill();
    await only(customer);
  });

  test("a whole answer is charged before it is seen", async () => {
    const customer = await gateway.customer();
    upstream.answer(json({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 2 } }));
    const response = await ask(customer, chatBody());
    expect(durableNanos(customer)).toEqual([15_000n]);
    await response.text();
    expect(await only(customer)).toMatchObject({ outcome: "finished", charge_nanos: "15000" });
  });

  test("a client that closes at the terminal event has finished, not cancelled", async () => {
    const customer = await gateway.customer();
    upstream.answer(async (reply) => {
      await reply.head(200, { "content-type": "text/event-stream" });
      await reply.write(CHAT.events.join(""));
      // The upstream's own connection stays open behind its end.
    });
    const client = await rawClient(gateway.port);
    client.socket.on("data", (chunk: Buffer) => {
      if (chunk.includes("data: [DONE]")) client.kill();
    });
    client.send(post("/v1/chat/completions", customer.key, chatBody(PLAIN, STREAM)));
    await until("the client's end", () => client.closed());
    expect(await only(customer)).toMatchObject({ outcome: "finished", charge_nanos: String(CHAT_NANOS) });
  });

  test("a model that costs nothing leaves a charge of nothing", async () => {
    const customer = await gateway.customer({ usd: "0" });
    upstream.answer(json({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 2 } }));
    const response = await ask(customer, chatBody(FREE));
    expect(response.status).toBe(200);
    await response.text();
    const [record] = await gateway.requests(customer);
    expect(record).toMatchObject({ outcome: "finished", charge_nanos: "0" });
    expect(durableNanos(customer)).toEqual([0n]);
  });

  test("usage beyond the hold is the operator's, never the customer's", async () => {
    const customer = await gateway.customer();
    upstream.answer(json({ choices: [], usage: { prompt_tokens: 5_000_000, completion_tokens: 2 } }));
    await (await ask(customer, chatBody())).text();
    const { charge_nanos } = await only(customer);
    expect(BigInt(charge_nanos)).toBeLessThan(5_000_000_000n);
    const row = gateway.home.db
      .query<{ amount: bigint; priced: bigint }, [Uint8Array]>(
        "SELECT amount, priced FROM charge WHERE wallet_id = ?",
      )
      .get(Uint8Array.fromHex(customer.walletId));
    expect(row).toEqual({ amount: BigInt(charge_nanos), priced: 5_000_008_000n });
  });

  test("an answer without a report is estimated from both sides' bytes", async () => {
    const customer = await gateway.customer();
    const bodies: [string, string, object][] = [
      ["/v1/chat/completions", chatBody(), { choices: [{ message: { content: "x".repeat(400) } }] }],
      [
        "/v1/messages",
        `{"model":"${PLAIN}","max_tokens":200,"messages":[]}`,
        { content: [{ type: "text", text: "x".repeat(400) }] },
      ],
      [
        `/v1beta/models/${PLAIN}:generateContent`,
        '{"contents":[]}',
        { candidates: [{ content: { parts: [{ text: "x".repeat(400) }] } }] },
      ],
      [
        "/v1/responses",
        `{"model":"${PLAIN}","input":"x","max_output_tokens":200}`,
        { output: [{ type: "message", content: [{ type: "output_text", text: "x".repeat(400) }] }] },
      ],
    ];
    for (const [path, body, answer] of bodies) {
      upstream.answer(json(answer));
      await (await ask(customer, body, path)).text();
      const [record] = await gateway.requests(customer);
      expect(record).toMatchObject({ outcome: "finished", usage_source: "estimated" });
      expect(record?.usage).toMatchObject({ input: Math.ceil(body.length / 3.5), output: 100 });
    }
  });
});

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
      expect(text).toContain("refused Quoin's own credential");
    }
  });

  test("an upstream's own wait is passed on", async () => {
    const customer = await gateway.customer();
    upstream.answer(json({ error: { message: "slow down" } }, 429, { "retry-after": "7" }));
    const response = await ask(customer, chatBody());
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "7"]);
    expect(await only(customer)).toMatchObject({ outcome: "failed" });
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

describe("a client that leaves", () => {
  test("before the head: nothing is charged, the upstream let go", async () => {
    const customer = await gateway.customer();
    upstream.answer(silence);
    const client = await rawClient(gateway.port);
    client.send(post("/v1/chat/completions", customer.key, chatBody()));
    await until("the request at the upstream", () => upstream.seen.length === 1);
    client.kill();
    await until("the upstream's close", () => upstream.last().closed());
    expect(await only(customer)).toMatchObject({ outcome: "failed", status: 499, charge_nanos: "0" });
  });

  test("with half a body: nothing is sent on", async () => {
    const customer = await gateway.customer();
    const client = await rawClient(gateway.port);
    client.send(post("/v1/chat/completions", customer.key, chatBody()).slice(0, -10));
    await until("the request's start", () => gateway.app.gateway.running.size === 1);
    client.kill();
    expect(await only(customer)).toMatchObject({ outcome: "failed", status: 499, charge_nanos: "0" });
    expect(upstream.seen).toHaveLength(0);
  });

  test.each(["reset", "close"] as const)(
    "in mid-stream (%s): input and what was relayed, at once",
    async (how) => {
      const customer = await gateway.customer();
      const said = "x".repeat(800);
      const { script } = pausedSse(`data: {"choices":[{"delta":{"content":"${said}"}}]}\n\n`);
      upstream.answer(script);
      const client = await rawClient(gateway.port);
      const body = chatBody(PLAIN, STREAM);
      client.send(post("/v1/chat/completions", customer.key, body));
      await client.sees(said);
      if (how === "reset") client.kill();
      else client.socket.destroy();
      await until("the upstream's close", () => upstream.last().closed(), 1_000);
      const record = await only(customer);
      expect(record).toMatchObject({ outcome: "cut_by_client", usage_source: "estimated", status: 200 });
      const input = Math.ceil(body.length / 3.5);
      expect(record.usage).toMatchObject({ input, output: 200 });
      expect(record.charge_nanos).toBe(String(BigInt(input) * 1_000n + 200n * 4_000n));
    },
  );

  test("in mid-stream, with a report from before: what came later counts too", async () => {
    const customer = await gateway.customer();
    const first =
      '{"candidates":[{"content":{"parts":[{"text":"a"}]}}],"usageMetadata":{"promptTokenCount":50,"candidatesTokenCount":1}}';
    const later = `{"candidates":[{"content":{"parts":[{"text":"${"y".repeat(400)}"}]}}]}`;
    const { script, more } = pausedSse(`data: ${first}\r\n\r\n`);
    upstream.answer(script);
    const client = await rawClient(gateway.port);
    client.send(
      post(`/v1beta/models/${PLAIN}:streamGenerateContent?alt=sse`, customer.key, '{"contents":[]}'),
    );
    await more(`data: ${later}\r\n\r\n`);
    await client.sees("yyyy");
    client.kill();
    const record = await only(customer);
    expect(record).toMatchObject({ outcome: "cut_by_client", usage_source: "estimated" });
    expect(record.usage).toMatchObject({ input: 50, output: Math.ceil(401 / 4) });
  });

  test("that is only slow is no fault of the upstream's: its stream ends well", async () => {
    const customer = await gateway.customer();
    const filler = `data: {"choices":[{"delta":{"content":"${"z".repeat(60_000)}"}}]}\n\n`;
    upstream.answer(sse(...Array.from({ length: 200 }, () => filler), ...CHAT.events));
    const client = await rawClient(gateway.port);
    client.send(post("/v1/chat/completions", customer.key, chatBody(PLAIN, STREAM)));
    await client.answer();
    client.socket.pause();
    // Longer than the upstream may be silent.
    await Bun.sleep(1_000);
    client.socket.resume();
    await client.sees("data: [DONE]");
    expect(await only(customer)).toMatchObject({ outcome: "finished" });
    client.kill();
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

  test("ends with the last refusal when none serves", async () => {
    const customer = await gateway.customer();
    upstream.otherwise(json({ error: {} }, 503));
    second.otherwise(json({ error: {} }, 503));
    const response = await ask(customer, chatBody(TWICE));
    expect(response.status).toBe(503);
    await response.text();
    const record = await only(customer);
    expect(record.attempts.map(({ outcome }) => outcome)).toEqual(["retryable", "retryable"]);
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

describe("money that is not there", () => {
  test("an empty wallet is 402, Google's 429, and reaches no upstream", async () => {
    const customer = await gateway.customer({ usd: "0" });
    const anthropic = await ask(
      customer,
      `{"model":"${PLAIN}","max_tokens":9,"messages":[]}`,
      "/v1/messages",
    );
    expect([anthropic.status, ((await anthropic.json()) as { error: { type: string } }).error.type]).toEqual([
      402,
      "billing_error",
    ]);
    const chat = await ask(customer, chatBody());
    expect([chat.status, chat.headers.get("x-should-retry")]).toEqual([402, "false"]);
    expect(await chat.text()).toContain("top up, or lower its output limit");
    const gemini = await ask(customer, '{"contents":[]}', `/v1beta/models/${PLAIN}:generateContent`);
    expect(gemini.status).toBe(429);
    expect(await gemini.text()).toContain("RESOURCE_EXHAUSTED");
    expect(upstream.seen).toHaveLength(0);
  });

  test("money that running requests hold is 429 with a wait, and free again after them", async () => {
    // The hold of one request: 1,024 and the body's bytes of input at 2,000, 100 of output at 4,000.
    const customer = await gateway.customer({ usd: "0.003500000" });
    upstream.answer(silence);
    const client = await rawClient(gateway.port);
    client.send(post("/v1/chat/completions", customer.key, chatBody()));
    await until("the first request at the upstream", () => upstream.seen.length === 1);
    const refused = await ask(customer, chatBody());
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await refused.text()).toContain("funds_held");
    client.kill();
    await gateway.settled();
    upstream.answer(json({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 2 } }));
    const served = await ask(customer, chatBody());
    expect(served.status).toBe(200);
    await served.text();
    expect(gateway.balanceNanos(customer)).toBe(3_500_000n - 15_000n);
  });

  test("many at once never take more than there is", async () => {
    const customer = await gateway.customer({ usd: "0.02" });
    upstream.otherwise(json({ choices: [], usage: { prompt_tokens: 1_000, completion_tokens: 100 } }));
    const responses = await Promise.all(Array.from({ length: 60 }, () => ask(customer, chatBody())));
    const statuses = responses.map(({ status }) => status);
    await Promise.all(responses.map((response) => response.text()));
    const served = statuses.filter((status) => status === 200).length;
    expect(statuses.every((status) => [200, 402, 429].includes(status))).toBe(true);
    await gateway.settled();
    expect(gateway.balanceNanos(customer)).toBe(20_000_000n - BigInt(served) * 1_400_000n);
    expect(held(customer)).toBe(0n);
  });
});

test("a price list that changes under a running answer is not its price list", async () => {
  const customer = await gateway.customer();
  const { script, more } = pausedSse(CHAT.events[1] ?? "");
  upstream.answer(script);
  const answer = ask(customer, chatBody(PLAIN, STREAM));
  await until("the request at the upstream", () => upstream.seen.length === 1);
  const config = standardConfig(upstream.url, { second: second.url, timeouts: { idle_ms: 400 } });
  const dearer = JSON.stringify(config).replaceAll('"input":"1.00"', '"input":"9.00"');
  const load = (text: string) => loadConfig(text, { file: "quoin.yaml", env: {} });
  gateway.app.configure(load(dearer));
  await more(CHAT.events.slice(-2).join(""));
  await (await answer).text();
  const old = await only(customer);
  expect(old.charge_nanos).toBe(String(CHAT_NANOS));
  upstream.answer(json({ choices: [], usage: { prompt_tokens: 1 } }));
  await (await ask(customer, chatBody())).text();
  const [young] = await gateway.requests(customer);
  expect(young?.charge_nanos).toBe("9000");
  expect(Number(young?.price_version)).toBe(Number(old.price_version) + 1);
  gateway.app.configure(load(JSON.stringify(config)));
});

test("the receipt names the price list of the model that was served", async () => {
  const customer = await gateway.customer();
  upstream.answer(json({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 2 } }));
  await (await ask(customer, chatBody())).text();
  const { id, price_version } = await only(customer);
  const row = gateway.home.db
    .query<{ price_version: bigint }, [Uint8Array]>("SELECT price_version FROM charge WHERE request_id = ?")
    .get(Uint8Array.fromHex(id));
  expect(row?.price_version).toBe(BigInt(Number(price_version)));
});
