/** Hostile requests and answers on the way of translation, through the whole gateway. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { json } from "../support/scripts.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;
let customer: Customer;

const PRICE = { input: "1.00", output: "4.00" };

function configOver(url: string): object {
  const at = { provider: "openai-compatible", base_url: `${url}/v1` };
  return {
    upstreams: [{ id: "chat", ...at, protocols: ["openai-chat"] }],
    models: [{ id: "m", price: PRICE, targets: [{ upstream: "chat" }] }],
  };
}

beforeAll(async () => {
  upstream = await startFakeUpstream();
  gateway = await startGateway({ config: configOver(upstream.url) });
  customer = await gateway.customer();
});
afterEach(() => upstream.reset());
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

async function ask(path: string, body: object | string): Promise<Response> {
  return await fetch(gateway.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${customer.key}` },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

const HI = [{ role: "user", content: "Hi" }];
const MESSAGES = { model: "m", max_tokens: 50, messages: HI };

const SAYS_HELLO = json({
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 },
});

describe("a request that is hostile", () => {
  const deep = `${'{"a":'.repeat(40_000)}1${"}".repeat(40_000)}`;

  test.each([
    ["/v1/messages", JSON.stringify(MESSAGES).replace("{", `{"metadata":${deep},`)],
    ["/v1/responses", `{"model":"m","input":"x","metadata":${deep}}`],
    ["/v1/completions", `{"model":"m","prompt":["x","y"],"logit_bias":${deep}}`],
  ])("by its depth is refused: %s", async (path, body) => {
    const response = await ask(path, body);
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining("levels")]);
    expect(upstream.seen).toHaveLength(0);
  });

  test("by the number of its fields is served, and not all of them are told", async () => {
    upstream.answer(SAYS_HELLO);
    const fields = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`k${at}`, at]));
    const response = await ask("/v1/messages", { ...MESSAGES, ...fields });
    expect(response.status).toBe(200);
    expect(response.headers.get("x-quoin-warnings")?.length).toBeLessThan(2_100);
    const [record] = await gateway.requests(customer);
    expect(record?.notes.length).toBeLessThan(110);
    expect(record?.notes.at(-1)).toContain("more");
  });

  test("by a field's name writes no header of its own", async () => {
    upstream.answer(SAYS_HELLO);
    const response = await ask("/v1/messages", { ...MESSAGES, "x\r\nset-cookie: a=b\u0000é\ud800": 1 });
    expect([response.status, response.headers.get("set-cookie")]).toEqual([200, null]);
    expect(response.headers.get("x-quoin-warnings")).toContain("dropped;x??set-cookie");
  });
});
