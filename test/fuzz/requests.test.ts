import { afterAll, beforeAll, expect, test } from "bun:test";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { standardConfig } from "../support/config.ts";
import { type FakeUpstream, type Script, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { rawClient } from "../support/raw-client.ts";
import { SAMPLES } from "../support/streams.ts";
import { within } from "../support/until.ts";
import { extremeBodies, type FuzzedRequest, fuzzedRequest } from "./arbitrary-bodies.ts";
import { ANSWER_MS, checkRefusal, SEED } from "./verdict.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;
let customer: Customer;

/** Answers whole or streamed, in the protocol of the path. */
const anything: Script = async (reply, { path, text }) => {
  const protocol = path.includes("/messages")
    ? "anthropic-messages"
    : path.includes("/g/")
      ? "gemini"
      : path.endsWith("/chat/completions")
        ? "openai-chat"
        : path.endsWith("/responses")
          ? "openai-responses"
          : "openai-completions";
  if (path.includes("alt=sse") || /"stream"\s*:\s*true/.test(text)) {
    await reply.head(200, { "content-type": "text/event-stream" });
    await reply.write(SAMPLES[protocol]("m", "\n").events.join(""));
    await reply.end();
    return;
  }
  const body =
    '{"id":"x","usage":{"prompt_tokens":1,"input_tokens":1},"usageMetadata":{"promptTokenCount":1}}';
  await reply.head(200, { "content-type": "application/json", "content-length": String(body.length) });
  await reply.write(body);
};

beforeAll(async () => {
  upstream = await startFakeUpstream();
  upstream.otherwise(anything);
  gateway = await startGateway({
    config: standardConfig(upstream.url),
    env: { QUOIN_BODY_BYTES_MAX: "400000", QUOIN_BODY_DEADLINE_MS: "500" },
  });
  customer = await gateway.customer({ usd: "100" });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

async function tryRequest(
  { path, body }: FuzzedRequest,
  headers: Record<string, string> = {},
): Promise<number> {
  const asked = fetch(gateway.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${customer.key}`, ...headers },
    body: new Uint8Array(body),
  });
  const response = await within(`the answer to ${path}`, asked, ANSWER_MS);
  const text = await within(`the end of the answer to ${path}`, response.text(), ANSWER_MS);
  if (response.status >= 400) checkRefusal(response.status, text);
  return response.status;
}

async function nothingIsLeft(): Promise<void> {
  await gateway.settled();
  expect(gateway.app.gateway.ledger.heldNanos(customer.walletId)).toBe(0n);
  expect(gateway.log.filter(({ level }) => level === "error")).toEqual([]);
}

test("bodies that are nearly right, or not at all", async () => {
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(fuzzedRequest, async (request) => {
      const status = await tryRequest(request);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }),
    { numRuns: 1_500, seed: SEED },
  );
  await nothingIsLeft();
  // A fuzz that only meets refusals, or none, tries nothing.
  expect(statuses.get(200)).toBeGreaterThan(50);
  expect(statuses.get(400)).toBeGreaterThan(50);
}, 30_000);

test("bodies that are extreme in one way", async () => {
  for (const request of extremeBodies()) await tryRequest(request);
  await nothingIsLeft();
}, 30_000);

test("compressed bodies, whole, cut, and of another kind", async () => {
  const pack = fc.constantFrom(
    (bytes: Uint8Array) => gzipSync(bytes),
    (bytes: Uint8Array) => brotliCompressSync(bytes),
    (bytes: Uint8Array) => zstdCompressSync(bytes),
    (bytes: Uint8Array) => bytes,
  );
  const encoding = fc.constantFrom("gzip", "br", "zstd", "deflate", "x-gzip", "gzip,br", "", "constructor");
  await fc.assert(
    fc.asyncProperty(fuzzedRequest, pack, encoding, fc.nat(400), async (request, packed, name, cut) => {
      const bytes = Uint8Array.from(packed(request.body));
      const body = cut % 3 === 0 ? bytes.slice(0, cut) : bytes;
      await tryRequest({ ...request, body }, { "content-encoding": name });
    }),
    { numRuns: 400, seed: SEED },
  );
  for (const packed of [gzipSync, brotliCompressSync, zstdCompressSync]) {
    const body = Uint8Array.from(packed(Buffer.alloc(4_000_000)));
    for (const name of ["gzip", "br", "zstd"]) {
      expect([400, 413]).toContain(
        await tryRequest({ path: "/v1/messages", body }, { "content-encoding": name }),
      );
    }
  }
  await nothingIsLeft();
}, 30_000);

const segment = fc.oneof(
  fc.constantFrom(
    ...["v1", "v1beta", "v1beta1", "api", "claude", "openai", "gemini", "anthropic", "messages", "chat"],
    ...[
      "completions",
      "responses",
      "models",
      "count_tokens",
      "plain-model:generateContent",
      "publishers",
      "google",
    ],
    ...[
      "..",
      ".",
      "",
      "%",
      "%2f",
      "%00",
      "%zz",
      "__proto__",
      "constructor",
      ":generateContent",
      "tunedModels",
      "~",
    ],
  ),
  fc.stringMatching(/^[A-Za-z0-9._~!$&'()*+,;=:@%-]{0,12}$/),
);
const method = fc.constantFrom(
  "GET",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "HEAD",
  "OPTIONS",
  "TRACE",
  "PROPFIND",
);
const headerValue = fc.stringMatching(/^[\x21-\x7e][\x20-\x7e\xa0-\xff]{0,40}$/);
const header = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      ...[
        "authorization",
        "x-api-key",
        "x-goog-api-key",
        "anthropic-version",
        "anthropic-beta",
        "user-agent",
      ],
      ...[
        "content-type",
        "content-encoding",
        "accept",
        "accept-encoding",
        "upgrade",
        "expect",
        "cookie",
        "range",
      ],
      ...["x-goog-api-client", "openai-beta", "session-id", "idempotency-key", "origin", "x-forwarded-for"],
    ),
    fc.oneof(headerValue, fc.constantFrom("websocket", "gzip", "Bearer", "Bearer ", "*/*", "100-continue")),
  ),
  fc.tuple(fc.stringMatching(/^x-[a-z][a-z0-9-]{0,20}$/), headerValue),
);

test("paths, methods, queries and headers", async () => {
  const request = fc.record({
    method,
    path: fc.array(segment, { maxLength: 6 }),
    query: fc.stringMatching(/^[a-z=&%?/+.-]{0,20}$/),
    headers: fc.uniqueArray(header, { maxLength: 5, selector: ([name]) => name }),
    withKey: fc.boolean(),
  });
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(request, async ({ method: verb, path, query, headers, withKey }) => {
      const client = await rawClient(gateway.port);
      const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
      const key = withKey ? `x-api-key: ${customer.key}\r\n` : "";
      const body = verb === "POST" ? '{"model":"plain-model","max_tokens":5,"messages":[]}' : "";
      client.send(
        `${verb} /${path.join("/")}?${query} HTTP/1.1\r\nhost: gateway\r\n${key}${lines}content-length: ${body.length}\r\n\r\n${body}`,
      );
      const { status, headers: answers, rest } = await client.answer(ANSWER_MS);
      const length = Number(answers["content-length"] ?? 0);
      if (verb !== "HEAD") await within("the body", bodyIsThere(client, rest.length, length), ANSWER_MS);
      const text = client.text().slice(client.text().indexOf("\r\n\r\n") + 4);
      if (status >= 400 && verb !== "HEAD") checkRefusal(status, text);
      answered++;
      client.kill();
    }),
    { numRuns: 500, seed: SEED },
  );
  expect(answered).toBeGreaterThanOrEqual(500);
  await nothingIsLeft();
}, 30_000);

async function bodyIsThere(
  client: Awaited<ReturnType<typeof rawClient>>,
  have: number,
  length: number,
): Promise<void> {
  const start = client.received().length - have;
  while (client.received().length - start < length && !client.closed()) await Bun.sleep(1);
}
