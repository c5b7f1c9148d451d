import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Caller } from "../../../src/accounts/caller.ts";
import { newId } from "../../../src/base/id.ts";
import { OPERATOR_SUBSCRIPTION } from "../../../src/control/contract/subscription.ts";
import { userCaller } from "../../support/console.ts";
import { type ConsoleWorld, startConsoleWorld } from "../../support/console-world.ts";
import type { Customer, LogLine } from "../../support/gateway.ts";
import { seedPeople } from "../../support/people.ts";
import { type LoopbackStripe, startLoopbackStripe } from "../../support/stripe/loopback-stripe.ts";
import { renew, type Subscription } from "../../support/stripe/state.ts";

const RETURN = "https://shop.example/wallet";
const PLANS = [
  { id: "default", key_prefix: "qn_live_" },
  {
    ...{ id: "team", key_prefix: "qn_team_", monthly_credits: "10" },
    ...{ price: { month: "20", seat: "8" }, shown: { name: "Team", seats_min: 2 } },
  },
  { id: "solo", key_prefix: "qn_solo_", price: { month: "5" }, shown: { name: "Solo" } },
  { id: "hidden", key_prefix: "qn_hidden_", price: { month: "1" } },
];

let stripe: LoopbackStripe;
let world: ConsoleWorld;
let customer: Customer;
let owner: Caller;

beforeAll(async () => {
  stripe = startLoopbackStripe();
  world = await startConsoleWorld(PLANS, stripe.env);
});
afterAll(async () => {
  await world.close();
  await stripe.close();
});
beforeEach(async () => {
  customer = await world.gateway.customer({ usd: "0" });
  owner = userCaller([{ accountId: customer.accountId, role: "owner" }]);
  Object.assign(stripe.state, { now: Date.now(), trouble: undefined });
});

const call = (line: string, body?: unknown, caller = owner) => {
  const [method, path = ""] = line.split(" ");
  return world.console.call(caller, `${method} /accounts/${customer.account}${path}`, body);
};
const errorOf = (body: Record<string, unknown>) => body.error as { message: string; field?: string };
const shown = async () => (await call("GET /subscription")).body;
const dollars = () => Number(world.gateway.balanceNanos(customer)) / 1e9;
const tell = (type: string, about: string, sent?: object) =>
  stripe.tell(world.gateway.url, type, about, sent);

/** Chosen, and paid on Stripe's page; not told yet. */
async function paid(choice: object = { plan: "team", seats: 3 }): Promise<Subscription> {
  const { body } = await call("PUT /subscription", { ...choice, pay: "card", return_url: RETURN });
  const made = stripe.pay(String(body.url).split("/").at(-1) ?? "");
  if (!made) throw new Error("the page made no subscription");
  return made;
}

