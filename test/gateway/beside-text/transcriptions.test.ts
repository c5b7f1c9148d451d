/** Forms with audio: passed on as they come, metered by what is known of their length, refused cleanly. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import OpenAI, { toFile } from "openai";
import { BOUNDARY, FORM_TYPE, formOf, type Piece, sideConfig, wavOf } from "../../support/beside-text.ts";
import { UPSTREAM_KEY } from "../../support/config.ts";
import { type FakeUpstream, startFakeUpstream } from "../../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../../support/gateway.ts";
import { type RawClient, rawClient } from "../../support/raw-client.ts";
import { json, sse } from "../../support/scripts.ts";
import { type SlowUpstream, startSlowUpstream } from "../../support/slow-upstream.ts";
import { until } from "../../support/until.ts";

const BYTES_MAX = 2 * 1024 * 1024;
const DEADLINE_MS = 1_500;

let upstream: FakeUpstream;
let second: FakeUpstream;
let gateway: TestGateway;
let customer: Customer;

beforeAll(async () => {
  [upstream, second] = await Promise.all([startFakeUpstream(), startFakeUpstream()]);
  gateway = await startGateway({
    config: sideConfig(upstream.url, { second: second.url }),
    env: { QUOIN_UPLOAD_BYTES_MAX: String(BYTES_MAX), QUOIN_UPLOAD_DEADLINE_MS: String(DEADLINE_MS) },
  });
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

const PATH = "/v1/audio/transcriptions";

function ask(pieces: readonly Piece[], { path = PATH, who = customer } = {}): Promise<Response> {
  return fetch(gateway.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${who.key}`, "content-type": FORM_TYPE },
    body: Uint8Array.from(formOf(pieces)),
  });
}

/** As a stream, whose length nobody knows before its end. */
function inPieces(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + 10_000));
      at += 10_000;
    },
  });
}

const file = (seconds = 3): Piece => ["file", wavOf(seconds), "a.wav"];

const lastRequest = async (who = customer) => {
  const [request] = await gateway.requests(who);
  if (!request) throw new Error("no request was recorded");
  return request;
};

const openai = () => new OpenAI({ apiKey: customer.key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });

describe("a form passes as it is but for the model's name", () => {
  const rest: Piece[] = [
    ["language", "en"],
    ["timestamp_granularities[]", "word"],
    ["timestamp_granularities[]", "segment"],
    ["prompt", 'a "model" \r\n--not-the-boundary'],
  ];

  test.each([
    ["before the file", (model: string): Piece[] => [["model", model], file(), ...rest]],
    ["behind the file", (model: string): Piece[] => [file(), ...rest, ["model", model]]],
    ["between", (model: string): Piece[] => [["temperature", "0"], file(), ["model", model], ...rest]],
  ])("%s", async (_, pieces) => {
    upstream.answer(json('{"text":"hi" , "usage":{"type":"duration","seconds":3}}'));
    const response = await ask(pieces("ear"));
    expect(await response.text()).toBe('{"text":"hi" , "usage":{"type":"duration","seconds":3}}');
    const seen = upstream.last();
    expect(seen.path).toBe("/o/v1/audio/transcriptions");
    expect(seen.headers).toMatchObject({
      authorization: `Bearer ${UPSTREAM_KEY}`,
      "content-type": FORM_TYPE,
    });
    const wanted = formOf(pieces("vendor-whisper"));
    expect(Buffer.from(seen.body).equals(wanted)).toBe(true);
    expect(seen.headers["content-length"]).toBe(String(wanted.length));
  });

  test("a translation goes to its own path", async () => {
    upstream.answer(json({ text: "hi", usage: { type: "duration", seconds: 1 } }));
    expect((await ask([["model", "ear"], file(1)], { path: "/api/v1/audio/translations" })).status).toBe(200);
    expect(upstream.last().path).toBe("/o/v1/audio/translations");
    expect((await lastRequest()).operation).toBe("translate-speech");
  });

  test("a form whose length the client does not say", async () => {
    upstream.answer(json({ text: "hi", usage: { type: "duration", seconds: 1 } }));
    const bytes = formOf([["model", "ear"], file(1)]);
    const response = await fetch(gateway.url + PATH, {
      method: "POST",
      headers: { authorization: `Bearer ${customer.key}`, "content-type": FORM_TYPE },
      body: inPieces(bytes),
    });
    expect(response.status).toBe(200);
    expect(upstream.last().headers["transfer-encoding"]).toBe("chunked");
    expect(upstream.last().text).toContain("vendor-whisper");
  });

  test("the upstream has the beginning before the client has sent the end", async () => {
    const slow: SlowUpstream = await startSlowUpstream();
    const own = await startGateway({ config: sideConfig(slow.url) });
    const who = await own.customer();
    const bytes = formOf([["model", "ear"], file(30)]);
    const client = await rawClient(own.port);
    client.send(head(bytes.length, who.key));
    client.send(bytes.subarray(0, 100_000));
    await until("the upstream getting the first half", () => slow.received() > 90_000);
    client.send(bytes.subarray(100_000));
    const { status } = await client.answer();
    expect(status).toBe(200);
    await own.settled();
    client.kill();
    await own.close();
    await slow.close();
  });
});

