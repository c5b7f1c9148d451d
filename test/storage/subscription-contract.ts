import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { monthOf } from "../../src/base/utc-month.ts";
import { billedLines, PaymentDeclined } from "../../src/billing/subscription-provider.ts";
import type { Subscription } from "../../src/billing/subscription-store.ts";
import { type Subscriptions, subscriptions } from "../../src/billing/subscriptions.ts";
import { stripeProvider } from "../../src/control/stripe.ts";
import type { Plan, SoldPlan } from "../../src/core/model.ts";
import { type LoopbackStripe, startLoopbackStripe } from "../support/stripe/loopback-stripe.ts";
import { renew, type Subscription as StripeSubscription } from "../support/stripe/state.ts";
import { differencesOf, type MoneyFixture, newAccount, type OpenMoney, spend } from "./money-fixture.ts";

const USD = 1_000_000_000n;
const DAY_MS = 86_400_000;
/** In the middle of a month of 30 days. */
const NOW = Date.UTC(2026, 10, 16, 12);

const SOLD: SoldPlan = {
  ...{ name: "Team", isOffered: true, seatsMin: 1, graceDays: 7 },
  ...{ monthNanos: 20n * USD, seatNanos: 8n * USD },
  credit: { nanos: 10n * USD, carryOver: false },
};
const plan = (id: string, sold?: SoldPlan): Plan => ({
  id,
  displayName: id,
  keyPrefix: `${id}_`,
  models: undefined,
  sold,
});
const PLANS = new Map(
  [
    plan("default"),
    plan("team", SOLD),
    plan("big", { ...SOLD, name: "Big", monthNanos: 50n * USD }),
    plan("solo", { ...SOLD, name: "Solo", monthNanos: 5n * USD, seatNanos: undefined }),
  ].map((one) => [one.id, one]),
);

const TEAM_OF_2 = { planId: "team", seats: 2 };
const TEAM_OF_3 = { planId: "team", seats: 3 };

