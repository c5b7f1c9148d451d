import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { autoTopUps } from "../../src/billing/auto-top-up.ts";
import type { Mail } from "../../src/billing/notice-messages.ts";
import { paymentSettler } from "../../src/billing/payments.ts";
import { runOperation } from "../../src/control/operations.ts";
import { stripeProvider } from "../../src/control/stripe.ts";
import { proveLedger } from "../../src/storage/sqlite/prove.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";

const NOW = Date.UTC(2026, 10, 21, 12);
const HOUR_MS = 3_600_000;

type Answer = "succeeded" | "processing" | "declined" | "lost" | "down";

interface Intent {
  readonly id: string;
  status: string;
  readonly amount: number;
  readonly customer: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A Stripe of the tests' own that keeps idempotency keys as Stripe does. */
const stripe = {
  answer: "succeeded" as Answer,
  intents: [] as Intent[],
  byKey: new Map<string, Intent>(),
  keys: [] as string[],
  methods: new Map<string, string[]>(),
  customers: 0,
};
const state = { now: NOW, faults: 0 };

const fault = (status: number, error: object) => Response.json({ error }, { status });
const listed = (data: readonly object[], url: string) =>
  Response.json({ object: "list", data, has_more: false, url });
const shown = (intent: Intent) =>
  Response.json({
    ...intent,
    object: "payment_intent",
    currency: "usd",
    amount_received: intent.status === "succeeded" ? intent.amount : 0,
    latest_charge: null,
  });

/** `metadata[quoin_wallet]` and its like. */
function metadataOf(form: URLSearchParams): Record<string, string> {
  const fields = [...form].map(([name, value]) => [/^metadata\[(\w+)\]$/.exec(name)?.[1] ?? "", value]);
  return Object.fromEntries(fields.filter(([name]) => name !== ""));
}

function charge(form: URLSearchParams, key: string): Response {
  stripe.keys.push(key);
  if (stripe.answer === "down") return fault(500, { message: "down", type: "api_error" });
  if (stripe.answer === "declined")
    return fault(402, { message: "Your card was declined.", type: "card_error", code: "card_declined" });
  const known = stripe.byKey.get(key);
  const made = known ?? {
    id: `pi_${stripe.intents.length}_${key.slice(-6)}`,
    status: stripe.answer === "processing" ? "processing" : "succeeded",
    amount: Number(form.get("amount")),
    customer: form.get("customer") ?? "",
    metadata: metadataOf(form),
  };
  if (!known) stripe.intents.push(made);
  stripe.byKey.set(key, made);
  // The money was taken, and the answer does not say so.
  return stripe.answer === "lost" ? fault(500, { message: "lost", type: "api_error" }) : shown(made);
}

async function answer(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const form = new URLSearchParams(await request.text());
  const [, , kind, id, part] = pathname.split("/");
  if (kind === "checkout")
    return Response.json({ id: "cs_1", url: `https://pay.example/${form.get("mode")}` });
  if (kind === "customers" && part === "payment_methods") {
    const methods = stripe.methods.get(id ?? "") ?? [];
    const card = { brand: "visa", last4: "4242" };
    const data = methods.map((method, created) => ({ id: method, type: "card", created, card }));
    return listed(data, pathname);
  }
  if (kind === "customers") return Response.json({ id: `cus_${++stripe.customers}` });
  if (kind === "disputes") return listed([], pathname);
  if (kind === "payment_methods") {
    for (const [customer, methods] of stripe.methods)
      stripe.methods.set(
        customer,
        methods.filter((method) => method !== id),
      );
    return Response.json({ id });
  }
  if (request.method === "POST") return charge(form, request.headers.get("idempotency-key") ?? "");
  if (id === undefined)
    return listed(
      stripe.intents.filter(({ customer }) => customer === searchParams.get("customer")),
      pathname,
    );
  const intent = stripe.intents.find((candidate) => candidate.id === id);
  return intent ? shown(intent) : fault(404, { message: "no such", type: "invalid_request_error" });
}

let server: ReturnType<typeof Bun.serve>;
let gateway: TestGateway;
let provider: ReturnType<typeof stripeProvider>;

beforeAll(async () => {
  server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer });
  provider = stripeProvider({
    apiKey: "sk_test_1",
    webhookSecret: "whsec_1",
    url: `http://127.0.0.1:${server.port}`,
  });
  gateway = await startGateway({ config: "{}" });
});
afterAll(async () => {
  await gateway.close();
  await server.stop(true);
});
beforeEach(() => {
  Object.assign(stripe, { answer: "succeeded", intents: [], byKey: new Map(), keys: [], methods: new Map() });
  Object.assign(state, { now: NOW, faults: 0 });
});

