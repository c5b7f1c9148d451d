import { afterAll, beforeAll, expect, test } from "bun:test";
import { PLAIN, standardConfig } from "../support/config.ts";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { json } from "../support/scripts.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;

/** Nearly the model's whole context window, of which the request's own text is a few tokens. */
const READ_TOKENS = 90_000;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  upstream.otherwise(json({ choices: [], usage: { prompt_tokens: READ_TOKENS, completion_tokens: 2 } }));
  gateway = await startGateway({ config: standardConfig(upstream.url, { vendors: ["openai"] }) });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const PICTURE = { type: "image_url", image_url: { url: "https://example.com/cat.png" } };

async function charged(usd: string, members: object): Promise<[status: number, nanos: string | undefined]> {
  const customer = await gateway.customer({ usd });
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${customer.key}` },
    body: JSON.stringify({ model: PLAIN, messages: [{ role: "user", content: "hi" }], ...members }),
  });
  await response.text();
  return [response.status, (await gateway.requests(customer))[0]?.charge_nanos];
}

/** 90,000 tokens of input at 1,000 nanos and 2 of output at 4,000. */
const WHOLE = "90008000";

test("what a search of the vendor's puts into the input is held for, and charged whole", async () => {
  expect(await charged("1", { web_search_options: {} })).toEqual([200, WHOLE]);
});

test("so is a picture that lies elsewhere", async () => {
  expect(await charged("1", { messages: [{ role: "user", content: [PICTURE] }] })).toEqual([200, WHOLE]);
});

test("a balance that does not pay for a full context is not refused: it answers for what is counted", async () => {
  const [status, nanos] = await charged("0.01", { web_search_options: {} });
  expect(status).toBe(200);
  expect(Number(nanos)).toBeGreaterThan(0);
  expect(Number(nanos)).toBeLessThanOrEqual(10_000_000);
});
