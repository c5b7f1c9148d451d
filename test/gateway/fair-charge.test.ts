import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { PLAIN, standardConfig } from "../support/config.ts";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { CHAT, CHAT_NANOS, chatBody, STREAM } from "../support/money-bench.ts";
import { post, rawClient } from "../support/raw-client.ts";
import { json, pausedSse, sse } from "../support/scripts.ts";
import { until } from "../support/until.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const config = standardConfig(upstream.url, { timeouts: { first_byte_ms: 400, idle_ms: 400 } }) as {
    upstreams: object[];
  };
  const upstreams = config.upstreams.map((each) => ({ ...each, after_cut: "pump" }));
  gateway = await startGateway({ config: { ...config, upstreams } });
});
afterEach(() => upstream.reset());
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

async function ask(customer: Customer, body: string, path = "/v1/chat/completions"): Promise<string> {
  const headers = { authorization: `Bearer ${customer.key}` };
  const response = await fetch(gateway.url + path, { method: "POST", headers, body });
  expect(response.status).toBe(200);
  return await response.text();
}

async function only(customer: Customer) {
  const [record, ...others] = await gateway.requests(customer);
  if (!record || others.length > 0) throw new Error("not one request");
  expect(gateway.balanceNanos(customer)).toBe(10_000_000_000n - BigInt(record.charge_nanos));
  return record;
}

describe("an empty answer costs nothing", () => {
  const EMPTY: readonly [path: string, body: string, answer: object][] = [
    [
      "/v1/chat/completions",
      chatBody(),
      { choices: [{ message: { content: "" } }], usage: { prompt_tokens: 900 } },
    ],
    [
      "/v1/messages",
      `{"model":"${PLAIN}","max_tokens":9,"messages":[]}`,
      { content: [], usage: { input_tokens: 900, output_tokens: 0 } },
    ],
    [
      `/v1beta/models/${PLAIN}:generateContent`,
      '{"contents":[]}',
      { promptFeedback: { blockReason: "SAFETY" }, usageMetadata: { promptTokenCount: 900 } },
    ],
    ["/v1/responses", `{"model":"${PLAIN}","input":"x"}`, { output: [], usage: { input_tokens: 900 } }],
  ];
  test.each(EMPTY)("%s", async (path, body, answer) => {
    const customer = await gateway.customer();
    upstream.answer(json(answer));
    await ask(customer, body, path);
    const record = await only(customer);
    expect(record).toMatchObject({ outcome: "finished", charge_nanos: "0", usage: { input: 900 } });
    expect(record.notes).toContain("empty answer: nothing is charged");
  });

  test("a stream", async () => {
    const customer = await gateway.customer();
    const usage = 'data: {"choices":[],"usage":{"prompt_tokens":50,"completion_tokens":0}}\n\n';
    upstream.answer(sse('data: {"choices":[{"delta":{"content":""}}]}\n\n', usage, "data: [DONE]\n\n"));
    await ask(customer, chatBody(PLAIN, STREAM));
    expect(await only(customer)).toMatchObject({ outcome: "finished", charge_nanos: "0" });
  });

  test("thinking or a call alone is no empty answer", async () => {
    const customer = await gateway.customer();
    upstream.answer(json({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 1 } }));
    await ask(customer, chatBody());
    expect(await only(customer)).toMatchObject({ charge_nanos: "14000" });
  });
});