/** What every store of subscriptions must do, with the rules over it. */
export function subscriptionContract(name: string, open: OpenMoney): void {
  describe(`subscriptions: ${name}`, () => {
    let stripe: LoopbackStripe;
    let fixture: MoneyFixture;
    let accountId: string;
    let walletId: string;
    let now = NOW;
    let faults: string[] = [];
    let emails: string[] = [];
    beforeAll(() => {
      stripe = startLoopbackStripe(NOW);
    });
    afterAll(() => stripe.close());
    beforeEach(async () => {
      fixture = await open();
      await fixture.setNow(NOW);
      ({ accountId, walletId } = await newAccount(fixture, "alice"));
      const key = { keyId: "a".repeat(32), accountId, planId: "default", name: "", hint: "", createdAt: 1 };
      await fixture.accounts.addKey({ ...key, hash: new Uint8Array(32) });
      now = NOW;
      Object.assign(stripe.state, { now: NOW, trouble: undefined });
      faults = [];
      emails = [];
    });
    afterEach(async () => {
      expect(await differencesOf(fixture)).toEqual([]);
      await fixture.dispose();
    });

    /** One node. */
    function node(): Subscriptions {
      return subscriptions({
        store: fixture.subscriptions,
        provider: providerOf(stripe),
        plans: () => PLANS,
        ownPlan: (planId) => planId ?? "default",
        notices: fixture.notices,
        emailsOf: () => ["owner@alice.example", ...emails],
        recall: () => Promise.resolve(),
        askBack: () => Promise.resolve(),
        forgetKey: () => undefined,
        clock: { now: () => now, monotonic: () => 0 },
        onFault: (message, cause) => void faults.push(`${message} ${cause}`),
      });
    }

    async function pass(days: number): Promise<void> {
      now += days * DAY_MS;
      stripe.state.now = now;
      await fixture.setNow(now);
    }
    const payIn = (usd: number) =>
      fixture.wallets.grant({
        ...{ walletId, nanos: BigInt(usd) * USD, source: "payment", at: now },
        grantKey: `payment:${crypto.randomUUID()}`,
      });
    const balance = async () => Number(await fixture.wallets.balance(walletId, now)) / 1e9;
    async function found(): Promise<Subscription> {
      const subscription = await fixture.subscriptions.find(walletId);
      if (!subscription) throw new Error("there is no subscription");
      return subscription;
    }
    const keyPlan = async () => (await fixture.accounts.findKey("a".repeat(32)))?.planId;
    const accountPlan = async () => (await fixture.subscriptions.subscriber(walletId))?.planId;
    async function told(): Promise<string[]> {
      const due = await fixture.notices.due(Date.now() + 1e13, 100);
      return due.map(({ body }) => (JSON.parse(body) as { type: string }).type);
    }
    /** Keys of grants and charges, without whose they are. */
    async function moved(kind: "grant" | "plan"): Promise<string[]> {
      const lines = await fixture.wallets.statement(walletId, 500);
      const keys = lines.filter((line) => (line.kind as string) === kind).map(({ ref }) => ref);
      return keys.map((key) => key.replace(walletId, "W")).filter((key) => !key.startsWith("payment"));
    }

    describe("from the wallet", () => {
      test("what is left of the month is paid at once, and the plan, its keys and its credit come with it", async () => {
        await payIn(100);
        expect(await node().chooseFromWallet(walletId, TEAM_OF_2)).toBe("done");
        // Half of 36 a month, and half of 20 of credit.
        expect(await balance()).toBe(100 - 18 + 10);
        expect(await found()).toMatchObject({
          ...{ ...TEAM_OF_2, payer: "wallet", inForce: true, basePlanId: undefined },
          paidUntil: Date.UTC(2026, 11, 1),
        });
        expect([await keyPlan(), await accountPlan()]).toEqual(["team", "team"]);
      });

      test("money that is missing, leased or free credit does not pay, and nothing changes", async () => {
        await payIn(17);
        await fixture.wallets.grant({
          ...{ walletId, nanos: 100n * USD, source: "trial", grantKey: "t", at: now },
        });
        expect(await node().chooseFromWallet(walletId, TEAM_OF_2)).toBe("poor");
        expect(await fixture.subscriptions.find(walletId)).toBeUndefined();
        expect([await balance(), await keyPlan()]).toEqual([117, "default"]);
      });

      test("each UTC month is paid once, by however many nodes at once and however often; months that nobody saw are not", async () => {
        await payIn(500);
        await node().chooseFromWallet(walletId, TEAM_OF_2);
        await pass(15);
        await Promise.all([node(), node(), node()].map((one) => one.sweep()));
        await node().sweep();
        expect(await moved("plan")).toEqual(["plan-charge:W:2026-12:0", "plan-charge:W:2026-11:0:0"]);
        expect(await balance()).toBe(500 - 18 - 36 + 20);
        await pass(70);
        await Promise.all([node(), node()].map((one) => one.sweep()));
        expect((await moved("plan"))[0]).toBe("plan-charge:W:2027-02:0");
        expect(await moved("plan")).toHaveLength(3);
        expect(faults).toEqual([]);
      });

      test("more is in force at once for what is left, less from the next month on", async () => {
        await payIn(200);
        await node().chooseFromWallet(walletId, TEAM_OF_2);
        await node().chooseFromWallet(walletId, TEAM_OF_3);
        expect(await balance()).toBe(200 - 18 + 10 - 4 + 5);
        expect(await found()).toMatchObject({ ...TEAM_OF_3, next: undefined });
        await node().chooseFromWallet(walletId, { planId: "solo", seats: undefined });
        expect(await found()).toMatchObject({ ...TEAM_OF_3, next: { planId: "solo" } });
        expect(await keyPlan()).toBe("team");
        await pass(15);
        await node().sweep();
        expect(await found()).toMatchObject({ planId: "solo", seats: undefined, next: undefined });
        expect(await keyPlan()).toBe("solo");
        expect(await balance()).toBe(200 - 18 - 4 - 5 + 10);
      });

      test("ends with what is paid, and can be taken back until then", async () => {
        await payIn(100);
        await node().chooseFromWallet(walletId, TEAM_OF_2);
        await node().cancelAtEnd(await found(), true);
        await node().chooseFromWallet(walletId, TEAM_OF_2);
        expect((await found()).cancelAtEnd).toBe(false);
        await node().cancelAtEnd(await found(), true);
        await pass(15);
        await node().sweep();
        expect(await found()).toMatchObject({ isOpen: false, inForce: false });
        expect([await keyPlan(), await accountPlan()]).toEqual(["default", undefined]);
        expect(await told()).toEqual([]);
      });

      test("a month that is not paid is told once, goes on through the grace, and can still be paid", async () => {
        await payIn(20);
        await node().chooseFromWallet(walletId, TEAM_OF_2);
        await pass(15);
        await Promise.all([node(), node()].map((one) => one.sweep()));
        await pass(1);
        await node().sweep();
        expect(await told()).toEqual(["plan.payment_failed"]);
        expect(await found()).toMatchObject({ inForce: true, isOpen: true });
        await payIn(100);
        await pass(1);
        await node().sweep();
        expect(await found()).toMatchObject({ problem: undefined, paidUntil: Date.UTC(2027, 0, 1) });
        expect(await balance()).toBe(20 - 18 + 100 - 36 + 20);
      });

      test("after the grace the account has its plan of before again, and is told", async () => {
        await payIn(20);
        await node().chooseFromWallet(walletId, TEAM_OF_2);
        await pass(15);
        await node().sweep();
        await pass(8);
        await Promise.all([node(), node()].map((one) => one.sweep()));
        expect(await found()).toMatchObject({ inForce: false, isOpen: false });
        expect(await keyPlan()).toBe("default");
        expect((await told()).sort()).toEqual(["plan.ended", "plan.payment_failed"]);
      });

      test("a frozen wallet pays nothing", async () => {
        await payIn(100);
        await fixture.payments.apply("evt", paymentOf(100n), 0, now);
        await spend(fixture, walletId, 150n * USD);
        await fixture.payments.apply("evt2", { ...paymentOf(100n), refundedNanos: 100n * USD }, 1, now);
        expect(await fixture.payments.debt(walletId)).toBe(50n * USD);
        expect(await node().chooseFromWallet(walletId, TEAM_OF_2)).toBe("poor");
      });
    });

    const paymentOf = (usd: bigint) => ({
      ...{ objectId: "pi_x", walletId, paidNanos: usd * USD },
      ...{ refundedNanos: 0n, disputedNanos: 0n },
    });

    test("an operator's gift brings each month's credit once and costs nothing", async () => {
      await node().assign(walletId, TEAM_OF_2);
      await node().assign(walletId, TEAM_OF_2);
      expect(await balance()).toBe(20);
      await pass(15);
      await Promise.all([node(), node()].map((one) => one.sweep()));
      expect(await moved("grant")).toEqual(["plan:W:2026-12", "plan:W:2026-11"]);
      expect(await balance()).toBe(20);
      await node().end(await found());
      expect([await keyPlan(), (await found()).isOpen]).toEqual(["default", false]);
      expect(await fixture.subscriptions.list({ limit: 10 })).toEqual([]);
    });

    describe("by card", () => {
      /** Subscribed on Stripe's page; not told here yet. */
      async function subscribed(choice = TEAM_OF_2): Promise<StripeSubscription> {
        const provider = providerOf(stripe);
        const customer = await provider.newCustomer(walletId, "alice");
        const lines = billedLines(choice, SOLD);
        const asked = { walletId, customer, lines, returnUrl: "https://shop.example/" };
        const made = stripe.pay((await provider.subscribe(asked)).id);
        if (!made) throw new Error("the page made no subscription");
        return made;
      }

      test("a paid invoice brings plan, seats and credit, once, however often and at once it is told", async () => {
        const { id } = await subscribed();
        await Promise.all([node(), node(), node()].map((one) => one.settle(id)));
        await node().settle(id);
        expect(await found()).toMatchObject({ ...TEAM_OF_2, payer: "card", inForce: true, external: id });
        expect([await keyPlan(), await balance()]).toEqual(["team", 20]);
        await pass(30);
        renew(stripe.state, id, true);
        await Promise.all([node(), node()].map((one) => one.settle(id)));
        expect(await moved("grant")).toHaveLength(2);
        expect(faults).toEqual([]);
      });

      test("a page of before is void once another is asked for", async () => {
        const provider = providerOf(stripe);
        const customer = await provider.newCustomer(walletId, "alice");
        const asked = {
          walletId,
          customer,
          lines: billedLines(TEAM_OF_2, SOLD),
          returnUrl: "https://a.example/",
        };
        const first = await provider.subscribe(asked);
        await provider.subscribe(asked);
        expect(() => stripe.pay(first.id)).toThrow("not open");
      });

      test("more is charged and in force at once, less from the next invoice on, and back costs nothing", async () => {
        const { id } = await subscribed();
        await node().settle(id);
        await pass(15);
        await node().changeCard(await found(), { planId: "team", seats: 4 });
        expect(await found()).toMatchObject({ seats: 4, next: undefined });
        expect(await balance()).toBe(20 + 10);
        await node().changeCard(await found(), TEAM_OF_3);
        expect(await found()).toMatchObject({ seats: 4, next: TEAM_OF_3 });
        const invoices = stripe.state.invoices.length;
        await node().changeCard(await found(), { planId: "team", seats: 4 });
        expect(await found()).toMatchObject({ seats: 4, next: undefined });
        expect(stripe.state.invoices.length).toBe(invoices);
      });

      test("what is to be less next is not charged again when it becomes more", async () => {
        const { id } = await subscribed(TEAM_OF_3);
        await node().settle(id);
        await node().changeCard(await found(), TEAM_OF_2);
        await node().changeCard(await found(), { planId: "team", seats: 4 });
        const [last] = stripe.state.invoices.slice(-1);
        // One seat more, not two; a refund and a charge of the same lines.
        expect(last?.lines.map(({ quantity, amount }) => [quantity, amount])).toEqual([
          [3, -2_400],
          [4, 3_200],
        ]);
      });

      test("a declined difference changes nothing", async () => {
        const { id } = await subscribed();
        await node().settle(id);
        stripe.state.trouble = "declined";
        const asked = node().changeCard(await found(), { planId: "big", seats: 2 });
        await expect(asked).rejects.toBeInstanceOf(PaymentDeclined);
        stripe.state.trouble = undefined;
        await node().settle(id);
        expect(await found()).toMatchObject({ ...TEAM_OF_2, next: undefined });
      });

      test("a failed invoice is told once; the plan lapses after the grace, and is back when it is paid late", async () => {
        const { id } = await subscribed();
        await node().settle(id);
        await pass(30);
        const invoice = renew(stripe.state, id, false);
        await node().settle(id);
        await node().settle(id);
        expect(await found()).toMatchObject({ inForce: true, payUrl: `https://pay.example/${invoice.id}` });
        expect(await told()).toEqual(["plan.payment_failed"]);
        await pass(8);
        await Promise.all([node(), node()].map((one) => one.sweep()));
        expect(await found()).toMatchObject({ inForce: false, isOpen: true });
        expect(await keyPlan()).toBe("default");
        expect(await moved("grant")).toHaveLength(1);
        invoice.status = "paid";
        Object.assign(stripe.state.subscriptions.get(id) ?? {}, { status: "active" });
        await node().settle(id);
        expect(await found()).toMatchObject({ inForce: true, problem: undefined, payUrl: undefined });
        expect([await keyPlan(), (await moved("grant")).length]).toEqual(["team", 2]);
      });

      test("it ends with the paid period, or at once, and late news of it change nothing", async () => {
        const { id } = await subscribed();
        await node().settle(id);
        await node().cancelAtEnd(await found(), true);
        expect(await found()).toMatchObject({ cancelAtEnd: true, inForce: true });
        await node().end(await found());
        expect(await found()).toMatchObject({ isOpen: false, inForce: false });
        await node().settle(id);
        expect([(await found()).isOpen, await keyPlan()]).toEqual([false, "default"]);
        expect(stripe.state.subscriptions.get(id)?.status).toBe("canceled");
      });

      test("a second subscription of an account is left alone and said", async () => {
        const first = await subscribed();
        await node().settle(first.id);
        const second = await subscribed(TEAM_OF_3);
        await node().settle(second.id);
        expect(await found()).toMatchObject({ external: first.id, seats: 2 });
        expect(faults.join()).toContain(`end ${second.id} there`);
      });

      test("a webhook that never came is made up for when the month is over; a provider that is down is asked again", async () => {
        const { id } = await subscribed();
        await node().settle(id);
        await pass(30);
        renew(stripe.state, id, true);
        stripe.state.trouble = "down";
        await node().sweep();
        expect(faults).toHaveLength(1);
        stripe.state.trouble = undefined;
        await pass(1);
        await node().sweep();
        expect(await moved("grant")).toHaveLength(2);
        expect((await found()).paidUntil).toBeGreaterThan(now);
      });
    });

    test("any order of payments, failures, changes and repeats: each invoice brings its credit once", async () => {
      const random = randomFrom(7);
      const provider = providerOf(stripe);
      const customer = await provider.newCustomer(walletId, "alice");
      const asked = {
        walletId,
        customer,
        lines: billedLines(TEAM_OF_2, SOLD),
        returnUrl: "https://a.example/",
      };
      const made = stripe.pay((await provider.subscribe(asked)).id);
      const id = made?.id ?? "";
      for (let turn = 0; turn < 40; turn++) {
        const settled = await fixture.subscriptions.find(walletId);
        const step = random(6);
        if (step === 0) await pass(random(10));
        if (step === 1 && made && stripe.state.now / 1000 >= made.end) renew(stripe.state, id, random(3) > 0);
        if (step === 2)
          for (const invoice of stripe.state.invoices) if (random(2) === 0) invoice.status = "paid";
        if (step === 3 && settled?.isOpen)
          await node().changeCard(settled, { planId: "team", seats: 1 + random(5) });
        await Promise.all(Array.from({ length: 1 + random(3) }, () => node().settle(id)));
        if (step === 5) await node().sweep();
      }
      const paid = stripe.state.invoices.filter(
        ({ subscription, status }) => subscription === id && status === "paid",
      );
      const granted = await moved("grant");
      expect(new Set(granted).size).toBe(granted.length);
      expect(granted.filter((key) => !paid.some((invoice) => key === `plan:W:${invoice.id}`))).toEqual([]);
      const cycles = paid.filter(({ reason }) => reason !== "subscription_update");
      for (const invoice of cycles) expect(granted).toContain(`plan:W:${invoice.id}`);
      expect(monthOf(now).startsAt).toBeGreaterThan(0);
    });
  });
}

const providerOf = ({ env }: LoopbackStripe) =>
  stripeProvider({
    apiKey: env.QUOIN_STRIPE_KEY ?? "",
    webhookSecret: env.QUOIN_STRIPE_WEBHOOK_SECRET ?? "",
    url: env.QUOIN_STRIPE_URL ?? "",
  });

/** The same numbers below `max` for the same seed. */
function randomFrom(seed: number): (max: number) => number {
  let state = seed;
  return (max) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % max;
  };
}
