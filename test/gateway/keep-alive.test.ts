/**
 * A silent upstream does not make a silent stream: load balancers drop what says nothing for a minute
 * (LESSONS.md, "SSE buffering, pings, time-outs"; BerriAI/litellm#14953, #37322). What each client bears is
 * measured in CLIENTS.md 0.1.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { PROTOCOLS, type Protocol } from "../../src/core/protocol.ts";
import { PLAIN, standardConfig, TWICE } from "../support/config.ts";
import { type FakeUpstream, type Reply, type Script, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { post, type RawClient, rawClient } from "../support/raw-client.ts";
import { json, sse } from "../support/scripts.ts";
import { SAMPLES } from "../support/streams.ts";
import { until } from "../support/until.ts";

/** Deadlines are looked at four times a second, so less makes nothing faster. */
const KEEP_ALIVE = { QUOIN_KEEP_ALIVE_MS: "10" };

let upstream: FakeUpstream;
let second: FakeUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  second = await startFakeUpstream();
  gateway = await startGateway({
    config: standardConfig(upstream.url, { second: second.url }),
    env: KEEP_ALIVE,
  });
});
afterEach(() => {
  upstream.reset();
  second.reset();
  gateway.forgiveTargets();
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
  await second.close();
});

const HELLO = [{ role: "user", content: "hello" }];

const CASES: Readonly<
  Record<Protocol, { path: string; body: object; alive: string; late: string; said: RegExp }>
