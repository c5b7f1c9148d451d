import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { PLAIN, standardConfig } from "../support/config.ts";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { post, rawClient } from "../support/raw-client.ts";
import { json, sse } from "../support/scripts.ts";
import { SAMPLES } from "../support/streams.ts";
import { until } from "../support/until.ts";
import { ANSWER_MS, checkRefusal } from "./verdict.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;
let customer: Customer;

const CHAT = SAMPLES["openai-chat"](PLAIN, "\n").events.join("");
const STREAMED = `{"model":"${PLAIN}","messages":[],"max_tokens":9,"stream":true,"stream_options":{"include_usage":true}}`;
const WHOLE = `{"model":"${PLAIN}","messages":[],"max_tokens":9}`;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  upstream.otherwise((reply, seen) =>
    (seen.text.includes('"stream":true') ? sse(CHAT) : json({ choices: [], usage: { prompt_tokens: 1 } }))(
      reply,
      seen,
    ),
  );
  gateway = await startGateway({
    config: standardConfig(upstream.url),
    env: { QUOIN_BODY_DEADLINE_MS: "400" },
  });
  customer = await gateway.customer({ usd: "100" });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

async function nothingIsLeft(): Promise<void> {
  await gateway.settled();
  expect(gateway.app.gateway.ledger.heldNanos(customer.walletId)).toBe(0n);
  expect(gateway.log.filter(({ level }) => level === "error")).toEqual([]);
}

/** Sends, and closes in one of the ways in which clients go. */
async function leave(bytes: string, how: "fin" | "rst"): Promise<void> {
  const client = await rawClient(gateway.port);
  client.send(bytes);
  // The bytes must be on their way before the connection goes.
  await Bun.sleep(1);
  if (how === "rst") client.kill();
  else client.socket.end();
  await until(
    "the connection's close",
    () => client.closed() || client.text().includes("\r\n\r\n"),
    ANSWER_MS,
  );
  client.kill();
}

describe("a connection cut at any stage of its request leaves nothing", () => {
  test.each(["fin", "rst"] as const)("by %s", async (how) => {
    for (const body of [STREAMED, WHOLE]) {
      const request = post("/v1/chat/completions", customer.key, body);
      const stages = Array.from({ length: 40 }, (_, at) => Math.ceil(((at + 1) * request.length) / 40));
      await Promise.all(stages.map((stage) => leave(request.slice(0, stage), how)));
    }
    await nothingIsLeft();
  });

  test("in mid-answer, after any number of bytes", async () => {
    const client = async (bytes: number) => {
      const one = await rawClient(gateway.port);
      one.socket.on("data", () => {
        if (one.received().length >= bytes) one.kill();
      });
      one.send(post("/v1/chat/completions", customer.key, STREAMED));
      await until(
        "the client's close",
        () => one.closed() || one.received().includes("0\r\n\r\n"),
        ANSWER_MS,
      );
      one.kill();
    };
    await Promise.all(Array.from({ length: 40 }, (_, at) => client(1 + at * 60)));
    await nothingIsLeft();
  });

  test("and stalled instead, is told 408 once its body is late", async () => {
    const request = post("/v1/chat/completions", customer.key, WHOLE);
    const headEnd = request.indexOf("\r\n\r\n") + 4;
    const stages = Array.from({ length: 10 }, (_, at) => headEnd + at * 4);
    await Promise.all(
      stages.map(async (stage) => {
        const client = await rawClient(gateway.port);
        client.send(request.slice(0, stage));
        expect((await client.answer(ANSWER_MS)).status).toBe(408);
        await until("the connection's close", () => client.closed(), ANSWER_MS);
      }),
    );
    await nothingIsLeft();
  });
});