function head(length: number, key: string): string {
  return `POST ${PATH} HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer ${key}\r\ncontent-type: ${FORM_TYPE}\r\ncontent-length: ${length}\r\n\r\n`;
}

describe("what it costs", () => {
  const charged = async (answer: Parameters<typeof upstream.answer>[0], pieces: readonly Piece[]) => {
    upstream.answer(answer);
    const response = await ask(pieces);
    await response.arrayBuffer();
    const { usage, usage_source, charge_nanos } = await lastRequest();
    const used = Object.fromEntries(Object.entries(usage).filter(([, units]) => units > 0));
    return { used, usage_source, nanos: Number(charge_nanos) };
  };
  const text = (body: string) => async (reply: Parameters<ReturnType<typeof json>>[0]) => {
    await reply.head(200, { "content-type": "text/plain", "content-length": String(body.length) });
    await reply.write(body);
  };

  test("the seconds that the upstream reports", async () => {
    const answer = json({ text: "x", usage: { type: "duration", seconds: 7 } });
    expect(await charged(answer, [["model", "ear"], file(3)])).toEqual({
      used: { seconds: 7 },
      usage_source: "reported",
      nanos: 700_000,
    });
  });

  test.each([8.47, "8.47"])("the duration of a verbose answer, begun seconds whole: %p", async (duration) => {
    const answer = json({ text: "x", duration, segments: [] });
    expect(await charged(answer, [["model", "ear"], file(3)])).toMatchObject({
      used: { seconds: 9 },
      nanos: 900_000,
    });
  });

  test.each(["text", "srt", "vtt"])("the file's own header for %s, which reports nothing", async (format) => {
    const made = await charged(text("1\n00:00:00,000 --> 00:00:01,000\n{hi}\n"), [
      ["response_format", format],
      file(3.2),
      ["model", "ear"],
    ]);
    expect(made).toEqual({ used: { seconds: 4 }, usage_source: "estimated", nanos: 400_000 });
  });

  test("8,000 bytes a second where no header says more", async () => {
    const made = await charged(text("hi"), [
      ["model", "ear"],
      ["file", Buffer.alloc(20_000, 1), "a.bin"],
    ]);
    expect(made).toEqual({ used: { seconds: 3 }, usage_source: "estimated", nanos: 300_000 });
  });

  test("tokens, those of audio apart", async () => {
    const usage = {
      type: "tokens",
      input_tokens: 35,
      output_tokens: 5,
      total_tokens: 40,
      input_token_details: { text_tokens: 5, audio_tokens: 30 },
    };
    expect(await charged(json({ text: "x", usage }), [["model", "ear-tokens"], file(3)])).toEqual({
      used: { input: 5, audio_input: 30, output: 5 },
      usage_source: "reported",
      nanos: 5 * 1_000 + 30 * 2_000 + 5 * 4_000,
    });
  });

  test("tokens that nobody reports: ten a second", async () => {
    expect(await charged(text("hi"), [["model", "ear-tokens"], file(3)])).toMatchObject({
      used: { audio_input: 30, seconds: 3 },
      usage_source: "estimated",
      nanos: 60_000,
    });
  });

  test("a small balance pays for what a file really is, and not for one that is longer", async () => {
    // 240,000 bytes could be 240 seconds (0.024 USD); they are 30 (0.003 USD).
    const small = await gateway.customer({ usd: "0.004" });
    upstream.answer(json({ text: "x", usage: { type: "duration", seconds: 30 } }));
    expect((await ask([["model", "ear"], file(30)], { who: small })).status).toBe(200);
    const refused = await ask([["model", "ear"], file(30)], { who: small });
    expect(refused.status).toBe(402);
    expect(upstream.seen).toHaveLength(1);
  });
});