/** The sweeper of one node. */
function node(debtNanos?: bigint) {
  const { home, app } = gateway;
  return autoTopUps({
    ...{ store: home.autoTopUps, provider, notices: home.notices },
    clock: { now: () => state.now, monotonic: () => 0 },
    onFault: () => state.faults++,
    balance: (walletId) => home.wallets.balance(walletId, Date.now()),
    debt: (walletId) => debtNanos ?? home.payments.debt(walletId),
    settle: paymentSettler({
      ...{ provider, store: home.payments, now: () => state.now },
      recall: (walletId) => app.gateway.ledger.recall(walletId),
    }),
  });
}

const operate = async (name: string, args: object) =>
  (await runOperation({ ...gateway.app.control, paymentProvider: provider }, name, args)) as Record<
    string,
    unknown
  >;

/** A customer with $1 and a saved card, who is topped up by $20 below $5. */
async function saver(terms: object = {}): Promise<Customer> {
  const customer = await gateway.customer({ usd: "1" });
  const { account, walletId } = customer;
  await operate("wallet.save-method", { account, return: "https://shop.example/" });
  stripe.methods.set((await gateway.home.autoTopUps.customer(walletId)) ?? "", ["pm_old", "pm_new"]);
  const asked = { account, below: "5", amount: "20", month_max: "100", email: "owner@shop.example" };
  await operate("wallet.auto-top-up", { ...asked, ...terms });
  return customer;
}

const dollars = (customer: Customer) => Number(gateway.balanceNanos(customer)) / 1e9;
const show = ({ account }: Customer) => operate("wallet.auto-top-up", { account });
const off = ({ account }: Customer) => operate("wallet.auto-top-up", { account, off: true });

async function mailed(customer: Customer): Promise<string[]> {
  const due = await gateway.home.notices.due(Date.now() + 1e12, 100);
  return due.filter(({ walletId }) => walletId === customer.walletId).map(({ body }) => body);
}

