import { z } from "zod";
import { countOf } from "../base/count-of.ts";
import { billedLines, PaymentDeclined } from "../billing/subscription-provider.ts";
import type { Subscription } from "../billing/subscription-store.ts";
import { type Choice, monthCredit, monthPrice } from "../billing/subscription-terms.ts";
import type { Plan, SoldPlan } from "../core/model.ts";
import { formatUsd } from "../core/money.ts";
import { customerOf, providerOf, RETURN_URL } from "./auto-top-up-operations.ts";
import type { Subscription as SubscriptionShown } from "./contract/subscription.ts";
import { planOf } from "./keys.ts";
import { ACCOUNT, accountOf, CommandError, type ControlDeps, LIMIT, operation } from "./operation.ts";

const SEATS = z.number().int().min(1).max(100_000);

/** @throws CommandError where the plan has no price */
function soldOf(deps: ControlDeps, planId: string): SoldPlan {
  const { sold } = planOf(deps, planId);
  if (sold) return sold;
  const mend = "give the account that plan itself, or name one that has a price";
  throw new CommandError(`plan: the plan "${planId}" has no price in quoin.yaml or the console; ${mend}.`);
}

async function membersOf({ people }: ControlDeps, accountId: string): Promise<number> {
  return (await people.store.organisations.members(accountId)).length;
}

/** As many seats as are wanted and needed. @throws CommandError naming the field */
async function choiceOf(
  deps: ControlDeps,
  accountId: string,
  { plan, seats }: { readonly plan: string; readonly seats?: number | undefined },
): Promise<Choice> {
  const { seatNanos, seatsMin } = soldOf(deps, plan);
  if (seatNanos === undefined) {
    if (seats === undefined) return { planId: plan, seats: undefined };
    throw new CommandError(`seats: the plan "${plan}" has none, and any number of members; leave it out.`);
  }
  const members = await membersOf(deps, accountId);
  const wanted = seats ?? Math.max(seatsMin, members);
  if (wanted < seatsMin)
    throw new CommandError(`seats: the plan "${plan}" is sold for ${countOf(seatsMin, "seat")} or more.`);
  if (wanted < members)
    throw new CommandError(
      `seats: the account has ${countOf(members, "member")}; choose as many seats, or remove members first.`,
    );
  return { planId: plan, seats: wanted };
}

const nanosOrNull = (nanos: bigint | undefined) => nanos?.toString() ?? null;
const at = (ms: number) => new Date(ms).toISOString();

function choiceView({ snapshot }: ControlDeps, { planId, seats }: Choice) {
  const plan = snapshot().plans.get(planId);
  const sold = plan?.sold;
  return {
    plan: planId,
    name: plan?.displayName ?? planId,
    seats: seats ?? null,
    price_nanos: nanosOrNull(sold && monthPrice(sold, seats)),
    credit_nanos: nanosOrNull(sold && monthCredit(sold, seats)),
  };
}

/** A subscription as everybody reads it. */
export function subscriptionView(deps: ControlDeps, subscription: Subscription): SubscriptionShown {
  const { account, payer, inForce, next, billedNanos, cancelAtEnd, paidUntil, problem, payUrl } =
    subscription;
  // Who pays by card keeps the price of the day; the plan's own may be another by now.
  const billed = billedNanos === undefined ? {} : { price_nanos: billedNanos.toString() };
  const isLate = problem !== undefined || deps.clock.now() >= paidUntil;
  return {
    account,
    ...choiceView(deps, subscription),
    ...(next === undefined && billed),
    payer,
    state: inForce ? (problem === undefined ? "active" : "unpaid") : "lapsed",
    next: next ? { ...choiceView(deps, next), ...billed } : null,
    cancel_at_end: cancelAtEnd,
    paid_until: at(paidUntil),
    ends_at: cancelAtEnd ? at(paidUntil) : isLate ? at(deps.subscriptions.graceEnd(subscription)) : null,
    problem: problem ?? null,
    pay_url: payUrl ?? null,
  };
}

function offerView({ id, sold }: Plan & { readonly sold: SoldPlan }) {
  const { name, monthNanos, seatNanos, seatsMin, credit } = sold;
  return {
    plan: id,
    name,
    month_nanos: monthNanos.toString(),
    seat_nanos: nanosOrNull(seatNanos),
    seats_min: seatNanos === undefined ? null : seatsMin,
    credit_nanos: nanosOrNull(credit?.nanos),
  };
}

const isOffered = (plan: Plan): plan is Plan & { readonly sold: SoldPlan } => plan.sold?.isOffered === true;

async function planView(deps: ControlDeps, account: string) {
  const { walletId, accountId } = await accountOf(deps, account);
  const found = await deps.subscriptions.find(walletId);
  return {
    account,
    subscription: found?.isOpen ? subscriptionView(deps, found) : null,
    members: await membersOf(deps, accountId),
    pays: deps.paymentProvider ? ["card", "wallet"] : ["wallet"],
    offers: [...deps.snapshot().plans.values()].filter(isOffered).map(offerView),
  };
}

