/** Speech: bytes that pass as they come, an end that waits for its charge, a cut that nobody takes for the end. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import OpenAI from "openai";
import { sideConfig } from "../../support/beside-text.ts";
import type { Script } from "../../support/fake-upstream.ts";
import { type FakeUpstream, startFakeUpstream } from "../../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../../support/gateway.ts";
import { post, rawClient } from "../../support/raw-client.ts";
import { json, sse } from "../../support/scripts.ts";
import { until } from "../../support/until.ts";

let upstream: FakeUpstream;
let second: FakeUpstream;
let gateway: TestGateway;
let customer: Customer;

beforeAll(async () => {
  [upstream, second] = await Promise.all([startFakeUpstream(), startFakeUpstream()]);
  gateway = await startGateway({ config: sideConfig(upstream.url, { second: second.url }) });
  customer = await gateway.customer();
});
afterEach(() => {
  upstream.reset();
  second.reset();
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([upstream.close(), second.close()]);
});

function ask(body: string | object, path = "/v1/audio/speech", who = customer): Promise<Response> {
  return fetch(gateway.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${who.key}` },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

const lastRequest = async (who = customer) => {
  const [request] = await gateway.requests(who);
  if (!request) throw new Error("no request was recorded");
  return request;
};

const MP3 = { "content-type": "audio/mpeg" };
/** Bytes that are no text in any encoding, and look like events and JSON in places. */
const AUDIO = [
  Uint8Array.from([0xff, 0xfb, 0x90, 0x00, 0x0a, 0x0a, 0x00]),
  new TextEncoder().encode('data: {"error":{"message":"no"}}\n\n'),
  Uint8Array.from({ length: 5_000 }, (_, at) => (at * 37) % 256),
];
const WHOLE = Buffer.concat(AUDIO);

function audio(...pieces: readonly Uint8Array[]): Script {
  return async (reply) => {
    await reply.head(200, MP3);
    for (const piece of pieces) await reply.write(piece);
    await reply.end();
  };
}

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

