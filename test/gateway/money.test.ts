import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { loadConfig } from "../../src/config/load.ts";
import { FREE, PLAIN, standardConfig } from "../support/config.ts";
import {
  CHAT,
  CHAT_NANOS,
  chatBody,
  type MoneyBench,
  STREAM,
  startMoneyBench,
} from "../support/money-bench.ts";
import { post, rawClient } from "../support/raw-client.ts";
import { json, pausedSse, silence, sse } from "../support/scripts.ts";
import { until } from "../support/until.ts";

let bench: MoneyBench;
let upstream: MoneyBench["upstream"];
let second: MoneyBench["second"];
let gateway: MoneyBench["gateway"];
let ask: MoneyBench["ask"];
let held: MoneyBench["held"];
let spent: MoneyBench["spent"];
let only: MoneyBench["only"];
let durableNanos: MoneyBench["durableNanos"];

beforeAll(async () => {
  bench = await startMoneyBench();
  ({ upstream, second, gateway, ask, held, spent, only, durableNanos } = bench);
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

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
    upstream.answer(json({ choices: [], usage: { prompt_tokens: 90_000, completion_tokens: 2 } }));
    await (await ask(customer, chatBody())).text();
    const { charge_nanos } = await only(customer);
    expect(BigInt(charge_nanos)).toBeLessThan(90_000_000n);
    const row = gateway.home.db
      .query<{ amount: bigint; priced: bigint }, [Uint8Array]>(
        "SELECT amount, priced FROM charge WHERE wallet_id = ?",
      )
      .get(Uint8Array.fromHex(customer.walletId));
    expect(row).toEqual({ amount: BigInt(charge_nanos), priced: 90_008_000n });
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
    expect(await chat.text()).toContain("top up, or send less");
    const gemini = await ask(customer, '{"contents":[]}', `/v1beta/models/${PLAIN}:generateContent`);
    expect(gemini.status).toBe(429);
    expect(await gemini.text()).toContain("RESOURCE_EXHAUSTED");
    expect(upstream.seen).toHaveLength(0);
  });

  test("money that running requests hold is 429 with a wait, and free again after them", async () => {
    // Less than the bound of one request: the first holds all there is.
    const customer = await gateway.customer({ usd: "0.000420000" });
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
    expect(gateway.balanceNanos(customer)).toBe(420_000n - 15_000n);
  });

  test("many at once never take more than there is", async () => {
    const customer = await gateway.customer({ usd: "0.01" });
    upstream.otherwise(json({ choices: [], usage: { prompt_tokens: 1_000, completion_tokens: 100 } }));
    const responses = await Promise.all(Array.from({ length: 60 }, () => ask(customer, chatBody())));
    const statuses = responses.map(({ status }) => status);
    await Promise.all(responses.map((response) => response.text()));
    expect(statuses.every((status) => [200, 402, 429].includes(status))).toBe(true);
    await gateway.settled();
    // The upstream reports more than was counted: each pays its hold at most, the rest is the operator's.
    const charges = (await gateway.requests(customer)).map(({ charge_nanos }) => BigInt(charge_nanos));
    expect(charges.filter((nanos) => nanos > 0n).length).toBe(
      statuses.filter((status) => status === 200).length,
    );
    const balance = gateway.balanceNanos(customer);
    expect(balance).toBe(charges.reduce((left, nanos) => left - nanos, 10_000_000n));
    expect(balance).toBeGreaterThanOrEqual(0n);
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
  await gateway.app.configure(load(dearer));
  await more(CHAT.events.slice(-2).join(""));
  await (await answer).text();
  const old = await only(customer);
  expect(old.charge_nanos).toBe(String(CHAT_NANOS));
  upstream.answer(json({ choices: [{ message: { content: "x" } }], usage: { prompt_tokens: 1 } }));
  await (await ask(customer, chatBody())).text();
  const [young] = await gateway.requests(customer);
  expect(young?.charge_nanos).toBe("9000");
  expect(Number(young?.price_version)).toBe(Number(old.price_version) + 1);
  await gateway.app.configure(load(JSON.stringify(config)));
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