> = {
  "anthropic-messages": {
    path: "/v1/messages",
    body: { model: PLAIN, max_tokens: 100, stream: true, messages: HELLO },
    alive: 'event: ping\ndata: {"type": "ping"}\n\n',
    late: ": keep-alive\n\n",
    said: /event: error\ndata: \{"type":"error"/,
  },
  "openai-chat": {
    path: "/v1/chat/completions",
    body: { model: PLAIN, stream: true, stream_options: { include_usage: true }, messages: HELLO },
    alive: ": keep-alive\n\n",
    late: ": keep-alive\n\n",
    said: /data: \{"error":/,
  },
  "openai-completions": {
    path: "/v1/completions",
    body: { model: PLAIN, stream: true, stream_options: { include_usage: true }, prompt: "hello" },
    alive: ": keep-alive\n\n",
    late: ": keep-alive\n\n",
    said: /data: \{"error":/,
  },
  "openai-responses": {
    path: "/v1/responses",
    body: { model: PLAIN, stream: true, input: "hello" },
    alive: ": keep-alive\n\n",
    late: ": keep-alive\n\n",
    said: /"type":"response\.failed"/,
  },
  gemini: {
    path: `/v1beta/models/${PLAIN}:streamGenerateContent?alt=sse`,
    body: { contents: [{ role: "user", parts: [{ text: "hello" }] }] },
    alive: "\r\n\r\n",
    late: "\r\n\r\n",
    said: /data: \{"error":/,
  },
};

/** The upstream waits where a script says so until the client has seen a sign of life. */
function gate(): { readonly passed: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

const SSE_HEAD = { "content-type": "text/event-stream; charset=utf-8" };

async function writeAll(reply: Reply, events: readonly string[]): Promise<void> {
  for (const event of events) await reply.write(event);
  await reply.end();
}

async function asked(customer: Customer, path: string, body: object): Promise<RawClient> {
  const client = await rawClient(gateway.port);
  client.send(post(path, customer.key, JSON.stringify(body)));
  return client;
}

/** The body of an answer in chunks. */
function bodyOf(client: RawClient): string {
  const bytes = client.received();
  let rest = bytes.subarray(bytes.indexOf("\r\n\r\n") + 4);
  let body = "";
  for (;;) {
    const line = rest.indexOf("\r\n");
    const size = line < 0 ? 0 : Number.parseInt(rest.toString("latin1", 0, line), 16);
    if (size === 0) return body;
    body += rest.toString("utf8", line + 2, line + 2 + size);
    rest = rest.subarray(line + 4 + size);
  }
}

const LAST_CHUNK = "\r\n0\r\n\r\n";

describe.each(PROTOCOLS.map((protocol) => [protocol] as const))("%s", (protocol) => {
  const { path, body, alive, late, said } = CASES[protocol];
  const sample = SAMPLES[protocol](PLAIN, protocol === "gemini" ? "\r\n" : "\n");
  const whole = sample.events.join("");

  test("silence in mid-stream: signs of life between events, everything else as it came", async () => {
    const customer = await gateway.customer();
    const { passed, open } = gate();
    const said = sample.events.findIndex((event) => event.includes("data:")) + 1;
    const before = sample.events.slice(0, said).join("");
    const behind = sample.events.slice(said);
    upstream.answer(async (reply) => {
      await reply.head(200, SSE_HEAD);
      await reply.write(before);
      await passed;
      await writeAll(reply, behind);
    });
    const client = await asked(customer, path, body);
    await client.sees(`${alive}\r\n`);
    await until("a sign of life behind the first event", () => {
      const text = bodyOf(client);
      return text.startsWith(before) && text.length > before.length;
    });
    open();
    await client.sees(LAST_CHUNK);
    const text = bodyOf(client);
    const rest = text.length - behind.join("").length;
    expect(text.slice(rest)).toBe(behind.join(""));
    expect(text.slice(0, rest).replace(before, "").replaceAll(alive, "")).toBe("");
    const [request] = await gateway.requests(customer);
    expect(request).toMatchObject({ outcome: "finished", usage_source: "reported" });
  });

  test("silence before the answer: the head and signs of life, then the answer, charged as ever", async () => {
    const customer = await gateway.customer();
    const { passed, open } = gate();
    upstream.answer(async (reply) => {
      await passed;
      await reply.head(200, SSE_HEAD);
      await writeAll(reply, sample.events);
    });
    const client = await asked(customer, path, body);
    const { status, headers } = await client.answer();
    expect([status, headers["content-type"]]).toEqual([200, SSE_HEAD["content-type"]]);
    await client.sees(late);
    open();
    await client.sees(LAST_CHUNK);
    const text = bodyOf(client);
    expect(text.slice(text.length - whole.length)).toBe(whole);
    expect(text.slice(0, text.length - whole.length).replaceAll(late, "")).toBe("");
    const [request] = await gateway.requests(customer);
    expect(request).toMatchObject({ outcome: "finished", usage_source: "reported" });
    expect(request?.notes).toContain("the client was sent signs of life before the answer began");
    expect(BigInt(request?.charge_nanos ?? 0)).toBeGreaterThan(0n);
  });

  const FAILURES: readonly (readonly [string, Script])[] = [
    ["the upstream's 400", json({ error: { message: "bad words", type: "invalid_request_error" } }, 400)],
    ["a reset", (reply) => reply.reset()],
  ];
  test.each(FAILURES)(
    "%s behind signs of life is an event, costs nothing and holds nothing",
    async (_, script) => {
      const customer = await gateway.customer();
      const { passed, open } = gate();
      upstream.otherwise(async (reply, seen) => {
        await passed;
        await script(reply, seen);
      });
      const client = await asked(customer, path, body);
      await client.sees(late);
      open();
      await client.sees(LAST_CHUNK);
      expect(bodyOf(client)).toMatch(said);
      const [request] = await gateway.requests(customer);
      expect(request).toMatchObject({ outcome: "failed", charge_nanos: "0" });
      expect(gateway.app.gateway.ledger.heldNanos(customer.walletId)).toBe(0n);
    },
  );

  test("a client that leaves while it waits lets the upstream go and holds nothing", async () => {
    const customer = await gateway.customer();
    upstream.answer(() => undefined);
    const client = await asked(customer, path, body);
    await client.sees(late);
    client.kill();
    const [request] = await gateway.requests(customer);
    expect(request).toMatchObject({ charge_nanos: "0" });
    expect(gateway.app.gateway.ledger.heldNanos(customer.walletId)).toBe(0n);
  });
});

test("another upstream may still be tried behind signs of life", async () => {
  const customer = await gateway.customer();
  const { passed, open } = gate();
  const { path, body, late } = CASES["openai-chat"];
  const chat = SAMPLES["openai-chat"](TWICE, "\n");
  upstream.answer(async (reply) => {
    await passed;
    reply.reset();
  });
  second.answer(sse(...chat.events));
  const client = await asked(customer, path, { ...body, model: TWICE });
  await client.sees(late);
  open();
  await client.sees(LAST_CHUNK);
  expect(bodyOf(client)).toEndWith(chat.events.join(""));
  const [request] = await gateway.requests(customer);
  expect(request?.attempts.map(({ upstream: id }) => id)).toEqual(["openai", "openai-2"]);
});

test("Gemini's array stays JSON", async () => {
  const customer = await gateway.customer();
  const { passed, open } = gate();
  const { body } = CASES.gemini;
  const sample = SAMPLES.gemini(PLAIN, "\r\n");
  upstream.answer(async (reply) => {
    await passed;
    await reply.head(200, SSE_HEAD);
    await writeAll(reply, sample.events);
  });
  const client = await asked(customer, `/v1beta/models/${PLAIN}:streamGenerateContent`, body);
  await client.sees("\r\n\r\n\r\n");
  open();
  await client.sees(LAST_CHUNK);
  expect(JSON.parse(bodyOf(client))).toBeArray();
});

describe("the vendors' SDKs read on through signs of life", () => {
  /** Answers late, and falls silent behind its first event. */
  function slowly(protocol: Protocol): void {
    const { events } = SAMPLES[protocol](PLAIN, protocol === "gemini" ? "\r\n" : "\n");
    upstream.answer(async (reply) => {
      await Bun.sleep(600);
      await reply.head(200, SSE_HEAD);
      await reply.write(events[0] ?? "");
      await Bun.sleep(600);
      await writeAll(reply, events.slice(1));
    });
  }

  test("anthropic", async () => {
    slowly("anthropic-messages");
    const { key } = await gateway.customer();
    const client = new Anthropic({ baseURL: gateway.url, apiKey: key, maxRetries: 0 });
    const message = await client.messages
      .stream({ model: PLAIN, max_tokens: 100, messages: [{ role: "user", content: "hello" }] })
      .finalMessage();
    expect(message.stop_reason).not.toBeNull();
  });

  test("openai: chat and responses", async () => {
    const { key } = await gateway.customer();
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key, maxRetries: 0 });
    slowly("openai-chat");
    const chat = client.chat.completions.stream({
      model: PLAIN,
      messages: [{ role: "user", content: "hello" }],
    });
    expect((await chat.finalChatCompletion()).choices[0]?.finish_reason).toBeString();
    slowly("openai-responses");
    const events = await Array.fromAsync(
      await client.responses.create({ model: PLAIN, input: "hello", stream: true }),
    );
    expect(events.at(-1)?.type).toBe("response.completed");
  });

  test("google", async () => {
    slowly("gemini");
    const { key } = await gateway.customer();
    const client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: gateway.url } });
    const chunks = await Array.fromAsync(
      await client.models.generateContentStream({ model: PLAIN, contents: "hello" }),
    );
    expect(chunks.at(-1)?.candidates?.[0]?.finishReason).toBeString();
  });
});