/** @throws CommandError where there is none */
async function requireOpen(deps: ControlDeps, account: string): Promise<Subscription> {
  const { walletId } = await accountOf(deps, account);
  const found = await deps.subscriptions.find(walletId);
  if (found?.isOpen) return found;
  throw new CommandError(`The account ${account} has no plan that is paid for month by month.`, "conflict");
}

async function payFromWallet(deps: ControlDeps, walletId: string, choice: Choice): Promise<void> {
  if ((await deps.subscriptions.chooseFromWallet(walletId, choice)) === "done") return;
  const month = formatUsd(monthPrice(soldOf(deps, choice.planId), choice.seats));
  throw new CommandError(
    `The balance does not cover what is left of this month, at $${month} a month. Top up first; redeemed codes and free credit do not pay for plans.`,
    "conflict",
  );
}

async function changeCard(deps: ControlDeps, before: Subscription, choice: Choice): Promise<void> {
  try {
    await deps.subscriptions.changeCard(before, choice);
  } catch (cause) {
    if (!(cause instanceof PaymentDeclined)) throw cause;
    const why = cause.message.replace(/\.$/, "");
    throw new CommandError(
      `The saved method could not be charged for the difference: ${why}. Nothing has changed; save another method, then try again.`,
      "conflict",
    );
  }
}

interface Beginning {
  readonly account: string;
  readonly walletId: string;
  readonly returnUrl: string | undefined;
}

/** The page on which a subscription by card begins. */
async function beginByCard(deps: ControlDeps, { account, walletId, returnUrl }: Beginning, choice: Choice) {
  if (returnUrl === undefined)
    throw new CommandError("return: is missing; say where the customer comes back to.");
  const provider = providerOf(deps);
  const customer = await customerOf(deps, walletId, account);
  const lines = billedLines(choice, soldOf(deps, choice.planId));
  return (await provider.subscribe({ walletId, customer, lines, returnUrl })).url;
}

const CHOOSE = operation(
  z.strictObject({
    account: ACCOUNT,
    plan: z.string(),
    seats: SEATS.optional(),
    pay: z.enum(["card", "wallet"]).optional(),
    return: RETURN_URL.optional(),
  }),
  async (deps, { account, plan, seats, pay, return: returnUrl }) => {
    const { walletId, accountId } = await accountOf(deps, account);
    if (!soldOf(deps, plan).isOffered)
      throw new CommandError(`plan: the plan "${plan}" is not offered; an operator may give it.`);
    const choice = await choiceOf(deps, accountId, { plan, seats });
    const before = await deps.subscriptions.find(walletId);
    const open = before?.isOpen ? before : undefined;
    if (open?.payer === "operator")
      throw new CommandError("The operator has given this account its plan; ask for another.", "conflict");
    if (open && pay !== undefined && pay !== open.payer)
      throw new CommandError(
        `pay: the plan is paid by ${open.payer}; end it first, then choose it by ${pay}.`,
        "conflict",
      );
    const payer = open?.payer ?? pay ?? (deps.paymentProvider ? "card" : "wallet");
    let url: string | null = null;
    if (payer === "wallet") await payFromWallet(deps, walletId, choice);
    else if (open) await changeCard(deps, open, choice);
    else url = await beginByCard(deps, { account, walletId, returnUrl }, choice);
    return { ...(await planView(deps, account)), url };
  },
);

const ASSIGN = operation(
  z.strictObject({ account: ACCOUNT, plan: z.string(), seats: SEATS.optional() }),
  async (deps, { account, plan, seats }) => {
    const { walletId, accountId } = await accountOf(deps, account);
    const choice = await choiceOf(deps, accountId, { plan, seats });
    const before = await deps.subscriptions.find(walletId);
    if (before?.isOpen && before.payer === "card")
      throw new CommandError(
        `The account ${account} pays its plan by card; quoin plans end --account ${account} ends that first.`,
        "conflict",
      );
    await deps.subscriptions.assign(walletId, choice);
    return await planView(deps, account);
  },
);

/** Plans that are paid for month by month: chosen, changed, given, ended. */
export const SUBSCRIPTION_OPERATIONS = {
  "plans.show": operation(z.strictObject({ account: ACCOUNT }), (deps, { account }) =>
    planView(deps, account),
  ),
  "plans.choose": CHOOSE,
  "plans.cancel": operation(
    z.strictObject({ account: ACCOUNT, undo: z.boolean().default(false) }),
    async (deps, { account, undo }) => {
      const open = await requireOpen(deps, account);
      if (open.payer === "operator")
        throw new CommandError("The operator has given this account its plan; ask to end it.", "conflict");
      await deps.subscriptions.cancelAtEnd(open, !undo);
      return await planView(deps, account);
    },
  ),
  "plans.assign": ASSIGN,
  "plans.end": operation(z.strictObject({ account: ACCOUNT }), async (deps, { account }) => {
    await deps.subscriptions.end(await requireOpen(deps, account));
    return await planView(deps, account);
  }),
  "plans.list": operation(z.strictObject({ limit: LIMIT }), async (deps, { limit }) => ({
    subscriptions: (await deps.subscriptions.list({ limit })).map((found) => subscriptionView(deps, found)),
  })),
};