describe("answers", () => {
  test.each([
    ["json", { text: "hello" }],
    ["verbose_json", { text: "hello", duration: 1, language: "english", segments: [] }],
    ["diarized_json", { text: "hello", duration: 1, task: "transcribe", segments: [] }],
  ])("%s, through the SDK", async (format, body) => {
    upstream.answer(json(body));
    const audio = await toFile(wavOf(1), "a.wav");
    const answer = await openai().audio.transcriptions.create({
      model: "ear",
      file: audio,
      response_format: format as "json",
    });
    expect(answer).toMatchObject(body);
  });

  const DELTA = 'data: {"type":"transcript.text.delta","delta":"hel"}\n\n';
  const DONE =
    'data: {"type":"transcript.text.done","text":"hello","usage":{"type":"tokens","input_tokens":10,"output_tokens":2,"total_tokens":12}}\n\n';

  test("events pass, and the last waits for its charge", async () => {
    upstream.answer(sse(DELTA, DONE, "data: [DONE]\n\n"));
    const audio = await toFile(wavOf(1), "a.wav");
    const stream = await openai().audio.transcriptions.create({
      model: "ear-tokens",
      file: audio,
      stream: true,
    });
    const types: string[] = [];
    for await (const event of stream) types.push(event.type);
    expect(types).toEqual(["transcript.text.delta", "transcript.text.done"]);
    expect(await lastRequest()).toMatchObject({
      stream: true,
      usage: { audio_input: 10, output: 2 },
      charge_nanos: String(10 * 2_000 + 2 * 4_000),
    });
  });

  test("events that stop are an error to the client, and free", async () => {
    upstream.answer(sse(DELTA));
    const response = await ask([["stream", "true"], ["model", "ear-tokens"], file(1)]);
    expect(await response.text()).toContain('"error"');
    expect(await lastRequest()).toMatchObject({ outcome: "cut_by_upstream", charge_nanos: "0" });
  });

  test("a refusal of the upstream passes", async () => {
    upstream.answer(json({ error: { message: "Invalid file format.", type: "invalid_request_error" } }, 400));
    const response = await ask([["model", "ear"], file(1)]);
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { message: "Invalid file format." } },
    ]);
    expect((await lastRequest()).charge_nanos).toBe("0");
  });

  test("the next target gets the whole form once more", async () => {
    upstream.answer(json({ error: { message: "busy" } }, 503));
    second.answer(json({ text: "hi", usage: { type: "duration", seconds: 40 } }));
    const pieces = (model: string): Piece[] => [["model", model], file(40)];
    expect((await ask(pieces("ear"))).status).toBe(200);
    expect(Buffer.from(second.last().body).equals(formOf(pieces("vendor-whisper")))).toBe(true);
  });
});

test("a limit of tokens counts what a form used, not what it might have", async () => {
  const own = await startGateway({
    config: {
      ...sideConfig(upstream.url),
      plans: [{ id: "default", key_prefix: "qn_live_", limits: { tokens_per_minute: 500 } }],
    },
  });
  const who = await own.customer();
  const usage = { type: "tokens", input_tokens: 300, output_tokens: 5, total_tokens: 305 };
  upstream.otherwise(json({ text: "x", usage }));
  const send = () =>
    fetch(own.url + PATH, {
      method: "POST",
      headers: { authorization: `Bearer ${who.key}`, "content-type": FORM_TYPE },
      body: Uint8Array.from(formOf([["model", "ear-tokens"], file(30)])),
    });
  const statuses: number[] = [];
  for (let round = 0; round < 3; round++) statuses.push((await send()).status);
  expect(statuses).toEqual([200, 429, 429]);
  await own.close();
});

