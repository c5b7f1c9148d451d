import { systemClock } from "./base/clock.ts";
import type { Ledger } from "./billing/ledger.ts";
import { type MonthlyCredits, monthlyCredits } from "./billing/monthly-credits.ts";
import type { Log } from "./core/log.ts";
import type { Plan } from "./core/model.ts";
import type { Home } from "./home.ts";

const LEASES_EVERY_MS = 5_000;
const CREDITS_EVERY_MS = 60_000;

export interface MoneySweeps {
  readonly credits: MonthlyCredits;
  stop(): void;
}

export interface MoneySweepsOptions {
  readonly home: Pick<Home, "wallets">;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly plans: () => Iterable<Plan>;
}

/** What happens to money without a request: leases go back, what expired goes, a month's credit comes. */
export function sweepMoney({ home, log, ledger, plans }: MoneySweepsOptions): MoneySweeps {
  const onFault = (message: string, cause: unknown) => log("error", message, { cause: String(cause) });
  const credits = monthlyCredits({
    wallets: home.wallets,
    clock: systemClock,
    recall: (walletId) => ledger.recall(walletId),
    onFault,
  });

  function every(ms: number, what: string, work: () => Promise<unknown>): ReturnType<typeof setInterval> {
    const sweep = () => void work().catch((cause) => onFault(`${what} failed; it is tried again`, cause));
    const timer = setInterval(sweep, ms);
    timer.unref();
    return timer;
  }

  async function sweepLeases(): Promise<void> {
    await ledger.sweep();
    await home.wallets.expire(systemClock.now());
  }

  const timers = [
    every(LEASES_EVERY_MS, "the sweep of idle and expired money", sweepLeases),
    every(CREDITS_EVERY_MS, "looking for monthly credits that are due", () => credits.sweep(plans())),
  ];
  return { credits, stop: () => timers.forEach(clearInterval) };
}
