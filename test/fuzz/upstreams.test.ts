import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { PROTOCOLS, type Protocol } from "../../src/core/protocol.ts";
import { ALIASED, PLAIN, standardConfig } from "../support/config.ts";
import { type FakeUpstream, type Script, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { SAMPLES } from "../support/streams.ts";
import { within } from "../support/until.ts";
import { ANSWER_MS, checkRefusal, SEED } from "./verdict.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;
let customer: Customer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  gateway = await startGateway({
    config: standardConfig(upstream.url, { timeouts: { first_byte_ms: 300, idle_ms: 300 } }),
  });
  customer = await gateway.customer({ usd: "1000" });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const BODIES: Record<Protocol, (model: string) => string> = {
  "anthropic-messages": (model) => `{"model":"${model}","max_tokens":50,"messages":[],"stream":true}`,
  "openai-chat": (model) => `{"model":"${model}","max_tokens":50,"messages":[],"stream":true}`,
  "openai-responses": (model) => `{"model":"${model}","max_output_tokens":50,"input":"x","stream":true}`,
  "openai-completions": (model) => `{"model":"${model}","prompt":"x","stream":true}`,
  gemini: () => '{"contents":[]}',
};
const PATHS: Record<Protocol, (model: string) => string> = {
  "anthropic-messages": () => "/v1/messages",
  "openai-chat": () => "/v1/chat/completions",
  "openai-responses": () => "/v1/responses",
  "openai-completions": () => "/v1/completions",
  gemini: (model) => `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
};

async function ask(protocol: Protocol, model: string): Promise<{ status: number; text: string }> {
  const asked = fetch(gateway.url + PATHS[protocol](model), {
    method: "POST",
    headers: { authorization: `Bearer ${customer.key}` },
    body: BODIES[protocol](model),
  });
  const response = await within("the answer's head", asked, ANSWER_MS);
  return { status: response.status, text: await within("the answer's end", response.text(), ANSWER_MS) };
}

/** How each protocol's stream ends well, and how it ends with an error. */
const ENDS: Record<Protocol, RegExp> = {
  "anthropic-messages": /"type":\s*"message_stop"/,
  "openai-chat": /data: ?\[DONE\]|"usage":\{|"finish_reason":"/,
  "openai-responses": /"type":"response\.(completed|incomplete|done)"/,
  "openai-completions": /data: ?\[DONE\]|"usage":\{|"finish_reason":"/,
  gemini: /"finishReason":"|"blockReason":/,
};
const ERROR: Record<Protocol, RegExp> = {
  "anthropic-messages": /"type":"error"/,
  "openai-chat": /data: ?\{"error":/,
  "openai-responses": /"type":"response\.failed"/,
  "openai-completions": /data: ?\{"error":/,
  gemini: /\{"error":/,
};

const edit = fc.record({ at: fc.nat(5_000), byte: fc.nat(255), how: fc.nat(4) });
const ending = fc.constantFrom("end", "close", "reset");

function altered(bytes: Buffer, edits: readonly { at: number; byte: number; how: number }[]): Buffer {
  let result = bytes;
  for (const { at, byte, how } of edits) {
    const place = at % (result.length + 1);
    const before = result.subarray(0, place);
    const behind = result.subarray(how === 0 ? place + 1 : place);
    if (how === 3) result = before;
    else if (how === 4) result = Buffer.concat([before, result.subarray(place + (byte % 60))]);
    else result = Buffer.concat([before, Buffer.of(how === 1 ? 0x0a : byte), behind]);
  }
  return result;
}

function streamed(bytes: Buffer, pieces: number, how: "end" | "close" | "reset"): Script {
  return async (reply) => {
    await reply.head(200, { "content-type": "text/event-stream" });
    const size = Math.max(1, Math.ceil(bytes.length / pieces));
    for (let at = 0; at < bytes.length; at += size) await reply.write(bytes.subarray(at, at + size));
    await reply[how]();
  };
}

test("streams that are mangled and cut end well or with an error, and are charged only when they end well", async () => {
  const outcomes = new Map<string, number>();
  const arbitrary = fc.record({
    protocol: fc.constantFrom(...PROTOCOLS),
    model: fc.constantFrom(PLAIN, ALIASED),
    eol: fc.constantFrom("\n" as const, "\r\n" as const),
    edits: fc.array(edit, { maxLength: 3 }),
    pieces: fc.integer({ min: 1, max: 12 }),
    how: ending,
  });
  await fc.assert(
    fc.asyncProperty(arbitrary, async ({ protocol, model, eol, edits, pieces, how }) => {
      // Each goes to the upstream of its own protocol, whatever became of the one before.
      gateway.forgiveTargets();
      const before = gateway.balanceNanos(customer);
      const bytes = altered(Buffer.from(SAMPLES[protocol]("upstreams-own", eol).events.join("")), edits);
      upstream.answer(streamed(bytes, pieces, how));
      const { status, text } = await ask(protocol, model);
      if (status >= 400) checkRefusal(status, text);
      else if (!ENDS[protocol].test(text) && !ERROR[protocol].test(text)) {
        throw new Error(`a clean end without an end: ${JSON.stringify(text.slice(-300))}`);
      }
      const [record] = await gateway.requests(customer);
      const outcome = record?.outcome ?? "none";
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      expect(before - gateway.balanceNanos(customer)).toBe(BigInt(record?.charge_nanos ?? -1));
      if (outcome !== "finished") expect(record?.charge_nanos).toBe("0");
      if (outcome === "finished") expect(ENDS[protocol].test(text)).toBe(true);
    }),
    { numRuns: 500, seed: SEED },
  );
  await gateway.settled();
  expect(gateway.log.filter(({ level }) => level === "error")).toEqual([]);
  expect(outcomes.get("finished")).toBeGreaterThan(50);
  expect(outcomes.get("cut_by_upstream")).toBeGreaterThan(50);
}, 30_000);

test("whole answers that are mangled are good or refused, never a fault of ours", async () => {
  const status = fc.constantFrom(
    200,
    200,
    200,
    201,
    204,
    206,
    300,
    304,
    400,
    401,
    404,
    409,
    418,
    422,
    429,
    451,
    500,
    503,
    599,
  );
  const body = fc.oneof(
    fc.json(),
    fc.constantFrom(
      '{"id":"x","usage":{"prompt_tokens":1,"input_tokens":1},"usageMetadata":{"promptTokenCount":1}}',
      '{"usage":{"prompt_tokens":-5,"completion_tokens":"7","input_tokens":1e300}}',
      '{"error":null,"usage":{}}',
      '{"error":{"message":"x"}}',
      '{"error":"x"}',
      "<html>",
      "",
      "null",
    ),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
  );
  const headers = fc.dictionary(
    fc.constantFrom("content-type", "retry-after", "x-request-id", "location", "content-encoding"),
    fc.constantFrom("application/json", "7", "-1", "Wed, 21 Oct 2099 07:28:00 GMT", "x", "gzip", "\xe9"),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...PROTOCOLS),
      status,
      body,
      headers,
      async (protocol, code, text, more) => {
        gateway.forgiveTargets();
        upstream.answer(async (reply) => {
          await reply.head(code, { ...more, "content-length": String(Buffer.byteLength(text)) });
          await reply.write(text);
        });
        const asked = fetch(gateway.url + PATHS[protocol](PLAIN).replace("streamG", "g"), {
          method: "POST",
          headers: { authorization: `Bearer ${customer.key}` },
          body: BODIES[protocol](PLAIN).replace(',"stream":true', ""),
        });
        const response = await within("the answer's head", asked, ANSWER_MS);
        const told = await within("the answer's end", response.text(), ANSWER_MS);
        // An upstream's own refusal in the client's dialect is passed on as it is.
        const passedOn = told === text && /"error":\s*\{/.test(text);
        if (response.status >= 400 && !passedOn) checkRefusal(response.status, told);
        if (response.status < 300) expect(told).toBe(text);
      },
    ),
    { numRuns: 600, seed: SEED },
  );
  await gateway.settled();
  expect(gateway.log.filter(({ level }) => level === "error")).toEqual([]);
  expect(gateway.app.gateway.ledger.heldNanos(customer.walletId)).toBe(0n);
}, 30_000);

test("answers that are not HTTP are the upstream's fault", async () => {
  const mangled = [
    "HTTP/1.1 200 OK\r\n\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}",
    "HTTP/1.1 999 What\r\ncontent-length: 0\r\n\r\n",
    "HTTP/1.1 abc\r\n\r\n",
    "HTTP/1.1 200 OK\r\nbad header\r\n\r\n{}",
    "SSH-2.0-OpenSSH_9.2\r\n",
    "\0\0\0",
    "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n",
  ];
  for (const text of mangled) {
    upstream.answer(async (reply) => {
      await reply.raw(text);
      reply.close();
    });
    const { status, text: told } = await ask("openai-chat", PLAIN);
    expect([status, text]).toEqual([expect.any(Number), text]);
    checkRefusal(status, told);
  }
  await gateway.settled();
});
