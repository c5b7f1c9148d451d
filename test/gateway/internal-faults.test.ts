import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Gateway } from "../../src/gateway/gateway.ts";
import { handleRequest } from "../../src/gateway/handle-request.ts";
import type { UpstreamSender } from "../../src/gateway/upstream-send.ts";
import { PLAIN, standardConfig } from "../support/config.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";

let gateway: TestGateway;
let customer: Customer;
const said: { message: string; fields: Readonly<Record<string, unknown>> }[] = [];

beforeAll(async () => {
  gateway = await startGateway({ config: standardConfig("http://127.0.0.1:1") });
  customer = await gateway.customer();
});
afterAll(() => gateway.close());

/** The gateway with another way to its upstreams, and a log of its own. */
function asking(send: UpstreamSender, body: string, path = "/v1/chat/completions"): Promise<Response> {
  const faulty: Gateway = {
    ...gateway.app.gateway,
    send,
    log: (_, message, fields = {}) => void said.push({ message, fields }),
  };
  const request = new Request(`http://gateway${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${customer.key}` },
    body,
  });
  return Promise.resolve(handleRequest(faulty, request));
}

const BODY = `{"model":"${PLAIN}","messages":[],"max_tokens":5}`;
const STREAMED = BODY.replace("}", ',"stream":true}');
const SECRET = "a path of ours: /srv/quoin/secret";

async function checkLeftovers(outcome: string): Promise<void> {
  const [record] = await gateway.requests(customer);
  expect(record).toMatchObject({ outcome, charge_nanos: "0" });
  expect(gateway.app.gateway.ledger.heldNanos(customer.walletId)).toBe(0n);
  const { message, fields } = said.at(-1) ?? { message: "", fields: {} };
  expect(message).toBe("a request failed inside Quoin");
  expect(fields.request).toBe(record?.id);
  expect(String(fields.cause)).toContain(SECRET);
}

describe("a mistake of our own", () => {
  test("before the answer is a 500 that keeps its cause to the log", async () => {
    const response = await asking(() => {
      throw new TypeError(SECRET);
    }, BODY);
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(JSON.parse(text).error).toMatchObject({ type: "server_error", code: null });
    expect(text).not.toContain("secret");
    expect(response.headers.get("x-request-id")).toMatch(/^req_/);
    await checkLeftovers("failed");
  });

  test("in mid-stream ends it with an error, and costs nothing", async () => {
    let reads = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (reads++ > 0) throw new TypeError(SECRET);
        controller.enqueue(new TextEncoder().encode('data: {"choices":[{"delta":{"content":"x"}}]}\n\n'));
      },
    });
    const headers = { "content-type": "text/event-stream" };
    const response = await asking(() => Promise.resolve(new Response(body, { headers })), STREAMED);
    const text = await response.text();
    expect(text).toMatch(/^data: \{"choices".*\n\ndata: \{"error":.*\n\n$/);
    expect(text).not.toContain("[DONE]");
    expect(text).not.toContain("secret");
    await checkLeftovers("cut_by_upstream");
  });
});

test("a fault before anybody is known is told in the dialect", async () => {
  const broken = new Request("http://gateway/v1/messages", { method: "POST", body: "{}" });
  const faulty: Gateway = {
    ...gateway.app.gateway,
    keys: {
      verify: () => {
        throw new TypeError("broken");
      },
      forgetKey: () => undefined,
      forgetAll: () => undefined,
    },
    log: () => undefined,
  };
  broken.headers.set("x-api-key", customer.key);
  const response = await handleRequest(faulty, broken);
  expect(response.status).toBe(500);
  expect(await response.json()).toMatchObject({ type: "error", error: { type: "api_error" } });
});
