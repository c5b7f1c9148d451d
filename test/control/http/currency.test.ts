import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Caller } from "../../../src/accounts/caller.ts";
import { statementCsv, statementText } from "../../../src/control/statement-files.ts";
import { userCaller } from "../../support/console.ts";
import { type ConsoleWorld, startConsoleWorld } from "../../support/console-world.ts";
import type { Customer } from "../../support/gateway.ts";
import { type LoopbackStripe, startLoopbackStripe } from "../../support/stripe/loopback-stripe.ts";

const RATES = [
  { code: "EUR", rate: "0.9", from: "2020-01-01" },
  { code: "EUR", rate: "0.92", from: "2026-01-01" },
  { code: "JPY", rate: "155.2", from: "2026-01-01" },
  { code: "CHF", rate: "0.8", from: "2199-01-01" },
];

let stripe: LoopbackStripe;
let world: ConsoleWorld;
let customer: Customer;
let owner: Caller;

beforeAll(async () => {
  stripe = startLoopbackStripe();
  world = await startConsoleWorld(undefined, stripe.env, { currencies: RATES });
});
afterAll(async () => {
  await world.close();
  await stripe.close();
});
beforeEach(async () => {
  customer = await world.gateway.customer({ usd: "0" });
  owner = userCaller([{ accountId: customer.accountId, role: "owner" }]);
});

const call = (line: string, body?: unknown) => {
  const [method, path = ""] = line.split(" ");
  return world.console.call(owner, `${method} /accounts/${customer.account}${path}`, body);
};
const balance = () => world.gateway.balanceNanos(customer);

/** Asks for a page, pays on it, and tells; answers the payment's id. */
async function pay(usd: bigint, currency?: string): Promise<string> {
  const asked = {
    amount_nanos: (usd * 1_000_000_000n).toString(),
    return_url: "https://a.example/",
    currency,
  };
  const { body } = await call("POST /wallet/checkout", asked);
  stripe.pay(String(body.url).split("/").at(-1) ?? "");
  const payment = [...stripe.state.intents.keys()].at(-1) ?? "";
  expect(await stripe.tell(world.gateway.url, "payment_intent.succeeded", payment)).toBe(200);
  return payment;
}

describe("a second currency", () => {
  test("is one of those that have a rate today", async () => {
    expect((await call("GET /wallet/currency")).body).toEqual({
      shown: null,
      offered: [
        { code: "EUR", rate: "0.92", minor_digits: 2 },
        { code: "JPY", rate: "155.2", minor_digits: 0 },
      ],
    });
    expect((await call("PUT /wallet/currency", { shown: "EUR" })).body.shown).toBe("EUR");
    expect((await call("GET /wallet/currency")).body.shown).toBe("EUR");
    const refused = (await call("PUT /wallet/currency", { shown: "CHF" })).body.error as { message: string };
    expect(refused.message).toContain("CHF has no rate that holds today; there is USD, EUR, JPY, CHF");
    expect((await call("PUT /wallet/currency", { shown: null })).body.shown).toBeNull();
  });

  test("is paid in at the rate of the page; what comes in is the amount in USD, and the rate is kept", async () => {
    const payment = await pay(25n, "EUR");
    expect(stripe.state.intents.get(payment)).toMatchObject({ amount: 2_300, currency: "eur" });
    expect(balance()).toBe(25_000_000_000n);
    const kept = await world.gateway.home.currencies.paidBy(customer.walletId);
    expect(kept.get(payment)).toEqual({ code: "EUR", minor: 2_300n, ppm: 920_000n });
    await pay(10n, "JPY");
    expect([...stripe.state.intents.values()].at(-1)).toMatchObject({ amount: 1_552, currency: "jpy" });
    expect(balance()).toBe(35_000_000_000n);
  });

  test("payments in USD are as before, and a currency without a rate of its own is left alone", async () => {
    await pay(5n);
    expect([...stripe.state.intents.values()].at(-1)).toMatchObject({ amount: 500, currency: "usd" });
    expect(balance()).toBe(5_000_000_000n);
    const wallet = { quoin_wallet: customer.walletId };
    stripe.state.intents.set("pi_odd", { id: "pi_odd", amount: 900, currency: "eur", metadata: wallet });
    expect(await stripe.tell(world.gateway.url, "payment_intent.succeeded", "pi_odd")).toBe(200);
    expect(balance()).toBe(5_000_000_000n);
    const none = await call("POST /wallet/checkout", {
      ...{ amount_nanos: "5000000000", return_url: "https://a.example/", currency: "CHF" },
    });
    expect((none.body.error as { field: string }).field).toBe("currency");
  });

  test("statements name both, a payment at its own rate, with text and files", async () => {
    await call("PUT /wallet/currency", { shown: "EUR" });
    await pay(25n, "EUR");
    await world.gateway.operate("wallet.top-up", { account: customer.account, amount: "1" });
    const month = new Date().toISOString().slice(0, 7);
    const { body } = await call(`GET /wallet/statement?month=${month}`);
    expect(body).toMatchObject({ shown_currency: "EUR", opening_shown_nanos: "0" });
    expect(body.closing_shown_nanos).toBe("23920000000");
    const entries = body.entries as Record<string, unknown>[];
    expect(entries.map(({ shown_nanos, paid_in }) => [shown_nanos, paid_in])).toEqual([
      ["23000000000", { currency: "EUR", amount: "23.00", rate: "0.92" }],
      ["920000000", null],
    ]);
    const statement = { account: customer.account, ...body } as unknown as Parameters<
      typeof statementText
    >[0];
    expect(statementText(statement)).toContain("$25.00 = 23.00 EUR");
    expect(statementText(statement)).toContain("paid 23.00 EUR at 0.92");
    expect(statementCsv(statement)).toContain("25.00,25.00,EUR,23.00,EUR,23.00,0.92\r\n");
  });

  test("receipts name both, once the account is shown it", async () => {
    await world.gateway.operate("wallet.top-up", { account: customer.account, amount: "1" });
    expect(await world.chat(customer.key)).toBe(200);
    const [request] = await world.gateway.requests(customer);
    const receipt = async () => {
      const { body } = await call(`GET /requests/${request?.id}/receipt`);
      return body.receipt as Record<string, unknown>;
    };
    expect((await receipt()).shown).toBeUndefined();
    await call("PUT /wallet/currency", { shown: "EUR" });
    expect((await receipt()).shown).toEqual({ currency: "EUR", rate: "0.92", net_nanos: "46000" });
    await world.gateway.settled();
  });
});
