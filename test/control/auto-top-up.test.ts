import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { autoTopUps } from "../../src/billing/auto-top-up.ts";
import type { Mail } from "../../src/billing/notice-messages.ts";
import { paymentSettler } from "../../src/billing/payments.ts";
import { runOperation } from "../../src/control/operations.ts";
import { stripeProvider } from "../../src/control/stripe.ts";
import { proveLedger } from "../../src/storage/sqlite/prove.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { type LoopbackStripe, startLoopbackStripe } from "../support/stripe/loopback-stripe.ts";

const NOW = Date.UTC(2026, 10, 21, 12);
const HOUR_MS = 3_600_000;

const state = { now: NOW, faults: 0 };

let stripe: LoopbackStripe;
let gateway: TestGateway;
let provider: ReturnType<typeof stripeProvider>;

beforeAll(async () => {
  stripe = startLoopbackStripe(NOW);
  const { env } = stripe;
  provider = stripeProvider({
    apiKey: env.QUOIN_STRIPE_KEY ?? "",
    webhookSecret: env.QUOIN_STRIPE_WEBHOOK_SECRET ?? "",
    url: env.QUOIN_STRIPE_URL ?? "",
  });
  gateway = await startGateway({ config: "{}" });
});
afterAll(async () => {
  await gateway.close();
  await stripe.close();
});
beforeEach(() => {
  const { intents, charged, tried } = stripe.state;
  Object.assign(stripe.state, { trouble: undefined, chargeTrouble: undefined });
  for (const kept of [intents, charged]) kept.clear();
  tried.length = 0;
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
  const payer = stripe.state.customers.get((await gateway.home.autoTopUps.customer(walletId)) ?? "");
  payer?.methods.push("pm_old", "pm_new");
  const asked = { account, below: "5", amount: "20", month_max: "100", email: "owner@shop.example" };
  await operate("wallet.auto-top-up", { ...asked, ...terms });
  return customer;
}

/** What the page of a session is for. */
async function modeOf(session: Promise<Record<string, unknown>>): Promise<string | undefined> {
  const [, id = ""] = /\/pay\/(.+)$/.exec(String((await session).url)) ?? [];
  return stripe.state.sessions.get(id)?.mode;
}

const payments = () => [...stripe.state.intents.values()];
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
    expect(await modeOf(operate("wallet.save-method", saving))).toBe("setup");
    expect(await modeOf(operate("wallet.checkout", { ...saving, amount: "5", save: true }))).toBe("payment");
    expect(await operate("wallet.auto-top-up", { account })).toMatchObject({ on: false, method: null });
  });

  test("a low wallet is charged once by the newest method, whoever looks and however often", async () => {
    const customer = await saver();
    expect(await show(customer)).toMatchObject({ on: true, method: "visa 4242", month_nanos: "0" });
    const [one, other] = [node(), node()];
    await Promise.all([one.sweep(), other.sweep(), one.sweep()]);
    await other.sweep();
    expect(dollars(customer)).toBe(21);
    expect(payments()).toHaveLength(1);
    expect(payments()[0]).toMatchObject({ amount: 2_000, metadata: { quoin_wallet: customer.walletId } });
    expect(await show(customer)).toMatchObject({ month_nanos: "20000000000", failures: 0 });
    await off(customer);
  });

  test("where the answer was lost, the money comes all the same, and once", async () => {
    const customer = await saver();
    stripe.state.chargeTrouble = "lost";
    await node().sweep();
    expect([dollars(customer), state.faults]).toEqual([1, 1]);
    await node().sweep();
    stripe.state.chargeTrouble = undefined;
    state.now += 2 * 60_000;
    await node().sweep();
    expect([dollars(customer), payments().length, new Set(stripe.state.tried).size]).toEqual([21, 1, 1]);
    await off(customer);
  });

  test("with Stripe down for long it is asked what came of it, and not charged under a key that was forgotten", async () => {
    const customer = await saver();
    stripe.state.chargeTrouble = "down";
    await node().sweep();
    state.now += 21 * HOUR_MS;
    const tried = stripe.state.tried.length;
    stripe.state.chargeTrouble = undefined;
    await node().sweep();
    expect([dollars(customer), stripe.state.tried.length]).toEqual([1, tried]);
    expect(await show(customer)).toMatchObject({ on: true, failures: 1 });
    await off(customer);
  });

  test("a bank that takes days is waited for, and nothing else is charged meanwhile", async () => {
    const customer = await saver();
    stripe.state.chargeTrouble = "processing";
    await node().sweep();
    state.now += HOUR_MS;
    await node().sweep();
    expect([dollars(customer), payments().length]).toEqual([1, 1]);
    const [intent] = payments();
    if (intent) intent.status = "succeeded";
    state.now += HOUR_MS;
    await node().sweep();
    expect([dollars(customer), payments().length]).toEqual([21, 1]);
    await off(customer);
  });

  test("each failure is told, the third in a row switches it off", async () => {
    const customer = await saver({ times_a_day: 9 });
    stripe.state.trouble = "declined";
    await node().sweep();
    await node().sweep();
    expect(stripe.state.tried).toHaveLength(1);
    state.now += HOUR_MS;
    await node().sweep();
    state.now += 6 * HOUR_MS;
    await node().sweep();
    state.now += 24 * HOUR_MS;
    await node().sweep();
    expect(new Set(stripe.state.tried).size).toBe(3);
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
    for (const payer of stripe.state.customers.values()) payer.methods = [];
    await node().sweep();
    expect((await show(customer)).off_reason).toContain("no saved method");
    expect(await mailed(customer)).toHaveLength(1);
    const other = await saver();
    expect(await operate("wallet.forget-method", { account: other.account })).toMatchObject({ removed: 2 });
    expect(await show(other)).toMatchObject({ on: false, method: null });
  });

  test("the mail says what failed", async () => {
    const customer = await saver({ email: "told@shop.example" });
    stripe.state.trouble = "declined";
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
