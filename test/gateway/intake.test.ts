import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { PLAIN, standardConfig } from "../support/config.ts";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { post, rawClient } from "../support/raw-client.ts";
import { json } from "../support/scripts.ts";
import { until } from "../support/until.ts";

const BYTES_MAX = 20_000;

let upstream: FakeUpstream;
let gateway: TestGateway;
let customer: Customer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  gateway = await startGateway({
    config: standardConfig(upstream.url),
    env: {
      QUOIN_BODY_BYTES_MAX: String(BYTES_MAX),
      QUOIN_BODY_DEADLINE_MS: "300",
      QUOIN_ANSWER_BYTES_MAX: "50000",
    },
  });
  customer = await gateway.customer();
  upstream.otherwise(json({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } }));
});
afterEach(() => {
  upstream.reset();
  upstream.otherwise(json({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } }));
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const BODY = `{"model":"${PLAIN}","messages":[{"role":"user","content":"\\u00e9"}]}`;

function ask(
  body: string | Uint8Array<ArrayBuffer> | ReadableStream,
  headers: Record<string, string> = {},
  path = "/v1/chat/completions",
) {
  return fetch(gateway.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${customer.key}`, ...headers },
    body,
  });
}

async function refusal(response: Response): Promise<[number, string]> {
  const { error } = (await response.json()) as { error: { message: string } };
  return [response.status, error.message];
}

describe("a compressed body", () => {
  const packings: [string, (bytes: Buffer) => Uint8Array][] = [
    ["gzip", gzipSync],
    ["x-gzip", gzipSync],
    ["GZIP", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
    ["zstd", zstdCompressSync],
    ["identity", (bytes) => bytes],
    ["", (bytes) => bytes],
  ];
  test.each(packings)("in %j is read", async (encoding, pack) => {
    const response = await ask(new Uint8Array(pack(Buffer.from(BODY))), { "content-encoding": encoding });
    await response.text();
    expect(response.status).toBe(200);
    expect(upstream.last().text).toBe(BODY);
    expect(upstream.last().headers["content-encoding"]).toBeUndefined();
  });

  const real = packings.slice(0, 6);
  test.each(real)("in %j is bounded by what it unpacks to", async (encoding, pack) => {
    const bomb = new Uint8Array(pack(Buffer.alloc(8_000_000)));
    // Each fits eight megabytes of zeros into a body that is small enough.
    const response = await ask(bomb, { "content-encoding": encoding });
    expect(await refusal(response)).toEqual([
      413,
      "The request body is larger than the 19 KiB allowed here; send less.",
    ]);
  });

  test.each(real)("in %j that is cut or of another kind is a 400 that says so", async (encoding, pack) => {
    const cut = new Uint8Array(pack(Buffer.from(BODY.repeat(20))).subarray(0, 40));
    for (const bytes of [cut, Buffer.from(BODY), new Uint8Array(0)]) {
      const [status, message] = await refusal(await ask(bytes, { "content-encoding": encoding }));
      expect(status).toBe(400);
      expect(message.length).toBeGreaterThan(30);
    }
  });

  test("in an encoding that nobody knows is refused by name", async () => {
    for (const encoding of ["lzma", "gzip, br", "__proto__"]) {
      expect(await refusal(await ask(BODY, { "content-encoding": encoding }))).toEqual([
        400,
        `content-encoding: "${encoding}" is not read here; send gzip, br, zstd or none.`,
      ]);
    }
  });
});

describe("a body that is too large", () => {
  const large = `{"model":"${PLAIN}","messages":["${"x".repeat(BYTES_MAX)}"]}`;
  test("by its length is refused before it is read", async () => {
    const client = await rawClient(gateway.port);
    client.send(post("/v1/chat/completions", customer.key, large).slice(0, 400));
    expect((await client.answer()).status).toBe(413);
    client.kill();
  });

  test("in chunks is refused when it passes the bound", async () => {
    const stream = new ReadableStream({
      start(controller) {
        for (let at = 0; at < large.length; at += 4_096) controller.enqueue(large.slice(at, at + 4_096));
        controller.close();
      },
    });
    const [status, message] = await refusal(await ask(stream));
    expect(status).toBe(413);
    expect(message).toContain("send less");
  });

  test("in each dialect", async () => {
    for (const [path, type] of [
      ["/v1/messages", "request_too_large"],
      [`/v1beta/models/${PLAIN}:generateContent`, "INVALID_ARGUMENT"],
    ] as const) {
      const response = await ask(large, {}, path);
      expect(response.status).toBe(413);
      expect(await response.text()).toContain(type);
    }
  });
});

test("half a body is 408 after the deadline, and the connection closes", async () => {
  for (const half of [
    post("/v1/chat/completions", customer.key, BODY).slice(0, -5),
    `POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: ${customer.key}\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"mo`,
  ]) {
    const client = await rawClient(gateway.port);
    client.send(half);
    const { status, headers } = await client.answer(2_000);
    expect(status).toBe(408);
    expect(headers["x-should-retry"]).toBeUndefined();
    await until("the connection's close", () => client.closed());
    expect(client.text()).toContain("did not arrive within");
  }
});