describe("what is no HTTP", () => {
  const head = (more: string) => `POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: KEY\r\n${more}\r\n\r\n`;
  const MANGLED = [
    `${head("transfer-encoding: chunked")}zz\r\nab`,
    `${head("transfer-encoding: chunked")}-5\r\nhello\r\n0\r\n\r\n`,
    `${head("transfer-encoding: chunked")}5\r\nhelloXX0\r\n\r\n`,
    `${head("transfer-encoding: chunked")}ffffffffffffffff\r\nx`,
    head("transfer-encoding: gzip, chunked, x"),
    head("content-length: 3\r\ntransfer-encoding: chunked"),
    head("content-length: 3\r\ncontent-length: 4"),
    head("content-length: -3"),
    head("content-length: 99999999999999999999"),
    head("content-length: 0x10"),
    "GET / HTTP/9.9\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "hello\r\n\r\n",
    "\r\n\r\n\r\n",
    `GET / HTTP/1.1\r\nhost: x\r\n${"x: y\r\n".repeat(500)}\r\n`,
    `GET /${"a".repeat(30_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
    "GET / HTTP/1.1\r\nhost: x\r\nbad header\r\n\r\n",
    "GET / HTTP/1.1\r\nhost: x\r\n: empty\r\n\r\n",
    "\0".repeat(100),
  ];

  test("never hangs a connection that says it is done, nor costs anything", async () => {
    await Promise.all(
      MANGLED.map(async (text) => {
        const client = await rawClient(gateway.port);
        client.send(Buffer.from(text.replaceAll("KEY", customer.key), "latin1"));
        await Bun.sleep(20);
        client.socket.end();
        await until(`an end of ${JSON.stringify(text.slice(0, 80))}`, () => client.closed(), ANSWER_MS);
        // The server's own parser refuses what never became a request; what did is answered by us.
        const [first = "", ...rest] = client.text().split("\r\n\r\n");
        const status = Number(first.split(" ")[1] ?? 0);
        const body = rest.join("\r\n\r\n");
        if (status >= 400 && body !== "") checkRefusal(status, body);
      }),
    );
    await nothingIsLeft();
  });
});

describe("requests on one connection", () => {
  const HEALTH = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
  const chat = (body: string) => () => post("/v1/chat/completions", customer.key, body);
  const KINDS = [chat(WHOLE), chat(STREAMED), () => post("/v1/nothing", "x", "{}"), () => HEALTH];

  test("one after the other are answered in their order", async () => {
    const client = await rawClient(gateway.port);
    for (const [at, request] of [...KINDS, ...KINDS].entries()) {
      client.send(request());
      const answers = () =>
        client.text().match(/HTTP\/1\.1 \d{3}[\s\S]*?(?:\}|0\r\n\r\n)(?=HTTP|$)/g)?.length ?? 0;
      await until(`answer ${at}`, () => answers() === at + 1, ANSWER_MS);
    }
    client.kill();
    await nothingIsLeft();
  });

  test("sent at once are answered in their order, or the connection closes", async () => {
    // Bun gives up a connection whose next request comes while an answer is being made.
    for (const first of KINDS) {
      for (const second of KINDS) {
        const client = await rawClient(gateway.port);
        client.send(first() + second() + HEALTH);
        const seen = () => client.closed() || client.text().includes('{"status":"ok"}');
        await until("an answer or a close", seen, ANSWER_MS);
        client.kill();
      }
    }
    await nothingIsLeft();
  });

  test("a body that is longer than it said is not taken for more than a next request", async () => {
    const client = await rawClient(gateway.port);
    client.send(`${post("/v1/chat/completions", customer.key, WHOLE)}trailing garbage\r\n\r\n`);
    const { status } = await client.answer(ANSWER_MS);
    expect([200, 400]).toContain(status);
    client.kill();
    await nothingIsLeft();
  });

  test("a refusal before the body leaves the connection in step", async () => {
    const client = await rawClient(gateway.port);
    const refused = post("/v1/chat/completions", "wrong", WHOLE);
    client.send(refused.slice(0, -10));
    expect((await client.answer(ANSWER_MS)).status).toBe(401);
    client.send(refused.slice(-10));
    client.send("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
    await until(
      "the next answer, or a close",
      () => client.closed() || client.text().includes('{"status":"ok"}'),
      ANSWER_MS,
    );
    expect(client.text().match(/HTTP\/1\.1 200/g)?.length ?? 0).toBeLessThan(2);
    client.kill();
    await nothingIsLeft();
  });
});
