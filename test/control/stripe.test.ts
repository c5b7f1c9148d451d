import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { proveLedger } from "../../src/storage/sqlite/prove.ts";
import { PLAIN, standardConfig } from "../support/config.ts";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, type LogLine, startGateway, type TestGateway } from "../support/gateway.ts";
import { json } from "../support/scripts.ts";
import {
  type LoopbackStripe,
  type SentEvent,
  startLoopbackStripe,
} from "../support/stripe/loopback-stripe.ts";
import type { Intent } from "../support/stripe/state.ts";

let stripe: LoopbackStripe;
let upstream: FakeUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  stripe = startLoopbackStripe();
  upstream = await startFakeUpstream();
  upstream.otherwise(json({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 10 } }));
  gateway = await startGateway({ config: standardConfig(upstream.url), env: stripe.env });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
  await stripe.close();
});
beforeEach(() => {
  stripe.state.trouble = undefined;
});

/** Delivers an event about a payment; answers the status. */
function webhook(payment: string, type: string, sent: SentEvent = {}): Promise<number> {
  const object = { object: "charge", id: "ch_1", payment_intent: payment };
  return stripe.tell(gateway.url, type, payment, { object, ...sent });
}

let payments = 0;

/** A customer whose payment of so many cents stands at Stripe, no webhook yet. */
async function payer(cents: number): Promise<Customer & { payment: string; intent: Intent }> {
  const customer = await gateway.customer({ usd: "0" });
  const payment = `pi_${++payments}`;
  const metadata = { quoin_wallet: customer.walletId };
  const intent: Intent = { id: payment, amount: cents, currency: "usd", metadata };
  stripe.state.intents.set(payment, intent);
  return { ...customer, payment, intent };
}

async function asked({ key }: Customer): Promise<{ status: number; text: string }> {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: `{"model":"${PLAIN}","messages":[],"max_tokens":5}`,
  });
  return { status: response.status, text: await response.text() };
}

async function chat(customer: Customer): Promise<number> {
  return (await asked(customer)).status;
}

async function wallet({ account }: Customer): Promise<{ balance: number; debt: number }> {
  const shown = await gateway.operate("wallet.show", { account });
  return { balance: Number(shown.balance_nanos) / 1e7, debt: Number(shown.debt_nanos ?? 0) / 1e7 };
}

async function wrong(): Promise<string[]> {
  await gateway.operate("flush", {});
  const { checks } = await proveLedger(gateway.home.folder, async () => undefined);
  return checks.filter(({ differences }) => differences.length > 0).map(({ name }) => name);
}

