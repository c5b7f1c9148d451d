import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { PROTOCOLS, type Protocol } from "../../src/core/protocol.ts";
import { ALIASED, PLAIN, standardConfig, UPSTREAM_KEY, UPSTREAM_NAME } from "../support/config.ts";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { json, sse } from "../support/scripts.ts";
import { LINE_ENDS, SAMPLES } from "../support/streams.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;
let customer: Customer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  gateway = await startGateway({ config: standardConfig(upstream.url) });
  customer = await gateway.customer();
});
afterEach(() => upstream.reset());
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const ODD =
  '"a":1.0,"b":1e3,"c":9007199254740993,"d":"\\u00e9é\\/\\ud83d\\ude42","e" : [ ] ,"f":-0,"f":-0,"\\u0067":null';

interface Case {
  readonly path: (model: string, stream: boolean) => string;
  readonly upstreamPath: (model: string, stream: boolean) => string;
  readonly body: (model: string, stream: boolean) => string;
}

const CASES: Record<Protocol, Case> = {
  "anthropic-messages": {
    path: () => "/v1/messages?beta=true",
    upstreamPath: () => "/a/v1/messages",
    body: (model, stream) =>
      ` {\n"model" :\t"${model}","stream":${stream}, "max_tokens" :9.0 ,"messages":[{"role":"user","content":"\\"model\\""}],${ODD}}\r\n`,
  },
  "openai-chat": {
    path: () => "/v1/chat/completions",
    upstreamPath: () => "/o/v1/chat/completions",
    body: (model, stream) =>
      `{"messages":[ ],${ODD},"stream":${stream},"stream_options":{"include_usage" : true}, "model":"${model}"}`,
  },
  "openai-completions": {
    path: () => "/v1/completions",
    upstreamPath: () => "/o/v1/completions",
    body: (model, stream) =>
      `{${ODD},"prompt":["x"],"stream":${stream},"stream_options":{"include_usage" : true},"model":"${model}"}`,
  },
  "openai-responses": {
    path: () => "/v1/responses",
    upstreamPath: () => "/o/v1/responses",
    body: (model, stream) => `{"input":"x",${ODD},"stream" : ${stream},"model":"${model}"}`,
  },
  gemini: {
    path: (model, stream) =>
      `/v1beta/models/${model}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    upstreamPath: (model, stream) =>
      `/g/v1beta/models/${model}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    body: () => `{ "contents" : [{"parts":[{"text":"\\u00e9"}]}],${ODD} }`,
  },
};

const WHOLE: Record<Protocol, (model: string) => string> = {
  "anthropic-messages": (model) =>
    `{"id":"msg_1", "type":"message","model" : "${model}","content":[],"usage":{"input_tokens":3,"output_tokens":4}, "x":1.0 }\n`,
  "openai-chat": (model) =>
    `{"id":"c","choices":[{"message":{"content":"\\u00e9"}}],"usage":{"prompt_tokens":3,"completion_tokens":4},"model":"${model}"}`,
  "openai-completions": (model) =>
    `{"id":"c","model":"${model}","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4},"x":1e3}`,
  "openai-responses": (model) =>
    `{"id":"resp_w","error":null,"model":"${model}","output":[],"usage":{"input_tokens":3,"output_tokens":4}}`,
  gemini: (model) =>
    `{"candidates":[],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":4},"modelVersion":"${model}"}`,
};

function ask(protocol: Protocol, model: string, stream: boolean, headers: Record<string, string> = {}) {
  const { path, body } = CASES[protocol];
  return fetch(gateway.url + path(model, stream), {
    method: "POST",
    headers: { authorization: `Bearer ${customer.key}`, ...headers },
    body: body(model, stream),
  });
}

/** 3 tokens of input and 4 of output at the standard price. */
const WHOLE_NANOS = 3n * 1_000n + 4n * 4_000n;