describe("bytes pass", () => {
  test.each(["mp3", "opus", "aac", "flac", "wav", "pcm"])(
    "of %s, as the upstream types them",
    async (format) => {
      upstream.answer(async (reply) => {
        await reply.head(200, { "content-type": `audio/${format}`, "content-length": String(WHOLE.length) });
        for (const piece of AUDIO) await reply.write(piece);
      });
      const body = `{ "input":"h\\u00e9","voice":"alloy" ,"response_format":"${format}","model":"voice","x":1.0}`;
      const response = await ask(body);
      expect(response.headers.get("content-type")).toBe(`audio/${format}`);
      expect((await bytesOf(response)).equals(WHOLE)).toBe(true);
      expect(upstream.last()).toMatchObject({
        path: "/o/v1/audio/speech",
        text: body.replace('"voice","x"', '"vendor-tts","x"'),
      });
    },
  );

  test("through the SDK", async () => {
    upstream.answer(audio(...AUDIO));
    const client = new OpenAI({ apiKey: customer.key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
    const response = await client.audio.speech.create({ model: "voice", input: "x", voice: "alloy" });
    expect((await bytesOf(response)).equals(WHOLE)).toBe(true);
  });

  test.each([
    "/api/v1/tts/text_to_audio",
    "/v1/tts/text_to_audio",
    "/openai/v1/audio/speech",
    "/audio/speech",
  ])("%s is served, and text means input", async (path) => {
    upstream.answer(audio(...AUDIO));
    const response = await ask('{"model":"voice", "text" : "hi","voice":"a"}', path);
    expect((await bytesOf(response)).length).toBe(WHOLE.length);
    expect(upstream.last().text).toBe('{"model":"vendor-tts", "input":"hi","voice":"a"}');
  });

  test("each piece as it comes, the end when it is charged", async () => {
    const gate = Promise.withResolvers<void>();
    upstream.answer(async (reply) => {
      await reply.head(200, MP3);
      await reply.write("first piece");
      await gate.promise;
      await reply.write("second piece");
      await reply.end();
    });
    const client = await rawClient(gateway.port);
    const body = '{"model":"voice","input":"héllo wörld","voice":"a"}';
    client.send(post("/v1/audio/speech", customer.key, body));
    await client.sees("first piece");
    expect(client.text()).not.toContain("second piece");
    gate.resolve();
    await client.sees("0\r\n\r\n");
    expect(gateway.balanceNanos(customer)).toBeLessThan(10_000_000_000n);
    client.kill();
  });
});

describe("what it costs", () => {
  test("each Unicode character", async () => {
    upstream.answer(audio(...AUDIO));
    await bytesOf(await ask({ model: "voice", input: "a é 🙂 漢", voice: "a" }));
    expect(await lastRequest()).toMatchObject({
      protocol: "openai-speech",
      operation: "speak",
      usage: { characters: 7, input: 0 },
      usage_source: "reported",
      charge_nanos: String(7 * 15_000),
    });
  });

  const DELTA = 'data: {"type":"speech.audio.delta","audio":"AAAA"}\n\n';
  const DONE =
    'data: {"type":"speech.audio.done","usage":{"input_tokens":3,"output_tokens":20,"total_tokens":23}}\n\n';

  test("tokens, as the last event reports them", async () => {
    upstream.answer(sse(DELTA, DONE));
    const response = await ask({ model: "voice-tokens", input: "one two", voice: "a", stream_format: "sse" });
    expect(response.headers.get("content-type")).toStartWith("text/event-stream");
    expect(await response.text()).toBe(DELTA + DONE);
    expect(await lastRequest()).toMatchObject({
      usage: { input: 3, audio_output: 20, characters: 7 },
      usage_source: "reported",
      charge_nanos: String(3 * 1_000 + 20 * 10_000),
    });
  });

  test("tokens that bytes do not report: 1.4 for a character", async () => {
    upstream.answer(audio(...AUDIO));
    await bytesOf(await ask({ model: "voice-tokens", input: "one two", voice: "a" }));
    expect(await lastRequest()).toMatchObject({
      usage: { input: 2, audio_output: 10, characters: 7 },
      usage_source: "estimated",
      charge_nanos: String(2 * 1_000 + 10 * 10_000),
    });
  });

  test("more than the balance: 402, and the upstream is not asked", async () => {
    const poor = await gateway.customer({ usd: "0.0001" });
    const response = await ask(
      { model: "voice", input: "far too long", voice: "a" },
      "/v1/audio/speech",
      poor,
    );
    expect(response.status).toBe(402);
    expect(upstream.seen).toHaveLength(0);
    upstream.answer(audio(...AUDIO));
    expect((await ask({ model: "voice", input: "short", voice: "a" }, "/v1/audio/speech", poor)).status).toBe(
      200,
    );
  });
});

describe("what fails", () => {
  test("before the first byte goes on to the next target", async () => {
    const page = json("<html>not found here</html>", 200, { "content-type": "text/html" });
    for (const broken of [
      json({ error: { message: "busy" } }, 503),
      json({ error: { message: "odd" } }),
      page,
      audio(),
    ]) {
      upstream.answer(broken);
      second.answer(audio(...AUDIO));
      const response = await ask({ model: "voice", input: "x", voice: "a" });
      expect((await bytesOf(response)).equals(WHOLE)).toBe(true);
    }
  });

  test("a refusal passes, and is free", async () => {
    for (const server of [upstream, second])
      server.answer(json({ error: { message: "Invalid voice.", type: "invalid_request_error" } }, 400));
    const response = await ask({ model: "voice", input: "x", voice: "nobody" });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { message: "Invalid voice." } },
    ]);
    expect((await lastRequest()).charge_nanos).toBe("0");
  });

  test.each(["reset", "close"] as const)(
    "in the middle (%s): the connection is cut, and nothing is charged",
    async (how) => {
      const who = await gateway.customer();
      const cut: Script = async (reply) => {
        await reply.head(200, MP3);
        await reply.write("half of it");
        await Bun.sleep(20);
        reply[how]();
      };
      upstream.answer(cut);
      second.answer(cut);
      const client = await rawClient(gateway.port);
      client.send(post("/v1/audio/speech", who.key, '{"model":"voice","input":"xxx","voice":"a"}'));
      await client.sees("half of it");
      await until("the connection being cut", () => client.closed());
      expect(client.text()).not.toContain("0\r\n\r\n");
      expect(await lastRequest(who)).toMatchObject({ outcome: "cut_by_upstream", charge_nanos: "0" });
    },
  );

  test("events that end too early end with an error, and are free", async () => {
    const script = sse('data: {"type":"speech.audio.delta","audio":"AAAA"}\n\n');
    upstream.answer(script);
    second.answer(script);
    const response = await ask({ model: "voice", input: "x", voice: "a", stream_format: "sse" });
    expect(await response.text()).toContain('"error"');
    expect((await lastRequest()).charge_nanos).toBe("0");
  });

  test("a client that leaves pays for what it asked for, once the first byte has gone", async () => {
    const who = await gateway.customer();
    const endless: Script = async (reply) => {
      await reply.head(200, MP3);
      while (await reply.write(new Uint8Array(1_000))) await Bun.sleep(5);
    };
    upstream.answer(endless);
    second.answer(endless);
    const client = await rawClient(gateway.port);
    client.send(post("/v1/audio/speech", who.key, '{"model":"voice","input":"abcde","voice":"a"}'));
    await client.sees("audio/mpeg");
    await until("the first bytes", () => client.received().length > 1_000);
    client.kill();
    expect(await lastRequest(who)).toMatchObject({
      outcome: "cut_by_client",
      usage: { characters: 5 },
      charge_nanos: String(5 * 15_000),
    });
  });

  test.each([
    [{ voice: "a" }, "input"],
    [{ input: "" }, "input"],
    [{ input: "x", text: "y" }, "text"],
    [{ input: "x", stream_format: "ogg" }, "stream_format"],
  ])("%j is a clear 400", async (fields, param) => {
    const response = await ask({ model: "voice", ...fields });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param } });
  });
});

test("defaults of the operator hold where the client says nothing", async () => {
  const own = await startGateway({
    config: {
      upstreams: [{ id: "o", provider: "openai-compatible", base_url: `${upstream.url}/v1` }],
      models: [
        {
          id: "voice",
          category: "speech",
          price: { characters: "1" },
          defaults: { voice: "alloy", speed: 2 },
          targets: [{ upstream: "o" }],
        },
      ],
    },
  });
  const who = await own.customer();
  upstream.answer(audio(...AUDIO));
  const response = await fetch(`${own.url}/v1/audio/speech`, {
    method: "POST",
    headers: { authorization: `Bearer ${who.key}` },
    body: '{"model":"voice","input":"x","speed":1.0}',
  });
  await response.arrayBuffer();
  expect(JSON.parse(upstream.last().text)).toEqual({ voice: "alloy", model: "voice", input: "x", speed: 1 });
  await own.close();
});
