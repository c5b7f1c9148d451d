import { monthOf } from "../base/utc-month.ts";
import type { SoldPlan } from "../core/model.ts";
import type { Nanos } from "../core/money.ts";
import type { Subscription, SubscriptionTerms, SubscriptionWrite } from "./subscription-store.ts";
import {
  type Bought,
  type Choice,
  type CreditDue,
  monthCredit,
  monthPrice,
  partCredit,
  partPrice,
  restOfMonth,
  sameChoice,
} from "./subscription-terms.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** A plan that is not sold any more says nothing of its grace. */
const GRACE_DAYS = 7;
/** What has lapsed may still be paid at the provider. */
const LAPSED_LOOK_MS = 6 * HOUR_MS;

/** What becomes of a subscription, and the money that goes with it. */
export interface Decision extends Pick<SubscriptionWrite, "charge" | "credits"> {
  readonly to: SubscriptionTerms;
  /** What its account is told. */
  readonly tells?: "plan.payment_failed" | "plan.ended" | undefined;
}

/** What a decision is made from. */
export interface Standing {
  readonly before: Subscription | undefined;
  /** The account's plan where there is no subscription in force. */
  readonly basePlanId: string | undefined;
  readonly walletId: string;
  readonly soldOf: (planId: string) => SoldPlan | undefined;
  readonly now: number;
}

const FRESH = {
  inForce: true,
  isOpen: true,
  next: undefined,
  billedNanos: undefined,
  cancelAtEnd: false,
  problem: undefined,
  payUrl: undefined,
  external: undefined,
} as const;

/** When a plan whose month is over ends without a payment. */
export function graceEnd({ planId, paidUntil }: SubscriptionTerms, soldOf: Standing["soldOf"]): number {
  return paidUntil + (soldOf(planId)?.graceDays ?? GRACE_DAYS) * DAY_MS;
}

function creditFor(
  { walletId, soldOf, now }: Standing,
  key: string,
  planId: string,
  nanos: bigint,
): CreditDue[] {
  const carries = soldOf(planId)?.credit?.carryOver === true;
  const expiresAt = carries ? undefined : monthOf(now).endsAt;
  return nanos > 0n ? [{ key: `plan:${walletId}:${key}`, nanos, expiresAt }] : [];
}

function chargeFor({ walletId }: Standing, key: string, nanos: bigint): SubscriptionWrite["charge"] {
  return nanos > 0n ? { key: `plan-charge:${walletId}:${key}`, nanos } : undefined;
}

/** What a month from the wallet comes to; the first is what is left of it. */
function monthFromWallet(standing: Standing, choice: Choice, sold: SoldPlan, isFirst: boolean): Decision {
  const { before, basePlanId, now } = standing;
  const month = monthOf(now);
  const part = isFirst ? restOfMonth(now) : { left: 1n, of: 1n };
  const key = isFirst ? `${month.name}:${before?.moves ?? 0}` : month.name;
  const credit = partCredit(monthCredit(sold, choice.seats), part);
  const paid = { payer: "wallet", basePlanId, paidUntil: month.endsAt, lookAt: month.endsAt } as const;
  return {
    to: { ...FRESH, planId: choice.planId, seats: choice.seats, ...paid },
    charge: chargeFor(standing, key, partPrice(monthPrice(sold, choice.seats), part)),
    credits: creditFor(standing, key, choice.planId, credit),
  };
}

/** More of a month that is paid already: the difference for what is left of it, at once. */
function upgrade(
  standing: Standing,
  before: Subscription,
  choice: Choice,
  sold: SoldPlan,
  more: bigint,
): Decision {
  const { soldOf, now } = standing;
  const part = restOfMonth(now);
  const key = `${monthOf(now).name}:${before.moves}`;
  const old = soldOf(before.planId);
  const credit = monthCredit(sold, choice.seats) - (old ? monthCredit(old, before.seats) : 0n);
  return {
    to: { ...before, planId: choice.planId, seats: choice.seats, next: undefined, cancelAtEnd: false },
    charge: chargeFor(standing, key, partPrice(more, part)),
    credits: creditFor(standing, key, choice.planId, partCredit(credit, part)),
  };
}