describe("plans by the API", () => {
  test("an account sees what it may choose, and how it can be paid", async () => {
    expect(await shown()).toEqual({
      subscription: null,
      members: 0,
      pays: ["card", "wallet"],
      offers: [
        {
          ...{ plan: "team", name: "Team", seats_min: 2 },
          ...{ month_nanos: "20000000000", seat_nanos: "8000000000", credit_nanos: "10000000000" },
        },
        {
          ...{ plan: "solo", name: "Solo", seats_min: null },
          ...{ month_nanos: "5000000000", seat_nanos: null, credit_nanos: null },
        },
      ],
    });
  });

  test("what cannot be chosen is refused with its mend", async () => {
    const refused = async (choice: object) => errorOf((await call("PUT /subscription", choice)).body).message;
    expect(await refused({ plan: "none" })).toContain('there is no plan "none"');
    expect(await refused({ plan: "default" })).toContain("has no price");
    expect(await refused({ plan: "hidden" })).toContain("is not offered");
    expect(await refused({ plan: "team", seats: 1 })).toContain("sold for 2 seats or more");
    expect(await refused({ plan: "solo", seats: 3 })).toContain("leave it out");
    expect(await refused({ plan: "solo", pay: "card" })).toContain("return: is missing");
    expect(await refused({ plan: "solo", pay: "wallet" })).toContain("Top up first");
    expect(errorOf((await call("DELETE /subscription")).body).message).toContain("has no plan");
  });

  test("by card: the plan, its seats and credit come with the webhook, and the key works on as its own", async () => {
    const subscription = await paid();
    expect(subscription.items.map(({ cents, quantity }) => [cents, quantity])).toEqual([
      [2_000, 1],
      [800, 3],
    ]);
    expect((await shown()).subscription).toBeNull();
    expect(await tell("checkout.session.completed", subscription.id)).toBe(200);
    expect((await shown()).subscription).toMatchObject({
      ...{ plan: "team", seats: 3, payer: "card", state: "active", price_nanos: "44000000000" },
      ...{ next: null, cancel_at_end: false, ends_at: null, credit_nanos: "30000000000" },
    });
    expect(dollars()).toBe(30);
    const key = await world.gateway.home.accounts.findKey(customer.keyId);
    expect(key?.planId).toBe("team");
    expect(await world.chat(customer.key)).toBe(200);
    await world.gateway.settled();
  });

  test("webhooks in any order, repeated, partial or told of other things bring each invoice once", async () => {
    const { id } = await paid();
    const [invoice] = stripe.state.invoices.slice(-1);
    const about = invoice?.id ?? "";
    const sent = ["invoice.paid", "customer.subscription.updated", "invoice.payment_failed", "invoice.paid"];
    const told = sent.map((type) => tell(type, type.startsWith("invoice") ? about : id));
    expect(await Promise.all(told)).toEqual([200, 200, 200, 200]);
    expect(await tell("invoice.paid", about, { object: { object: "invoice", id: about } })).toBe(200);
    expect(await tell("customer.subscription.updated", id, { object: { object: "subscription" } })).toBe(200);
    expect(dollars()).toBe(30);
  });

  test("what is forged or old is refused and changes nothing; what is unknown is sent again", async () => {
    const { id } = await paid();
    expect(await tell("invoice.paid", id, { secret: "whsec_another" })).toBe(400);
    expect(await tell("invoice.paid", id, { ageS: 3_600 })).toBe(400);
    expect((await shown()).subscription).toBeNull();
    stripe.state.trouble = "down";
    expect(await tell("invoice.paid", id)).toBe(503);
    stripe.state.trouble = undefined;
    expect(await tell("invoice.paid", id)).toBe(200);
    expect(dollars()).toBe(30);
    const log = world.gateway.log as LogLine[];
    log.splice(0, log.length, ...log.filter(({ level }) => level !== "error"));
  });

  test("a subscription of somebody else's at the same provider is left alone", async () => {
    const { id } = await paid();
    const found = stripe.state.subscriptions.get(id);
    if (found) stripe.state.subscriptions.set(id, { ...found, metadata: {} });
    expect(await tell("invoice.paid", id)).toBe(200);
    if (found) stripe.state.subscriptions.set(id, { ...found, metadata: { quoin_wallet: newId() } });
    expect(await tell("invoice.paid", id)).toBe(200);
    expect((await shown()).subscription).toBeNull();
  });

  test("more at once, less next month, ended and taken back", async () => {
    const { id } = await paid();
    await tell("invoice.paid", id);
    expect((await call("PUT /subscription", { plan: "team", seats: 5 })).body.subscription).toMatchObject({
      seats: 5,
      next: null,
    });
    expect((await call("PUT /subscription", { plan: "solo" })).body.subscription).toMatchObject({
      ...{ plan: "team", seats: 5 },
      next: { plan: "solo", seats: null, price_nanos: "5000000000" },
    });
    // Who has it from the next month on has it: it is not removed meanwhile.
    expect((await world.gateway.home.directory.planUse("solo")).accounts).toBe(1);
    const ended = (await call("DELETE /subscription")).body.subscription as Record<string, unknown>;
    expect(ended).toMatchObject({ cancel_at_end: true, ends_at: ended.paid_until });
    expect((await call("PUT /subscription", { plan: "team", seats: 5 })).body.subscription).toMatchObject({
      ...{ cancel_at_end: false, next: null, ends_at: null },
    });
    const declined = await (async () => {
      stripe.state.trouble = "declined";
      return await call("PUT /subscription", { plan: "team", seats: 9 });
    })();
    expect(errorOf(declined.body).message).toContain("Your card was declined. Nothing has changed");
    stripe.state.trouble = undefined;
    expect(errorOf((await call("PUT /subscription", { plan: "team", pay: "wallet" })).body)).toMatchObject({
      field: "pay",
    });
  });

  test("who pays by card sees what the provider bills, whatever the plan costs by now", async () => {
    const { id } = await paid();
    const found = stripe.state.subscriptions.get(id);
    if (found) found.items = found.items.map((item) => ({ ...item, cents: item.cents / 2 }));
    await tell("customer.subscription.updated", id);
    expect((await shown()).subscription).toMatchObject({ price_nanos: "22000000000", seats: 3 });
  });

  test("a failed renewal says where to pay, and until when the plan goes on", async () => {
    const { id } = await paid();
    await tell("invoice.paid", id);
    const invoice = renew(stripe.state, id, false);
    await tell("invoice.payment_failed", invoice.id);
    expect((await shown()).subscription).toMatchObject({
      ...{ state: "unpaid", pay_url: `https://pay.example/${invoice.id}`, ends_at: expect.any(String) },
    });
  });

  test("members beyond the seats are refused with the mend, at the invitation and when it is accepted", async () => {
    const people = await seedPeople(world.gateway, customer.accountId);
    await world.gateway.operate("plans.assign", { account: customer.account, plan: "team", seats: 2 });
    const invited = await call("POST /invitations", { email: "third@example.com", role: "developer" });
    expect(invited.status).toBe(409);
    expect(errorOf(invited.body).message).toContain(
      "The plan has 2 seats, taken by 1 member and 1 open invitation; add a seat",
    );
    const { organisations } = world.gateway.home.people;
    const hash = crypto.getRandomValues(new Uint8Array(32));
    const wish = { accountId: customer.accountId, role: "developer" as const, inviterId: undefined };
    const late = { invitationId: newId(), createdAt: Date.now(), expiresAt: Date.now() + 60_000 };
    await organisations.invite({ ...wish, ...late, email: "late@example.com", hash });
    const second = await seedUser(people.invitationId);
    expect(second).toBe("accepted");
    expect(await seedUser(late.invitationId)).toBe("full");
    expect((await organisations.members(customer.accountId)).length).toBe(2);
    const fewer = await world.gateway
      .operate("plans.assign", { account: customer.account, plan: "team", seats: 3 })
      .then(() => call("PUT /subscription", { plan: "team", seats: 2 }));
    expect(errorOf(fewer.body).message).toContain("The operator has given");
  });

  /** A user who accepts an invitation. */
  async function seedUser(invitationId: string): Promise<string> {
    const { users, organisations } = world.gateway.home.people;
    const userId = newId();
    const now = Date.now();
    const none = { passwordHash: undefined, phone: undefined, phoneVerifiedAt: undefined, locale: undefined };
    const user = { userId, email: `${userId}@example.com`, displayName: "", operator: false, ...none };
    const times = { emailVerifiedAt: now, createdAt: now, disabledAt: undefined };
    const wish = { proofs: [], account: undefined, invitationId: undefined, identity: undefined };
    await users.signUp({ user: { ...user, ...times }, ...wish });
    return await organisations.accept(invitationId, userId, now);
  }

  test("operators see them all, give plans, and end them; the account's plan is changed there only", async () => {
    const id = customer.accountId;
    const operator = (line: string, body?: unknown) => world.console.call(world.operator, line, body);
    const given = await operator(`PUT /operator/accounts/${id}/subscription`, { plan: "hidden" });
    expect(given.body.subscription).toMatchObject({
      plan: "hidden",
      payer: "operator",
      price_nanos: "1000000000",
    });
    const { items } = (await operator("GET /operator/subscriptions")).body as { items: unknown[] };
    const listed = items.map((item) => OPERATOR_SUBSCRIPTION.parse(item));
    const { account } = customer;
    expect(listed.find((one) => one.account_id === id)).toMatchObject({
      ...{ account, account_display_name: account },
    });
    const changed = await operator(`PATCH /operator/accounts/${id}`, { plan: "default" });
    expect(errorOf(changed.body).message).toContain("month by month");
    const ended = await operator(`DELETE /operator/accounts/${id}/subscription`);
    expect(ended.body.subscription).toBeNull();
    expect((await operator(`PATCH /operator/accounts/${id}`, { plan: "default" })).status).toBe(200);
  });

  test("from the wallet, with paid-in money", async () => {
    await world.gateway.operate("wallet.top-up", { account: customer.account, amount: "50" });
    const { body } = await call("PUT /subscription", { plan: "solo", pay: "wallet" });
    expect(body).toMatchObject({
      url: null,
      subscription: { plan: "solo", payer: "wallet", state: "active" },
    });
    expect(dollars()).toBeLessThan(50);
    const month = new Date().toISOString().slice(0, 7);
    const { entries } = (await call(`GET /wallet/statement?month=${month}`)).body as {
      entries: { kind: string }[];
    };
    expect(entries.map(({ kind }) => kind)).toContain("plan");
  });
});
