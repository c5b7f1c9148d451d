import { afterAll, beforeAll, expect, test } from "bun:test";
import { loadConfig } from "../../src/config/load.ts";
import { PLAIN, standardConfig } from "../support/config.ts";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { chatBody } from "../support/money-bench.ts";
import { json } from "../support/scripts.ts";

const DAY_MS = 86_400_000;
const dayFromNow = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

let upstream: FakeUpstream;
let gateway: TestGateway;

/** The standard offer: 7 tokens of input at 1,000 and 2 of output at 4,000 nanos are 15,000. */
function offer(periods: readonly object[]): object {
  const plans = [
    { id: "default", key_prefix: "qn_live_" },
    { id: "partner", key_prefix: "qn_partner_", price_multiplier: "0.9" },
    { id: "gratis", key_prefix: "qn_gratis_", price_multiplier: "0" },
  ];
  const config = standardConfig(upstream.url, { plans }) as { models: { price: object }[] };
  const models = config.models.map((model) => ({ ...model, price: { ...model.price, periods } }));
  const accounts = [{ name: "acme", price_multiplier: "0.333333" }];
  return { ...config, models, accounts };
}

const configure = (periods: readonly object[]) =>
  gateway.app.configure(loadConfig(JSON.stringify(offer(periods)), { file: "quoin.yaml", env: {} }));

beforeAll(async () => {
  upstream = await startFakeUpstream();
  upstream.otherwise(json({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 2 } }));
  gateway = await startGateway({ config: offer([]) });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

/** The newest request's, asked for with the customer's key. */
async function pricesInReceipt(customer: Customer): Promise<object> {
  const [request] = await gateway.requests(customer);
  const headers = { authorization: `Bearer ${customer.key}` };
  const response = await fetch(`${gateway.url}/v1/receipts/${request?.id}`, { headers });
  return ((await response.json()) as { receipt: { prices: object } }).receipt.prices;
}

async function chargeOf(customer: Customer): Promise<string | undefined> {
  const headers = { authorization: `Bearer ${customer.key}` };
  const body = chatBody(PLAIN);
  const response = await fetch(`${gateway.url}/v1/chat/completions`, { method: "POST", headers, body });
  expect(response.status).toBe(200);
  await response.text();
  return (await gateway.requests(customer))[0]?.charge_nanos;
}

test("a plan and an account pay what was agreed, the account's before the plan's", async () => {
  expect(await chargeOf(await gateway.customer())).toBe("15000");
  expect(await chargeOf(await gateway.customer({ plan: "partner" }))).toBe("13500");
  // 15,000 times 0.333333 is 4,999.995: rounded once.
  expect(await chargeOf(await gateway.customer({ account: "acme", plan: "partner" }))).toBe("5000");
});

test("a receipt names what was paid of the price list, and by whose terms", async () => {
  const whole = await gateway.customer();
  const partner = await gateway.customer({ plan: "partner" });
  const agreed = await gateway.customer({ account: "acme", plan: "partner" });
  for (const customer of [whole, partner, agreed]) await chargeOf(customer);
  expect(await pricesInReceipt(whole)).toMatchObject({
    ...{ multiplier: "1", multiplier_of: null, multiplier_plan: null },
  });
  expect(await pricesInReceipt(partner)).toMatchObject({
    ...{ multiplier: "0.9", multiplier_of: "plan", multiplier_plan: "partner" },
  });
  expect(await pricesInReceipt(agreed)).toMatchObject({
    ...{ multiplier: "0.333333", multiplier_of: "account", multiplier_plan: null },
  });
});

test("a plan that pays nothing needs no money", async () => {
  const customer = await gateway.customer({ plan: "gratis", usd: "0" });
  expect(await chargeOf(customer)).toBe("0");
});

test("a price holds for its time, and each list has its version", async () => {
  const customer = await gateway.customer();
  const before = (await configure([])).priceVersion;
  const now = await configure([{ from: dayFromNow(-1), until: dayFromNow(2), output: "8.00" }]);
  expect(now.priceVersion).toBeGreaterThan(before);
  expect(await chargeOf(customer)).toBe("23000");
  await configure([{ from: dayFromNow(2), output: "8.00" }]);
  expect(await chargeOf(customer)).toBe("15000");
  await configure([{ from: dayFromNow(-2), until: dayFromNow(-1), output: "8.00" }]);
  expect(await chargeOf(customer)).toBe("15000");
  expect((await configure([])).priceVersion).toBe(before);
});
