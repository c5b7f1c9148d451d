import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { proveLedger } from "../../src/storage/sqlite/prove.ts";
import { PLAIN, standardConfig } from "../support/config.ts";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, type LogLine, startGateway, type TestGateway } from "../support/gateway.ts";
import { json } from "../support/scripts.ts";

const SECRET = "whsec_test_secret";

interface Intent {
  paid: number;
  refunded: number;
  disputes: { amount: number; status: string }[];
  walletId: string;
}

/** A Stripe of the tests' own: what payments have come to, and the sessions that were asked for. */
const intents = new Map<string, Intent>();
const sessions: URLSearchParams[] = [];
let failing = false;
let fetches = 0;

async function stripe(request: Request): Promise<Response> {
  const url = new URL(request.url);
  if (failing) return Response.json({ error: { message: "down", type: "api_error" } }, { status: 500 });
  if (url.pathname === "/v1/checkout/sessions") {
    sessions.push(new URLSearchParams(await request.text()));
    return Response.json({ id: "cs_1", object: "checkout.session", url: "https://pay.example/cs_1" });
  }
  if (url.pathname === "/v1/disputes") {
    const disputes = intents.get(url.searchParams.get("payment_intent") ?? "")?.disputes ?? [];
    const data = disputes.map((dispute, index) => ({ id: `dp_${index}`, object: "dispute", ...dispute }));
    return Response.json({ object: "list", data, has_more: false, url: "/v1/disputes" });
  }
  const id = /^\/v1\/payment_intents\/(.+)$/.exec(url.pathname)?.[1] ?? "";
  const intent = intents.get(id);
  if (!intent)
    return Response.json({ error: { message: "no such", type: "invalid_request_error" } }, { status: 404 });
  fetches++;
  return Response.json({
    id,
    object: "payment_intent",
    currency: "usd",
    amount_received: intent.paid,
    metadata: intent.walletId === "" ? {} : { quoin_wallet: intent.walletId },
    latest_charge: { id: "ch_1", object: "charge", amount_refunded: intent.refunded },
  });
}

let server: ReturnType<typeof Bun.serve>;
let upstream: FakeUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: stripe });
  upstream = await startFakeUpstream();
  upstream.otherwise(json({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 10 } }));
  const env = {
    QUOIN_STRIPE_KEY: "sk_test_1",
    QUOIN_STRIPE_WEBHOOK_SECRET: SECRET,
    QUOIN_STRIPE_URL: `http://127.0.0.1:${server.port}`,
  };
  gateway = await startGateway({ config: standardConfig(upstream.url), env });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
  await server.stop(true);
});
beforeEach(() => {
  failing = false;
});

let events = 0;

interface Sent {
  readonly id?: string;
  readonly secret?: string;
  readonly ageS?: number;
  readonly tamper?: boolean;
}

/** Delivers an event about a payment; answers the status. */
async function webhook(payment: string, type: string, sent: Sent = {}): Promise<number> {
  const { id = `evt_${++events}`, secret = SECRET, ageS = 0, tamper = false } = sent;
  const object = { object: "charge", id: "ch_1", payment_intent: payment };
  const body = JSON.stringify({ id, object: "event", type, data: { object } }, null, 2);
  const seconds = Math.floor(Date.now() / 1000) - ageS;
  const mac = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  const response = await fetch(`${gateway.url}/webhooks/stripe`, {
    method: "POST",
    headers: { "stripe-signature": `t=${seconds},v1=${mac}` },
    body: tamper ? body.replace(payment, "pi_other") : body,
  });
  await response.text();
  return response.status;
}

let payments = 0;

/** A customer whose payment of so many cents stands at Stripe, no webhook yet. */
async function payer(cents: number): Promise<Customer & { payment: string; intent: Intent }> {
  const customer = await gateway.customer({ usd: "0" });
  const payment = `pi_${++payments}`;
  const intent: Intent = { paid: cents, refunded: 0, disputes: [], walletId: customer.walletId };
  intents.set(payment, intent);
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
    expect(await gateway.operate("wallet.checkout", asked)).toMatchObject({
      url: "https://pay.example/cs_1",
    });
    const form = sessions.at(-1);
    expect(form?.get("payment_intent_data[metadata][quoin_wallet]")).toBe(walletId);
    expect(form?.get("line_items[0][price_data][unit_amount]")).toBe("2000");
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
    const before = fetches;
    expect(await webhook(payment, "replayed", { id: `evt_${payment}_charge.succeeded` })).toBe(200);
    expect(fetches).toBe(before);
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
    intents.set("pi_other", customer.intent);
    expect(await webhook(payment, "x", { secret: "whsec_another" })).toBe(400);
    expect(await webhook(payment, "x", { tamper: true })).toBe(400);
    expect(await webhook(payment, "x", { ageS: 3_600 })).toBe(400);
    expect((await fetch(`${gateway.url}/webhooks/stripe`, { method: "POST", body: "{}" })).status).toBe(400);
    expect(await wallet(customer)).toEqual({ balance: 0, debt: 0 });
  });

  test("a payment that is none of ours is acknowledged and left alone", async () => {
    intents.set("pi_foreign", { paid: 900, refunded: 0, disputes: [], walletId: "" });
    expect(await webhook("pi_foreign", "payment_intent.succeeded")).toBe(200);
  });

  test("when Stripe cannot be asked the webhook is refused, and its repetition counts", async () => {
    const customer = await payer(700);
    failing = true;
    expect(await webhook(customer.payment, "charge.succeeded", { id: "evt_again" })).toBe(503);
    failing = false;
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