describe("what is refused", () => {
  const errorOf = async (response: Response) => {
    const { error } = (await response.json()) as { error: { code: string; param: string; message: string } };
    return { status: response.status, ...error };
  };
  const nothingCharged = async (who: Customer) => {
    expect(gateway.balanceNanos(who)).toBe(10_000_000_000n);
    await gateway.settled();
  };

  test("a form that is a byte too large, as its length says or as it comes", async () => {
    const who = await gateway.customer();
    const empty = formOf([
      ["model", "ear"],
      ["file", "", "a.wav"],
    ]).length;
    const exact = formOf([
      ["model", "ear"],
      ["file", Buffer.alloc(BYTES_MAX - empty), "a.wav"],
    ]);
    expect(exact.length).toBe(BYTES_MAX);
    const over = Buffer.concat([exact.subarray(0, 500), Buffer.alloc(1), exact.subarray(500)]);
    upstream.answer(json({ text: "", usage: { type: "duration", seconds: 0 } }));
    const send = (body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>) =>
      fetch(gateway.url + PATH, {
        method: "POST",
        headers: { authorization: `Bearer ${who.key}`, "content-type": FORM_TYPE },
        body,
      });
    const said = await errorOf(await send(Uint8Array.from(over)));
    expect(said).toMatchObject({ status: 413, code: "request_entity_too_large" });
    const streamed = await errorOf(await send(inPieces(over)));
    expect(streamed).toMatchObject({ status: 413, code: "request_entity_too_large" });
    await nothingCharged(who);
  });

  test("a form that is cut never becomes a whole one upstream", async () => {
    const slow = await startSlowUpstream();
    const own = await startGateway({ config: sideConfig(slow.url) });
    const who = await own.customer();
    const bytes = formOf([["model", "ear"], file(30)]);
    const client = await rawClient(own.port);
    client.send(head(bytes.length, who.key));
    client.send(bytes.subarray(0, 100_000));
    await until("the upstream getting the first half", () => slow.received() > 90_000);
    client.kill();
    await own.settled();
    await until("the upstream being let go", () => slow.open() === 0);
    expect(slow.whole()).toBe(0);
    expect(own.balanceNanos(who)).toBe(10_000_000_000n);
    expect((await own.requests(who))[0]).toMatchObject({ status: 499, charge_nanos: "0" });
    await own.close();
    await slow.close();
  });

  test("a form that takes too long", async () => {
    const who = await gateway.customer();
    const bytes = formOf([["model", "ear"], file(30)]);
    const client: RawClient = await rawClient(gateway.port);
    client.send(head(bytes.length, who.key));
    client.send(bytes.subarray(0, 1_000));
    const { status } = await client.answer(DEADLINE_MS * 4);
    expect(status).toBe(408);
    expect(client.text()).toContain("did not arrive within");
    client.kill();
    await nothingCharged(who);
  });

  test.each<readonly [string, readonly Piece[], string]>([
    ["no model", [file(1)], "model"],
    ["two models", [["model", "ear"], file(1), ["model", "ear-tokens"]], "model"],
    ["another spelling beside it", [["model", "ear"], file(1), ["Model", "ear-tokens"]], "Model"],
    ["the model as a list", [["model[]", "ear"], file(1)], "model[]"],
    ["the model as a file", [["model", "ear", "model.txt"], file(1)], "model"],
    ["two files", [["model", "ear"], file(1), file(1)], "file"],
    ["an empty model", [["model", ""], file(1)], "model"],
  ])("%s", async (_, pieces, param) => {
    expect(await errorOf(await ask(pieces))).toMatchObject({ status: 400, param });
    await gateway.settled();
    expect(upstream.seen).toHaveLength(0);
  });

  test.each([
    ["application/json", '{"model":"ear"}'],
    ["multipart/form-data", formOf([["model", "ear"], file(1)]).toString("latin1")],
    [FORM_TYPE, ""],
    [FORM_TYPE, `--${BOUNDARY}\r\n\r\nx\r\n--${BOUNDARY}--\r\n`],
    [
      FORM_TYPE,
      formOf([["model", "ear"]])
        .toString()
        .slice(0, -4),
    ],
    [FORM_TYPE, `${formOf([["model", "ear"]]).toString()}more`],
    [FORM_TYPE, "no form at all, and long enough to know that it is none at its begin"],
  ])("a body that is no form: %s %#", async (type, body) => {
    const response = await fetch(gateway.url + PATH, {
      method: "POST",
      headers: { authorization: `Bearer ${customer.key}`, "content-type": type },
      body,
    });
    expect(response.status).toBe(400);
    await response.arrayBuffer();
    await gateway.settled();
  });

  test("a model that does not hear", async () => {
    const said = await errorOf(await ask([["model", "voice"], file(1)]));
    expect(said).toMatchObject({ status: 400, code: "model_not_found" });
    expect(said.message).toContain("/v1/audio/speech");
  });
});