describe.each([...PROTOCOLS])("%s", (protocol) => {
  const { body, upstreamPath } = CASES[protocol];

  test("a body reaches the upstream byte for byte, and its answer comes back so", async () => {
    upstream.answer(json(WHOLE[protocol](PLAIN)));
    const before = gateway.balanceNanos(customer);
    const response = await ask(protocol, PLAIN, false);
    expect([response.status, await response.text()]).toEqual([200, WHOLE[protocol](PLAIN)]);
    expect(upstream.last().text).toBe(body(PLAIN, false));
    expect(upstream.last().path).toBe(upstreamPath(PLAIN, false));
    expect(before - gateway.balanceNanos(customer)).toBe(WHOLE_NANOS);
  });

  test("an alias changes the model's name on both ways and nothing else", async () => {
    upstream.answer(json(WHOLE[protocol](UPSTREAM_NAME)));
    const response = await ask(protocol, ALIASED, false);
    expect(await response.text()).toBe(WHOLE[protocol](ALIASED));
    expect(upstream.last().text).toBe(body(UPSTREAM_NAME, false));
    expect(upstream.last().path).toBe(upstreamPath(UPSTREAM_NAME, false));
  });

  test.each(LINE_ENDS)("a stream with %j comes back byte for byte", async (eol) => {
    const sample = SAMPLES[protocol](PLAIN, eol);
    upstream.answer(sse(...sample.events));
    const response = await ask(protocol, PLAIN, true);
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(await response.text()).toBe(sample.events.join(""));
    expect(upstream.last().text).toBe(body(PLAIN, true));
    const [record] = await gateway.requests(customer);
    expect(record).toMatchObject({ outcome: "finished", usage_source: "reported", protocol });
    expect(record?.usage).toMatchObject({ input: sample.usage.input, cache_read: sample.usage.cacheRead });
  });

  test("a stream that comes byte by byte comes back whole, under the alias", async () => {
    const sample = SAMPLES[protocol](UPSTREAM_NAME, "\n");
    upstream.answer(sse(...Array.from(Buffer.from(sample.events.join("")), (byte) => Uint8Array.of(byte))));
    const response = await ask(protocol, ALIASED, true);
    expect(await response.text()).toBe(SAMPLES[protocol](ALIASED, "\n").events.join(""));
  });

  test("only what the protocol knows travels on, under our own credential", async () => {
    upstream.answer(
      json(WHOLE[protocol](PLAIN), 200, { "x-request-id": "up_1", "set-cookie": "a=b", "x-secret": "s" }),
    );
    const response = await ask(protocol, PLAIN, false, {
      cookie: "c=d",
      "x-forwarded-for": "1.2.3.4",
      "anthropic-beta": "b1",
      "x-api-key": "another-service",
    });
    await response.text();
    const seen = JSON.stringify(upstream.last().headers);
    expect(seen).toContain(UPSTREAM_KEY);
    for (const foreign of [customer.key, "c=d", "1.2.3.4", "another-service"])
      expect(seen).not.toContain(foreign);
    expect(seen.includes("b1")).toBe(protocol === "anthropic-messages");
    expect(upstream.last().headers["accept-encoding"]).toBe("identity");
    expect(response.headers.get("x-upstream-request-id")).toBe("up_1");
    expect(response.headers.get("request-id")).toMatch(/^req_[0-9a-f]{32}$/);
    expect(response.headers.get("x-request-id")).toBe(response.headers.get("request-id"));
    expect(response.headers.get("set-cookie")).toBeNull();
    expect(response.headers.get("x-secret")).toBeNull();
  });
});

describe("chat without include_usage", () => {
  test("is metered all the same, and the extra chunk stays with us", async () => {
    const sample = SAMPLES["openai-chat"](PLAIN, "\n");
    upstream.answer(sse(...sample.events));
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${customer.key}` },
      body: `{"messages":[],"stream":true,"model":"${PLAIN}"}`,
    });
    expect(await response.text()).toBe(
      sample.events.filter((event) => !event.includes('"choices":[],')).join(""),
    );
    expect(upstream.last().text).toBe(
      `{"messages":[],"stream":true,"stream_options":{"include_usage":true},"model":"${PLAIN}"}`,
    );
    const [record] = await gateway.requests(customer);
    expect(record?.usage).toMatchObject({ input: 200, cache_read: 15_104, reasoning: 40 });
  });
});

describe("Gemini without alt=sse", () => {
  test("is one JSON array of the same elements", async () => {
    const sample = SAMPLES.gemini(UPSTREAM_NAME, "\r\n");
    upstream.answer(sse(...sample.events));
    const response = await fetch(
      `${gateway.url}/v1beta/models/${ALIASED}:streamGenerateContent?key=${customer.key}`,
      {
        method: "POST",
        body: '{"contents":[]}',
      },
    );
    expect(response.headers.get("content-type")).toBe("application/json; charset=UTF-8");
    const text = await response.text();
    const elements = SAMPLES.gemini(ALIASED, "\r\n").events.flatMap(
      (event) => event.match(/^data: (.*)/)?.[1] ?? [],
    );
    expect(text).toBe(`[${elements.join(",\r\n")}]\r\n`);
    expect(JSON.parse(text)).toHaveLength(4);
    expect(upstream.last().path).toEndWith(":streamGenerateContent?alt=sse");
  });

  test("ends with an error's element when the upstream breaks off", async () => {
    const { events } = SAMPLES.gemini(PLAIN, "\r\n");
    upstream.answer(sse(...events.slice(0, 3)));
    const response = await fetch(`${gateway.url}/gemini/v1beta/models/${PLAIN}:streamGenerateContent`, {
      method: "POST",
      headers: { "x-goog-api-key": customer.key },
      body: '{"contents":[]}',
    });
    const elements = JSON.parse(await response.text());
    expect(elements).toHaveLength(3);
    expect(elements[2].error.status).toBe("INTERNAL");
  });
});

test("an event of four megabytes passes", async () => {
  const image = "A".repeat(4 * 1024 * 1024);
  const event = `data: {"candidates":[{"content":{"parts":[{"inlineData":{"data":"${image}"}}]},"finishReason":"STOP"}]}\r\n\r\n`;
  const pieces = event.match(/[\s\S]{1,65536}/g) ?? [];
  upstream.answer(sse(...pieces));
  const response = await ask("gemini", PLAIN, true);
  expect((await response.text()).length).toBe(event.length);
});