/** What it takes to have a plan from the wallet: more at once, less from the next month on. */
export function chooseFromWallet(standing: Standing, choice: Choice, sold: SoldPlan): Decision {
  const { before, soldOf } = standing;
  if (!before?.isOpen || !before.inForce || before.payer !== "wallet")
    return monthFromWallet(standing, choice, sold, true);
  if (before.problem !== undefined) return monthFromWallet(standing, choice, sold, false);
  const old = soldOf(before.planId);
  const more = monthPrice(sold, choice.seats) - (old ? monthPrice(old, before.seats) : 0n);
  if (sameChoice(before, choice))
    return { to: { ...before, next: undefined, cancelAtEnd: false }, charge: undefined, credits: [] };
  if (more >= 0n) return upgrade(standing, before, choice, sold, more);
  return { to: { ...before, next: choice, cancelAtEnd: false }, charge: undefined, credits: [] };
}

const ended = (before: SubscriptionTerms): SubscriptionTerms => ({
  ...before,
  inForce: false,
  isOpen: false,
});

/** The next month from the wallet; undefined: it is not due. */
export function renewFromWallet(standing: Standing, before: Subscription): Decision | undefined {
  const { soldOf, now } = standing;
  if (before.paidUntil > now) return undefined;
  if (before.cancelAtEnd) return { to: ended(before), charge: undefined, credits: [] };
  const choice = before.next ?? before;
  const sold = soldOf(choice.planId);
  if (sold) return monthFromWallet(standing, choice, sold, false);
  return { to: ended(before), charge: undefined, credits: [], tells: "plan.ended" };
}

/** What becomes of it when the balance did not pay the month. */
export function unpaidFromWallet({ soldOf, now }: Standing, before: Subscription): Decision | undefined {
  if (before.paidUntil > now) return undefined;
  const problem = "the balance of paid-in money does not cover the month";
  const nothing = { charge: undefined, credits: [] };
  if (now >= graceEnd(before, soldOf))
    return { to: { ...ended(before), problem }, ...nothing, tells: "plan.ended" };
  const tells = before.problem === undefined ? ("plan.payment_failed" as const) : undefined;
  return { to: { ...before, problem, lookAt: now + HOUR_MS }, ...nothing, tells };
}

/** A month that the operator gives. */
export function giveMonth(standing: Standing, choice: Choice, sold: SoldPlan): Decision {
  const month = monthOf(standing.now);
  const { basePlanId } = standing;
  const given = { payer: "operator", basePlanId, paidUntil: month.endsAt, lookAt: month.endsAt } as const;
  return {
    to: { ...FRESH, planId: choice.planId, seats: choice.seats, ...given },
    charge: undefined,
    credits: creditFor(standing, month.name, choice.planId, monthCredit(sold, choice.seats)),
  };
}

/** A subscription as the payment provider says it is now. */
export interface CardState extends Bought {
  readonly external: string;
  readonly status: "live" | "overdue" | "ended";
  /** What the next invoice will be for. */
  readonly billed: Choice;
  readonly billedNanos: Nanos;
  readonly cancelAtEnd: boolean;
  readonly payUrl: string | undefined;
}

function cardLookAt(now: number, paidUntil: number, inForce: boolean): number {
  if (!inForce) return now + LAPSED_LOOK_MS;
  return now < paidUntil ? paidUntil : now + HOUR_MS;
}

/** What the provider's word comes to here. */
export function settleCard({ before, basePlanId, soldOf, now }: Standing, state: CardState): Decision {
  const { choice, paidUntil, external, credits, status, billed, billedNanos, cancelAtEnd, payUrl } = state;
  const isOpen = status !== "ended";
  const problem = status === "overdue" ? "the payment provider could not charge the saved method" : undefined;
  const terms: SubscriptionTerms = {
    ...{ planId: choice.planId, seats: choice.seats, payer: "card", basePlanId, paidUntil, external },
    ...{ isOpen, billedNanos, cancelAtEnd, problem, payUrl, inForce: false, lookAt: 0 },
    next: isOpen && !sameChoice(billed, choice) ? billed : undefined,
  };
  const inForce = isOpen && now < graceEnd(terms, soldOf);
  const to = { ...terms, inForce, lookAt: cardLookAt(now, paidUntil, inForce) };
  const wasIn = before?.inForce === true && before.external === external;
  const hasLapsed = wasIn && !inForce && !before.cancelAtEnd;
  const hasFailed = problem !== undefined && (before?.problem === undefined || !wasIn) && inForce;
  const tells = hasLapsed ? "plan.ended" : hasFailed ? "plan.payment_failed" : undefined;
  return { to, charge: undefined, credits, tells };
}