describe("usage that cannot be", () => {
  const said = "x".repeat(400);

  test("is charged by our own count, and named in the record", async () => {
    const customer = await gateway.customer();
    const usage = { prompt_tokens: 100_001, completion_tokens: 2 };
    upstream.answer(json({ choices: [{ message: { content: said } }], usage }));
    await ask(customer, chatBody());
    const record = await only(customer);
    const input = Math.ceil(chatBody().length / 3.5);
    expect(record).toMatchObject({ usage_source: "estimated", usage: { input, output: 100 } });
    expect(record.charge_nanos).toBe(String(input * 1_000 + 100 * 4_000));
    expect(record.notes.join()).toContain("implausible usage");
  });

  test("waits for the operator, who lets the charge stand or pays it back, once", async () => {
    const customers = [await gateway.customer(), await gateway.customer()];
    const charges: { id: string; charge_nanos: string }[] = [];
    for (const customer of customers) {
      const usage = { prompt_tokens: 100_001, completion_tokens: 2 };
      upstream.answer(json({ choices: [{ message: { content: said } }], usage }));
      await ask(customer, chatBody());
      charges.push(await only(customer));
    }
    const [stands, back] = charges;
    const listed = (await gateway.operate("charges.quarantined", {})) as { charges: { id: string }[] };
    expect(listed.charges.map(({ id }) => id)).toEqual(expect.arrayContaining(charges.map(({ id }) => id)));
    const sum = { amount_nanos: stands?.charge_nanos };
    expect(await gateway.operate("charges.confirm", { id: stands?.id })).toMatchObject(sum);
    expect(await gateway.operate("charges.refund", { id: back?.id })).toMatchObject(sum);
    await expect(gateway.operate("charges.refund", { id: back?.id })).rejects.toThrow(
      "no charge in quarantine",
    );
    const balances = customers.map((customer) => gateway.balanceNanos(customer));
    expect(balances).toEqual([10_000_000_000n - BigInt(stands?.charge_nanos ?? 0), 10_000_000_000n]);
  });

  test("in a stream too, and output as well as input", async () => {
    const customer = await gateway.customer();
    const text = `data: {"choices":[{"delta":{"content":"${said}"}}]}\n\n`;
    const usage = 'data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":100001}}\n\n';
    upstream.answer(sse(text, usage, "data: [DONE]\n\n"));
    await ask(customer, chatBody(PLAIN, STREAM));
    expect(await only(customer)).toMatchObject({ usage_source: "estimated", usage: { output: 100 } });
  });

  test("without any output in the report", async () => {
    const customer = await gateway.customer();
    const usage = { prompt_tokens: 100_001, completion_tokens: 0 };
    upstream.answer(json({ choices: [{ message: { content: said } }], usage }));
    await ask(customer, chatBody());
    expect(await only(customer)).toMatchObject({ usage_source: "estimated", usage: { output: 100 } });
  });

  const MESSAGES = `{"model":"${PLAIN}","max_tokens":50,"messages":[{"role":"user","content":"hi"}]${STREAM}}`;
  const begins = `event: message_start\ndata: {"type":"message_start","message":{"id":"m","usage":{"input_tokens":100001,"output_tokens":1}}}\n\n`;
  const delta = (text: string) =>
    `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${text}"}}\n\n`;
  const expectOurs = async (customer: Customer, outcome: string, output: number) => {
    const record = await only(customer);
    const input = Math.ceil(MESSAGES.length / 3.5);
    expect(record).toMatchObject({ outcome, usage_source: "estimated", usage: { input, output } });
    expect(record.notes.join()).toContain("implausible usage");
    const { charges } = (await gateway.operate("charges.quarantined", {})) as { charges: { id: string }[] };
    expect(charges.map(({ id }) => id)).toContain(record.id);
  };

  test("at the beginning of a stream that its client cuts", async () => {
    const customer = await gateway.customer();
    upstream.answer(pausedSse(begins + delta(said)).script);
    const client = await rawClient(gateway.port);
    client.send(post("/v1/messages", customer.key, MESSAGES));
    await client.sees("xxxx");
    client.kill();
    await expectOurs(customer, "cut_by_client", 100);
  });

  test("at the beginning of a stream that grows: what pays for the text does not go to it", async () => {
    const customer = await gateway.customer({ usd: "0.05" });
    upstream.answer(async (reply) => {
      await reply.head(200, { "content-type": "text/event-stream" });
      await reply.write(begins);
      for (let piece = 0; piece < 10; piece++) {
        await reply.write(delta("y".repeat(1_000)));
        // Read one by one: the hold is looked after between them.
        await Bun.sleep(5);
      }
      await reply.write(`event: message_stop\ndata: {"type":"message_stop"}\n\n`);
      await reply.end();
    });
    const text = await ask(customer, MESSAGES, "/v1/messages");
    expect(text.match(/y{1000}/g)).toHaveLength(10);
    expect(text).not.toContain("max_tokens");
    const [record] = await gateway.requests(customer);
    expect(record).toMatchObject({ outcome: "finished", usage: { output: 2_500 } });
    expect(record?.notes.join()).not.toContain("ended at its output limit");
  });

  test("at the very context it is believed", async () => {
    const customer = await gateway.customer();
    upstream.answer(json({ choices: [], usage: { prompt_tokens: 100_000, completion_tokens: 2 } }));
    await ask(customer, chatBody());
    expect(await only(customer)).toMatchObject({ usage_source: "reported", usage: { input: 100_000 } });
  });
});

describe("a picture counts as one, not as its base64, where we count", () => {
  const PICTURE = "iVBORw0KGgo".repeat(10_000);
  const BODIES: readonly [path: string, body: string, answer: object][] = [
    [
      "/v1/chat/completions",
      `{"model":"${PLAIN}","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,${PICTURE}"}}]}]}`,
      { choices: [{ message: { content: "a cat" } }] },
    ],
    [
      "/v1/messages",
      `{"model":"${PLAIN}","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"${PICTURE}"}}]}]}`,
      { content: [{ type: "text", text: "a cat" }] },
    ],
    [
      "/v1/responses",
      `{"model":"${PLAIN}","input":[{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,${PICTURE}"}]}]}`,
      { output: [{ type: "message", content: [{ type: "output_text", text: "a cat" }] }] },
    ],
    [
      `/v1beta/models/${PLAIN}:generateContent`,
      `{"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"${PICTURE}"}}]}]}`,
      { candidates: [{ content: { parts: [{ text: "a cat" }] } }] },
    ],
  ];

  test.each(BODIES)("%s", async (path, body, answer) => {
    const customer = await gateway.customer();
    upstream.answer(json(answer));
    await ask(customer, body, path);
    const { usage } = await only(customer);
    expect(usage).toMatchObject({ output: 2 });
    expect(usage?.input).toBeWithin(1_500, 1_600);
  });

  test("of a stream that its client cuts", async () => {
    const [, [path, body] = ["", ""]] = BODIES;
    const customer = await gateway.customer();
    upstream.answer(
      pausedSse(
        `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a cat"}}\n\n`,
      ).script,
    );
    const client = await rawClient(gateway.port);
    client.send(post(path, customer.key, body.replace('"max_tokens"', '"stream":true,"max_tokens"')));
    await client.sees("a cat");
    client.kill();
    expect((await only(customer)).usage?.input).toBeWithin(1_500, 1_600);
  });
});

