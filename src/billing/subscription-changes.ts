import type { Awaitable } from "../base/awaitable.ts";
import type { Clock } from "../base/clock.ts";
import type { Plan, SoldPlan } from "../core/model.ts";
import type { NoticeStore } from "./low-balance.ts";
import { noticeMessages } from "./notice-messages.ts";
import { type Decision, graceEnd, type Standing } from "./subscription-decisions.ts";
import type { SubscriptionProvider } from "./subscription-provider.ts";
import type { Subscriber, Subscription, SubscriptionStore, SubscriptionWrite } from "./subscription-store.ts";

export interface SubscriptionsOptions {
  readonly store: SubscriptionStore;
  /** Undefined where nobody takes cards. */
  readonly provider: SubscriptionProvider | undefined;
  readonly plans: () => ReadonlyMap<string, Plan>;
  /** The plan of an account's new keys where it has this one, or none. */
  readonly ownPlan: (planId: string | undefined) => string;
  readonly notices: Pick<NoticeStore, "find">;
  /** Who is told besides those who are told of low balances. */
  readonly emailsOf: (accountId: string) => Awaitable<readonly string[]>;
  /** Leased money that nobody holds goes back, and what came in is leased anew. */
  readonly recall: (walletId: string) => Promise<void>;
  /** Asks other nodes for what they have leased and do not use; resolves when they have had time for it. */
  readonly askBack: (walletId: string) => Promise<void>;
  readonly forgetKey: (keyId: string) => void;
  readonly clock: Clock;
  readonly onFault: (message: string, cause: unknown) => void;
}

/** poor: there is less free money that was paid in than the price. */
export type Chosen = "done" | "poor";

/** What is to become of it; undefined: nothing. */
export type Decide = (standing: Standing) => Awaitable<Decision | undefined>;

const TRIES_MAX = 5;

export const soldIn =
  ({ plans }: Pick<SubscriptionsOptions, "plans">) =>
  (planId: string): SoldPlan | undefined =>
    plans().get(planId)?.sold;

/** The account's plan, and whose keys go along, where a decision changes it. */
function moveOf(
  { ownPlan }: SubscriptionsOptions,
  before: Subscription | undefined,
  to: SubscriptionWrite["to"],
): SubscriptionWrite["move"] {
  const base = ownPlan(to.basePlanId);
  const from = before?.inForce ? before.planId : base;
  const planId = to.inForce ? to.planId : base;
  if (from === planId && (before?.inForce ?? false) === to.inForce) return undefined;
  return { accountPlan: to.inForce ? planId : to.basePlanId, from, to: planId };
}

async function messagesOf(
  options: SubscriptionsOptions,
  { walletId, accountId, account }: Subscriber,
  { to, tells }: Decision,
  now: number,
): Promise<SubscriptionWrite["messages"]> {
  if (!tells) return [];
  const reason = to.problem ?? "the plan is not offered any more";
  const ends_at = new Date(graceEnd(to, soldIn(options))).toISOString();
  const said = { type: tells, account, plan: to.planId, reason, ends_at };
  const told = await options.notices.find(walletId);
  return noticeMessages(walletId, told, await options.emailsOf(accountId), said, now);
}

async function standingOf(
  options: SubscriptionsOptions,
  { walletId, planId }: Subscriber,
): Promise<Standing> {
  const before = await options.store.find(walletId);
  const basePlanId = before?.inForce ? before.basePlanId : planId;
  return { before, basePlanId, walletId, soldOf: soldIn(options), now: options.clock.now() };
}

async function carryOut(
  options: SubscriptionsOptions,
  subscriber: Subscriber,
  { before, now }: Standing,
  decision: Decision,
): Promise<Chosen | "changed"> {
  const { to, charge, credits } = decision;
  const { walletId } = subscriber;
  const messages = await messagesOf(options, subscriber, decision, now);
  const change = { to, credits, charge, messages, move: moveOf(options, before, to) };
  if (charge) await options.recall(walletId);
  const written = await options.store.write({ subscriber, moves: before?.moves ?? 0, now, ...change });
  if (written.kind !== "written") return written.kind;
  for (const keyId of written.keyIds) options.forgetKey(keyId);
  if (credits.length > 0) await options.recall(walletId);
  return "done";
}

/** Reads, decides and writes; decides anew where somebody else was faster. */
export async function changeSubscription(
  options: SubscriptionsOptions,
  walletId: string,
  decide: Decide,
): Promise<Chosen> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const subscriber = await options.store.subscriber(walletId);
    const standing = subscriber && (await standingOf(options, subscriber));
    const decision = standing && (await decide(standing));
    if (!decision) return "done";
    const outcome = await carryOut(options, subscriber, standing, decision);
    if (outcome !== "changed") return outcome;
  }
  throw new Error(`the subscription of the wallet ${walletId} changed ${TRIES_MAX} times while it was read`);
}

/** The same where money is taken: what other nodes have leased and do not use counts too. */
export async function payForSubscription(
  options: SubscriptionsOptions,
  walletId: string,
  decide: Decide,
): Promise<Chosen> {
  if ((await changeSubscription(options, walletId, decide)) === "done") return "done";
  await options.askBack(walletId);
  return await changeSubscription(options, walletId, decide);
}