describe("automatic top-ups", () => {
  test("a method must be saved first, and the terms must hold together", async () => {
    const { account } = await gateway.customer({ usd: "0" });
    const asked = { account, below: "5", amount: "20", month_max: "100" };
    await expect(operate("wallet.auto-top-up", asked)).rejects.toThrow("no saved method");
    await expect(operate("wallet.auto-top-up", { ...asked, amount: "0.10" })).rejects.toThrow("0.50 or more");
    await expect(operate("wallet.auto-top-up", { ...asked, month_max: "19" })).rejects.toThrow(
      "less than one",
    );
    await expect(gateway.operate("wallet.auto-top-up", asked)).rejects.toThrow("Nobody takes payments");
    const saving = { account, return: "https://shop.example/" };
    expect((await operate("wallet.save-method", saving)).url).toBe("https://pay.example/setup");
    expect((await operate("wallet.checkout", { ...saving, amount: "5", save: true })).url).toBe(
      "https://pay.example/payment",
    );
    expect(await operate("wallet.auto-top-up", { account })).toMatchObject({ on: false, method: null });
  });

  test("a low wallet is charged once by the newest method, whoever looks and however often", async () => {
    const customer = await saver();
    expect(await show(customer)).toMatchObject({ on: true, method: "visa 4242", month_nanos: "0" });
    const [one, other] = [node(), node()];
    await Promise.all([one.sweep(), other.sweep(), one.sweep()]);
    await other.sweep();
    expect(dollars(customer)).toBe(21);
    expect(stripe.intents).toHaveLength(1);
    expect(stripe.intents[0]).toMatchObject({ amount: 2_000, metadata: { quoin_wallet: customer.walletId } });
    expect(await show(customer)).toMatchObject({ month_nanos: "20000000000", failures: 0 });
    await off(customer);
  });

  test("where the answer was lost, the money comes all the same, and once", async () => {
    const customer = await saver();
    stripe.answer = "lost";
    await node().sweep();
    expect([dollars(customer), state.faults]).toEqual([1, 1]);
    await node().sweep();
    stripe.answer = "succeeded";
    state.now += 2 * 60_000;
    await node().sweep();
    expect([dollars(customer), stripe.intents.length, new Set(stripe.keys).size]).toEqual([21, 1, 1]);
    await off(customer);
  });

  test("with Stripe down for long it is asked what came of it, and not charged under a key that was forgotten", async () => {
    const customer = await saver();
    stripe.answer = "down";
    await node().sweep();
    state.now += 21 * HOUR_MS;
    const tried = stripe.keys.length;
    stripe.answer = "succeeded";
    await node().sweep();
    expect([dollars(customer), stripe.keys.length]).toEqual([1, tried]);
    expect(await show(customer)).toMatchObject({ on: true, failures: 1 });
    await off(customer);
  });

  test("a bank that takes days is waited for, and nothing else is charged meanwhile", async () => {
    const customer = await saver();
    stripe.answer = "processing";
    await node().sweep();
    state.now += HOUR_MS;
    await node().sweep();
    expect([dollars(customer), stripe.intents.length]).toEqual([1, 1]);
    const [intent] = stripe.intents;
    if (intent) intent.status = "succeeded";
    state.now += HOUR_MS;
    await node().sweep();
    expect([dollars(customer), stripe.intents.length]).toEqual([21, 1]);
    await off(customer);
  });

  test("each failure is told, the third in a row switches it off", async () => {
    const customer = await saver({ times_a_day: 9 });
    stripe.answer = "declined";
    await node().sweep();
    await node().sweep();
    expect(stripe.keys).toHaveLength(1);
    state.now += HOUR_MS;
    await node().sweep();
    state.now += 6 * HOUR_MS;
    await node().sweep();
    state.now += 24 * HOUR_MS;
    await node().sweep();
    expect(new Set(stripe.keys).size).toBe(3);
    const shownNow = await show(customer);
    expect(shownNow).toMatchObject({ on: false, failures: 3, month_nanos: "0" });
    expect(shownNow.off_reason).toContain("Your card was declined.");
    const told = (await mailed(customer)).map((body) => JSON.parse(body));
    expect(told.map((said) => said.off)).toEqual([false, false, true]);
    expect(told[0]).toMatchObject({ type: "wallet.auto_top_up_failed", amount_nanos: "20000000000" });
  });

  test("no more than agreed in a day and a month; a wallet that owes is left alone", async () => {
    const customer = await saver({ below: "1000", times_a_day: 2, month_max: "60" });
    await node(1n).sweep();
    expect(dollars(customer)).toBe(1);
    for (let turn = 0; turn < 4; turn++) await node().sweep();
    expect(dollars(customer)).toBe(41);
    state.now += 24 * HOUR_MS;
    for (let turn = 0; turn < 4; turn++) await node().sweep();
    expect(dollars(customer)).toBe(61);
    await off(customer);
    const { checks } = await proveLedger(gateway.home.folder, async () => undefined);
    expect(checks.filter(({ differences }) => differences.length > 0)).toEqual([]);
  });

  test("without its method it is switched off and told; a removed method takes it off too", async () => {
    const customer = await saver();
    stripe.methods.clear();
    await node().sweep();
    expect((await show(customer)).off_reason).toContain("no saved method");
    expect(await mailed(customer)).toHaveLength(1);
    const other = await saver();
    expect(await operate("wallet.forget-method", { account: other.account })).toMatchObject({ removed: 2 });
    expect(await show(other)).toMatchObject({ on: false, method: null });
  });

  test("the mail says what failed", async () => {
    const customer = await saver({ email: "told@shop.example" });
    stripe.answer = "declined";
    await node().sweep();
    const mails: Mail[] = [];
    const { lowBalanceNotices } = await import("../../src/billing/low-balance.ts");
    const sender = lowBalanceNotices({
      store: gateway.home.notices,
      balance: () => 0n,
      post: () => Promise.resolve(),
      mail: async (mail) => void mails.push(mail),
      secret: gateway.home.secret,
      clock: { now: () => state.now + 48 * HOUR_MS, monotonic: () => 0 },
      onFault: () => undefined,
    });
    await sender.sweep();
    const mail = mails.find(({ to }) => to === "told@shop.example");
    expect(mail?.subject).toBe(`Automatic top-up failed: ${customer.account}`);
    expect(mail?.text).toContain("$20.00");
    expect(mail?.text).toContain("Your card was declined. It is tried again");
    await off(customer);
  });
});
