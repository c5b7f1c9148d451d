import type { Clock } from "../base/clock.ts";
import { Lru } from "../base/lru.ts";
import { monthOf } from "../base/utc-month.ts";
import type { Plan } from "../core/model.ts";
import type { WalletStore } from "./wallets.ts";

/** Credit that plans give each month (UTC), at first use in it and by a sweep. */
export interface MonthlyCredits {
  /**
   * Undefined where nothing is due, from memory; otherwise resolves when this month's credit can be reserved.
   * A grant that fails is said and tried again with the next request, which goes on without it.
   */
  due(walletId: string, plan: Plan | undefined, keyId: string): Promise<void> | undefined;
  /** Grants to wallets of live keys that were not used this month yet, some hundred at a time. */
  sweep(plans: Iterable<Plan>): Promise<void>;
}

export interface MonthlyCreditsOptions {
  readonly wallets: Pick<WalletStore, "grant" | "walletsWithout" | "countKeys">;
  readonly clock: Clock;
  /** Money was added: what is leased is decided anew, so that what expires is spent first. */
  readonly recall: (walletId: string) => Promise<void>;
  /** Waits; a port so that simulations own time. */
  readonly delay: (ms: number) => Promise<void>;
  readonly onFault: (message: string, cause: unknown) => void;
}

const REMEMBERED = 100_000;
const SWEEP_MAX = 200;
/** A request goes on without its credit when granting that takes longer: what it has may do. */
const GRANT_WAIT_MS = 500;
/** Keys made since the last look are found again this late, unless they are used before. */
const LOOK_EVERY_MS = 3_600_000;

/**
 * `monthly:<wallet>:<plan>:2026-11`: the key under which a month's credit is granted once, and with `:2` and so on
 * behind it for further keys. Of an account's keys only their number counts: a key that is made in place of another
 * brings nothing.
 */
function grantKeyOf(walletId: string, planId: string, month: string, share: number): string {
  return `monthly:${walletId}:${planId}:${month}${share === 1 ? "" : `:${share}`}`;
}

/** How often the credit is due: a key that ends in this month, as one does that is rotated, is none of its own. */
async function sharesOf(
  wallets: Pick<WalletStore, "countKeys">,
  walletId: string,
  { id, monthlyCredit }: Plan,
  endsAt: number,
): Promise<number> {
  const keysMax = monthlyCredit?.keysMax;
  if (keysMax === undefined) return 1;
  return Math.max(1, await wallets.countKeys(walletId, id, endsAt, keysMax));
}

export function monthlyCredits({
  wallets,
  clock,
  recall,
  delay,
  onFault,
}: MonthlyCreditsOptions): MonthlyCredits {
  let month = monthOf(0);
  const granted = new Lru<string, true>(REMEMBERED);
  /** When each plan's wallets were last all looked at. */
  const lookedAt = new Map<string, number>();

  function turnMonth(): number {
    const now = clock.now();
    if (now < month.startsAt || now >= month.endsAt) {
      month = monthOf(now);
      granted.forget(() => true);
      lookedAt.clear();
    }
    return now;
  }

  /** Whether any of it was new. */
  async function grantShares(walletId: string, plan: Plan, now: number): Promise<boolean> {
    if (!plan.monthlyCredit) return false;
    const { nanos, carryOver } = plan.monthlyCredit;
    const { name, endsAt } = month;
    const shares = await sharesOf(wallets, walletId, plan, endsAt);
    let made = false;
    for (let share = 1; share <= shares; share++) {
      const grantKey = grantKeyOf(walletId, plan.id, name, share);
      const expiresAt = carryOver ? undefined : endsAt;
      made =
        (await wallets.grant({ walletId, nanos, source: "monthly", grantKey, expiresAt, at: now })) || made;
    }
    return made;
  }

  async function grantNow(walletId: string, plan: Plan, now: number, remembered: string): Promise<void> {
    try {
      const made = await grantShares(walletId, plan, now);
      granted.set(remembered, true);
      if (made) await recall(walletId);
    } catch (cause) {
      onFault("granting a month's credit failed; the next request tries again", cause);
    }
  }

  async function sweepPlan(plan: Plan): Promise<void> {
    const now = turnMonth();
    if (now - (lookedAt.get(plan.id) ?? 0) < LOOK_EVERY_MS) return;
    const due = await wallets.walletsWithout(plan.id, month.name, SWEEP_MAX);
    if (due.length < SWEEP_MAX) lookedAt.set(plan.id, now);
    for (const walletId of due) await grantNow(walletId, plan, now, `${walletId}:${plan.id}`);
  }

  return {
    due(walletId, plan, keyId) {
      if (!plan?.monthlyCredit) return undefined;
      const now = turnMonth();
      const { keysMax } = plan.monthlyCredit;
      const remembered = `${keysMax === undefined ? walletId : keyId}:${plan.id}`;
      if (granted.get(remembered)) return undefined;
      return Promise.race([grantNow(walletId, plan, now, remembered), delay(GRANT_WAIT_MS)]);
    },
    async sweep(plans) {
      for (const plan of plans) if (plan.monthlyCredit) await sweepPlan(plan);
    },
  };
}