describe("paying by Stripe", () => {
  test("a session names the wallet, in its payment too, and the amount in cents", async () => {
    const { account, walletId } = await gateway.customer({ usd: "0" });
    const asked = { account, amount: "20.00", return: "https://shop.example/done" };
    const { url } = await gateway.operate("wallet.checkout", asked);
    const session = [...stripe.state.sessions.values()].at(-1);
    expect(url).toEndWith(`/pay/${session?.id}`);
    expect(session?.metadata.quoin_wallet).toBe(walletId);
    expect(session?.items).toMatchObject([{ cents: 2_000, currency: "usd" }]);
    await expect(gateway.operate("wallet.checkout", { ...asked, amount: "0.001" })).rejects.toThrow(
      "whole cents",
    );
  });

  test("a payment is credited once, however often and at once it is told", async () => {
    const customer = await payer(2_000);
    const { payment } = customer;
    const told = ["checkout.session.completed", "payment_intent.succeeded", "charge.succeeded"];
    const sent = [...told, ...told].map((type) => webhook(payment, type, { id: `evt_${payment}_${type}` }));
    expect(await Promise.all(sent)).toEqual(Array(6).fill(200));
    expect(await wallet(customer)).toEqual({ balance: 2_000, debt: 0 });
    const before = stripe.state.calls.length;
    expect(await webhook(payment, "replayed", { id: `evt_${payment}_charge.succeeded` })).toBe(200);
    expect(stripe.state.calls).toHaveLength(before);
    expect(await chat(customer)).toBe(200);
    expect(await wrong()).toEqual([]);
  });

  test("the order does not matter: a refund told before the payment, and late news", async () => {
    const customer = await payer(2_000);
    customer.intent.refunded = 500;
    await webhook(customer.payment, "charge.refunded");
    expect(await wallet(customer)).toEqual({ balance: 1_500, debt: 0 });
    await webhook(customer.payment, "payment_intent.succeeded");
    expect(await wallet(customer)).toEqual({ balance: 1_500, debt: 0 });
    customer.intent.refunded = 800;
    await webhook(customer.payment, "charge.refunded");
    expect(await wallet(customer)).toEqual({ balance: 1_200, debt: 0 });
    expect(await wrong()).toEqual([]);
  });

  test("what is forged, changed or old is refused and moves nothing", async () => {
    const customer = await payer(2_000);
    const { payment } = customer;
    stripe.state.intents.set("pi_other", { ...customer.intent, id: "pi_other" });
    expect(await webhook(payment, "x", { secret: "whsec_another" })).toBe(400);
    expect(await webhook(payment, "x", { changed: (body) => body.replace(payment, "pi_other") })).toBe(400);
    expect(await webhook(payment, "x", { ageS: 3_600 })).toBe(400);
    expect((await fetch(`${gateway.url}/webhooks/stripe`, { method: "POST", body: "{}" })).status).toBe(400);
    expect(await wallet(customer)).toEqual({ balance: 0, debt: 0 });
  });

  test("a payment that is none of ours is acknowledged and left alone", async () => {
    stripe.state.intents.set("pi_foreign", { id: "pi_foreign", amount: 900, currency: "usd", metadata: {} });
    expect(await webhook("pi_foreign", "payment_intent.succeeded")).toBe(200);
  });

  test("when Stripe cannot be asked the webhook is refused, and its repetition counts", async () => {
    const customer = await payer(700);
    stripe.state.trouble = "down";
    expect(await webhook(customer.payment, "charge.succeeded", { id: "evt_again" })).toBe(503);
    stripe.state.trouble = undefined;
    expect(await webhook(customer.payment, "charge.succeeded", { id: "evt_again" })).toBe(200);
    expect(await wallet(customer)).toEqual({ balance: 700, debt: 0 });
    const logged = gateway.log as LogLine[];
    logged.splice(0, logged.length, ...logged.filter(({ level }) => level !== "error"));
  });

  test("a dispute takes what is there; the rest is owed, freezes the wallet, and is paid by what comes next", async () => {
    const customer = await payer(1_000);
    await webhook(customer.payment, "charge.succeeded");
    expect(await chat(customer)).toBe(200);
    await gateway.settled();
    customer.intent.disputes = [{ amount: 1_000, status: "needs_response" }];
    await webhook(customer.payment, "charge.dispute.created");
    const spent = 0.005;
    expect(await wallet(customer)).toEqual({ balance: 0, debt: spent });
    expect(await wrong()).toEqual([]);

    const { codes } = await gateway.operate("codes.create", { amount: "1" });
    const [{ code }] = codes as [{ code: string }];
    await gateway.operate("wallet.redeem", { account: customer.account, code });
    const refused = await asked(customer);
    expect(refused.status).toBe(402);
    expect(refused.text).toContain("owes $0.00005 after a refund or a dispute");

    await gateway.operate("wallet.top-up", { account: customer.account, amount: "0.00001", reference: "r" });
    expect((await wallet(customer)).debt).toBe(0.004);
    const again = { account: customer.account, amount: "0.00001", reference: "r" };
    await expect(gateway.operate("wallet.top-up", again)).rejects.toThrow("was made before");
    await gateway.operate("wallet.top-up", { account: customer.account, amount: "1" });
    expect(await wallet(customer)).toEqual({ balance: 199.996, debt: 0 });
    expect(await chat(customer)).toBe(200);
    await gateway.settled();

    customer.intent.disputes = [{ amount: 1_000, status: "won" }];
    await webhook(customer.payment, "charge.dispute.closed");
    expect((await wallet(customer)).balance).toBeCloseTo(199.996 - spent + 1_000, 6);
    expect(await wrong()).toEqual([]);
  });

  test("money that running requests held pays the debt when it comes free", async () => {
    const customer = await payer(1_000);
    await webhook(customer.payment, "charge.succeeded");
    const held = await gateway.app.gateway.ledger.reserve(customer.walletId, "0".repeat(32), 4_000_000_000n);
    customer.intent.refunded = 1_000;
    await webhook(customer.payment, "charge.refunded");
    expect((await wallet(customer)).debt).toBe(400);
    if (held.kind !== "reserved") throw new Error(held.kind);
    gateway.app.gateway.ledger.release(held.reservation);
    await gateway.app.gateway.ledger.recall(customer.walletId);
    await gateway.home.payments.collectDebts(Date.now());
    expect(await wallet(customer)).toEqual({ balance: 0, debt: 0 });
    expect(await wrong()).toEqual([]);
  });
});