describe("a stream that outgrows its hold", () => {
  // Sixteen tokens were asked for; the upstream gives and reports 10,000.
  const body = `{"model":"${PLAIN}","messages":[{"role":"user","content":"hi"}],"max_tokens":16${STREAM}}`;
  const piece = `data: {"choices":[{"delta":{"content":"${"x".repeat(4_000)}"}}]}\n\n`;
  const pieces = Array.from({ length: 10 }, () => piece);
  const usage = 'data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":10000}}\n\n';

  test("takes more while it runs, and is charged in full", async () => {
    const customer = await gateway.customer();
    upstream.answer(async (reply) => {
      await reply.head(200, { "content-type": "text/event-stream" });
      for (const each of pieces) await reply.write(each);
      await reply.write(`${usage}data: [DONE]\n\n`);
      await reply.end();
    });
    await ask(customer, body);
    expect(await only(customer)).toMatchObject({ charge_nanos: String(5 * 1_000 + 10_000 * 4_000) });
  });

  test("costs what was held where there is no more, and the balance ends at nothing", async () => {
    const customer = await gateway.customer({ usd: "0.003" });
    upstream.answer(sse(...pieces, usage, "data: [DONE]\n\n"));
    await ask(customer, body);
    const [record] = await gateway.requests(customer);
    const charged = BigInt(record?.charge_nanos ?? "0");
    expect(charged).toBeGreaterThan(2_000_000n);
    expect(gateway.balanceNanos(customer)).toBe(3_000_000n - charged);
  });
});

describe("an upstream that is read on after its client has left", () => {
  const readOns = () => gateway.log.filter(({ message }) => message.endsWith("is read on")).length;

  async function leaveAfter(customer: Customer, first: string) {
    const { script, more } = pausedSse(first);
    upstream.answer(script);
    const client = await rawClient(gateway.port);
    client.send(post("/v1/chat/completions", customer.key, chatBody(PLAIN, STREAM)));
    await client.sees("Hällo");
    const before = readOns();
    client.kill();
    await until("the gateway's notice", () => readOns() > before);
    return more;
  }
  const early = CHAT.events.slice(0, 3).join("");

  test("is charged for what it reports at its end", async () => {
    const customer = await gateway.customer();
    const more = await leaveAfter(customer, early);
    await more(CHAT.events.slice(3).join(""));
    const record = await only(customer);
    expect(record).toMatchObject({ outcome: "cut_by_client", usage_source: "reported" });
    expect(record.charge_nanos).toBe(String(CHAT_NANOS));
    await until("the upstream's close", () => upstream.last().closed());
  });

  test("is charged for what was relayed where it falls silent", async () => {
    const customer = await gateway.customer();
    await leaveAfter(customer, early);
    const record = await only(customer);
    const input = Math.ceil(chatBody(PLAIN, STREAM).length / 3.5);
    expect(record).toMatchObject({ outcome: "cut_by_client", usage_source: "estimated", usage: { input } });
    await until("the upstream's close", () => upstream.last().closed());
  });

  test("is let go where it says too much, and charged for what was relayed", async () => {
    const customer = await gateway.customer();
    const more = await leaveAfter(customer, early);
    const piece = `data: {"choices":[{"delta":{"content":"${"x".repeat(512 * 1024)}"}}]}\n\n`;
    let pieces = 0;
    while (pieces < 128 && (await more(piece))) pieces++;
    // 16 MiB, and what sockets hold.
    expect(pieces).toBeWithin(32, 96);
    const record = await only(customer);
    expect(record).toMatchObject({ outcome: "cut_by_client", usage_source: "estimated" });
    expect(record.usage.output).toBeLessThan(100);
  });

  test("is charged for what was relayed where it fails", async () => {
    const customer = await gateway.customer();
    const more = await leaveAfter(customer, early);
    await more('data: {"error":{"message":"overloaded"}}\n\n');
    expect(await only(customer)).toMatchObject({ outcome: "cut_by_client", usage_source: "estimated" });
  });
});

test("the policy is published, from the text of the manual", async () => {
  const response = await fetch(`${gateway.url}/docs/billing`);
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  const html = await response.text();
  expect(html).toContain("What a request costs</a></h1>");
  expect(html).toContain(
    "<td>the answer came and is empty: no text, no thinking, no call</td><td>nothing</td>",
  );
  expect(html).not.toContain("|");
  expect(html).not.toContain("**");
});