describe("a body that is not what it should be", () => {
  test.each([
    ["", "The request body is empty; send a JSON object."],
    ["[]", "The request body must be a JSON object."],
    ["7", "The request body must be a JSON object."],
    ["null", "The request body must be a JSON object."],
    ['"x"', "The request body must be a JSON object."],
  ])("%j", async (body, message) => {
    expect(await refusal(await ask(body))).toEqual([400, message]);
  });

  test.each(["{", '{"a":}', "{'a':1}", '{"a":1}x', "\u0000", "<xml/>"])(
    "%j is not valid JSON",
    async (body) => {
      const [status, message] = await refusal(await ask(body));
      expect(status).toBe(400);
      expect(message).toStartWith("The request body is not valid JSON");
    },
  );

  test("nested without end is refused, not crashed on", async () => {
    const depth = 9_000;
    const deep = `{"model":"${PLAIN}","messages":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    const response = await ask(deep);
    await response.text();
    expect([200, 400]).toContain(response.status);
  });

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "nonsense",
  ])("is read whatever its content type says: %s", async (type) => {
    const response = await ask(BODY, { "content-type": type });
    await response.text();
    expect(response.status).toBe(200);
  });

  test("may begin with a byte order mark", async () => {
    const response = await ask(`\uFEFF${BODY}`);
    await response.text();
    expect(response.status).toBe(200);
    expect(upstream.last().body.subarray(0, 3)).toEqual(Uint8Array.of(0xef, 0xbb, 0xbf));
  });
});

test("an answer that is larger than we relay is the upstream's fault, and free", async () => {
  for (const headers of [{}, { connection: "close" }]) {
    upstream.otherwise(async (reply) => {
      await reply.head(200, { "content-type": "application/json", ...headers });
      for (let chunk = 0; chunk < 20; chunk++) await reply.write("x".repeat(10_000));
      await reply.end();
      reply.close();
    });
    const [status, message] = await refusal(await ask(BODY));
    expect([status, message]).toEqual([
      502,
      "The upstream's answer is larger than the gateway relays; ask for less.",
    ]);
  }
  const [record] = await gateway.requests(customer);
  expect(record?.charge_nanos).toBe("0");
});

test("the record of a Gemini body that could not be read has what the path says", async () => {
  const writer = await gateway.customer();
  const path = `/v1beta/models/${PLAIN}:streamGenerateContent`;
  const refused = await ask("{", { "x-goog-api-key": writer.key, authorization: "" }, path);
  expect(refused.status).toBe(400);
  const [record] = await gateway.requests(writer);
  expect(record).toMatchObject({ model: PLAIN, stream: true, status: 400, protocol: "gemini" });
});

test("refusals reach the client as they were written", async () => {
  const thread = await ask(
    `{"model":"${PLAIN}","max_tokens":9,"messages":[],"thread":{"type":"create"}}`,
    {},
    "/v1/messages",
  );
  expect([thread.status, await thread.json()]).toEqual([
    400,
    {
      type: "error",
      error: {
        type: "invalid_request_error",
        message:
          "thread: conversations kept by the vendor are not served here; send the whole history in messages.",
        details: { error_code: "thread_unsupported_request", unsupported: ["thread"] },
      },
      request_id: thread.headers.get("request-id"),
    },
  ]);
  const twice = await ask(`{"model":"${PLAIN}","messages":[],"m\\u006fdel":"x"}`);
  expect([twice.status, await twice.json()]).toEqual([
    400,
    {
      error: {
        message: "model: this field stands twice; send it once, parsers differ on which one counts.",
        type: "invalid_request_error",
        param: "model",
        code: null,
      },
    },
  ]);
});
