import { afterAll, beforeAll, expect, test } from "bun:test";
import { PLAIN, standardConfig } from "../support/config.ts";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { post, rawClient } from "../support/raw-client.ts";
import { until } from "../support/until.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  gateway = await startGateway({ config: standardConfig(upstream.url) });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const MEGABYTE = 1_048_576;

test("a client that does not read slows the upstream instead of filling memory", async () => {
  const customer = await gateway.customer();
  const event = Buffer.from(`data: {"choices":[{"delta":{"content":"${"x".repeat(32_700)}"}}]}\n\n`);
  const total = 250 * MEGABYTE;
  let written = 0;
  upstream.answer(async (reply) => {
    await reply.head(200, { "content-type": "text/event-stream" });
    while (written < total && (await reply.write(event))) written += event.length;
  });
  const client = await rawClient(gateway.port);
  client.send(post("/v1/chat/completions", customer.key, `{"model":"${PLAIN}","messages":[],"stream":true}`));
  await client.answer();
  client.socket.pause();
  const rssBefore = process.memoryUsage.rss();
  let last = -1;
  // As long as anything moves, the buffers of the system are filling; they may be tens of megabytes.
  for (let round = 0; round < 40 && written !== last; round++) {
    last = written;
    await Bun.sleep(100);
  }
  expect(written).toBeLessThan(100 * MEGABYTE);
  // The fake upstream and the client live in this process too, and their sockets' buffers with them.
  expect(process.memoryUsage.rss() - rssBefore).toBeLessThan(64 * MEGABYTE);
  client.kill();
  await until("the upstream's close", () => upstream.last().closed());
  const [record] = await gateway.requests(customer);
  expect(record).toMatchObject({ outcome: "cut_by_client", usage_source: "estimated" });
});

test("many streams that clients leave keep nothing", async () => {
  const customer = await gateway.customer();
  const first = `data: {"choices":[{"delta":{"content":"hello"}}]}\n\n`;
  upstream.otherwise(async (reply) => {
    await reply.head(200, { "content-type": "text/event-stream" });
    await reply.write(first);
  });
  const body = `{"model":"${PLAIN}","messages":[],"stream":true,"max_tokens":10}`;
  await Promise.all(
    Array.from({ length: 100 }, async () => {
      const client = await rawClient(gateway.port);
      client.send(post("/v1/chat/completions", customer.key, body));
      await client.sees("hello");
      client.kill();
    }),
  );
  await gateway.settled();
  await until("every upstream's close", () => upstream.seen.every((seen) => seen.closed()));
  expect(gateway.app.gateway.ledger.heldNanos(customer.walletId)).toBe(0n);
  const requests = await gateway.requests(customer);
  expect(requests).toHaveLength(100);
  expect(new Set(requests.map(({ outcome }) => outcome))).toEqual(new Set(["cut_by_client"]));
});
