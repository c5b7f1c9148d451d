import type { Awaitable } from "../base/awaitable.ts";
import type { Clock } from "../base/clock.ts";
import { Lru } from "../base/lru.ts";
import { endOfDay } from "../base/utc-day.ts";
import { monthOf } from "../base/utc-month.ts";
import type { Limits } from "../core/limits.ts";
import type { Model, Plan } from "../core/model.ts";
import type { Nanos } from "../core/money.ts";
import type { Principal } from "../core/principal.ts";

/** What may be spent in one day or month (UTC), and by whom: kept as a wallet whose lots last that long. */
export interface Budget {
  /** The id of the wallet. */
  readonly id: string;
  readonly accountId: string;
  readonly whose: "key" | "member" | "account" | "model";
  readonly period: "day" | "month";
  readonly nanos: Nanos;
}

/** How much a budget allows in a period that ends at `expiresAt`. */
export interface Allowance {
  readonly budgetId: string;
  readonly accountId: string;
  readonly nanos: Nanos;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly at: number;
}

export interface BudgetStore {
  /** Makes a period's allowance what it should be; false where not all that is too much was free to be taken back. */
  allow(allowance: Allowance): Awaitable<boolean>;
  /** What of the present period's allowance is not spent; undefined where nothing asked for one yet. */
  left(budgetId: string, now: number): Awaitable<Nanos | undefined>;
}

/** What is left of a budget in the period that ends at `endsAt`. */
export interface BudgetStanding extends Omit<Budget, "id"> {
  readonly leftNanos: Nanos;
  readonly endsAt: number;
}

export interface Budgets {
  /** Undefined where nothing limits what this request may spend. Without a model: what holds for all of them. */
  of(principal: Principal, plan: Plan | undefined, model: Model | undefined): readonly Budget[] | undefined;
  /** Undefined where this period's allowance is known to be there; otherwise resolves when it is. @throws what the store throws */
  ready(budget: Budget): Promise<void> | undefined;
  /** When the present period of a budget ends, in milliseconds since the epoch. */
  endsAt(budget: Budget): number;
  /** What is left of a key's budgets, whatever it asks; changes nothing. @throws what the store throws */
  standings(principal: Principal, plan: Plan | undefined): Promise<readonly BudgetStanding[]>;
}

export interface BudgetsOptions {
  readonly store: BudgetStore;
  readonly clock: Clock;
  /** Leased and unspent money of a budget goes back, so that it can be taken. */
  readonly recall: (budgetId: string) => Promise<void>;
}

const REMEMBERED = 100_000;
const PERIODS = ["day", "month"] as const;
const END_OF: Readonly<Record<Budget["period"], (now: number) => number>> = {
  day: endOfDay,
  month: (now) => monthOf(now).endsAt,
};

/** The wallet of a budget: the same on every node, without asking. @param name unique in its account */
export function budgetIdOf(accountId: string, name: string): string {
  return new Bun.CryptoHasher("sha256").update(`budget:${accountId}:${name}`).digest("hex").slice(0, 32);
}

/** The name of a key's budget, by the key id under which its requests are counted. */
export function keyBudgetName(countedAs: string, period: Budget["period"]): string {
  return `key:${countedAs}:${period}`;
}

function memberBudgetName(userId: string): string {
  return `member:${userId}:month`;
}

function smaller(one: Nanos | undefined, other: Nanos | undefined): Nanos | undefined {
  return one === undefined || (other !== undefined && other < one) ? other : one;
}

function spendOf(limits: Limits | undefined, period: Budget["period"]): Nanos | undefined {
  return period === "day" ? limits?.spendPerDay : limits?.spendPerMonth;
}

export function spendBudgets({ store, clock, recall }: BudgetsOptions): Budgets {
  const ids = new Lru<string, string>(REMEMBERED);
  /** The allowance of a budget that is in the store, and for which period. */
  const allowed = new Lru<string, { readonly nanos: Nanos; readonly expiresAt: number }>(REMEMBERED);

  function idOf(accountId: string, name: string): string {
    const at = `${accountId}:${name}`;
    const known = ids.get(at);
    if (known !== undefined) return known;
    const id = budgetIdOf(accountId, name);
    ids.set(at, id);
    return id;
  }

  async function allow({ id, accountId, nanos }: Budget, expiresAt: number): Promise<void> {
    const known = allowed.get(id);
    if (known !== undefined && known.expiresAt === expiresAt && known.nanos > nanos) await recall(id);
    const all = await store.allow({ budgetId: id, accountId, nanos, expiresAt, at: clock.now() });
    // What running requests hold of an allowance that became smaller is taken back when they have ended.
    if (all) allowed.set(id, { nanos, expiresAt });
  }

  function of(
    { accountId, countedAs, limits, userId, memberCapNanos }: Principal,
    plan: Plan | undefined,
    model: Model | undefined,
  ): readonly Budget[] | undefined {
    let found: Budget[] | undefined;
    const add = (
      whose: Budget["whose"],
      name: string,
      period: Budget["period"],
      nanos: Nanos | undefined,
    ) => {
      if (nanos === undefined) return;
      found ??= [];
      found.push({ id: idOf(accountId, name), accountId, whose, period, nanos });
    };
    for (const period of PERIODS) {
      const own = smaller(spendOf(limits, period), spendOf(plan?.limits, period));
      add("key", keyBudgetName(countedAs, period), period, own);
      add("account", `plan:${plan?.id}:${period}`, period, spendOf(plan?.accountLimits, period));
      if (model) add("model", `model:${model.id}:${period}`, period, spendOf(model.limits, period));
    }
    if (userId !== undefined) add("member", memberBudgetName(userId), "month", memberCapNanos);
    return found;
  }

  async function standing({ id, ...budget }: Budget): Promise<BudgetStanding> {
    const now = clock.now();
    const left = await store.left(id, now);
    // A limit that was changed is allowed anew by the next request; until then no more than it is told.
    const leftNanos = left === undefined || left > budget.nanos ? budget.nanos : left;
    return { ...budget, leftNanos, endsAt: END_OF[budget.period](now) };
  }

  return {
    of,
    standings: (principal, plan) => Promise.all((of(principal, plan, undefined) ?? []).map(standing)),
    ready(budget) {
      const expiresAt = END_OF[budget.period](clock.now());
      const known = allowed.get(budget.id);
      if (known?.nanos === budget.nanos && known.expiresAt === expiresAt) return undefined;
      return allow(budget, expiresAt);
    },
    endsAt: ({ period }) => END_OF[period](clock.now()),
  };
}
