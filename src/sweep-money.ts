import { systemClock } from "./base/clock.ts";
import { autoTopUps } from "./billing/auto-top-up.ts";
import type { Ledger } from "./billing/ledger.ts";
import { lowBalanceNotices } from "./billing/low-balance.ts";
import type { MonthlyCredits } from "./billing/monthly-credits.ts";
import type { Mail } from "./billing/notice-messages.ts";
import { paymentSettler } from "./billing/payments.ts";
import type { Subscriptions } from "./billing/subscriptions.ts";
import type { Settings } from "./config/settings.ts";
import type { Cashier } from "./control/operation.ts";
import type { Log } from "./core/log.ts";
import type { Plan } from "./core/model.ts";
import { postGuarded } from "./gateway/post-guarded.ts";
import type { Home } from "./home.ts";

const LEASES_EVERY_MS = 5_000;
const NOTICES_EVERY_MS = 15_000;
const TOP_UPS_EVERY_MS = 10_000;
const CREDITS_EVERY_MS = 60_000;
const PLANS_EVERY_MS = 30_000;

export interface MoneySweepsOptions {
  readonly home: Pick<Home, "wallets" | "notices" | "payments" | "autoTopUps" | "secret" | "folder">;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly credits: MonthlyCredits;
  /** Leased money that nobody holds goes back. */
  readonly recall: (walletId: string) => Promise<void>;
  /** `fetchPrivate`: where notices may go besides the public internet. */
  readonly settings: Pick<Settings, "fetchPrivate">;
  /** Undefined where nobody takes payments. */
  readonly paymentProvider: Cashier | undefined;
  readonly subscriptions: Pick<Subscriptions, "sweep">;
  readonly plans: () => Iterable<Plan>;
  /** @throws Error when it was not taken. */
  readonly mail: (mail: Mail) => Promise<void>;
}

/** What happens to money without a request: leases go back, what expired goes, a month's credit comes. */
export function sweepMoney({
  home,
  log,
  ledger,
  credits,
  recall,
  plans,
  mail,
  settings,
  subscriptions,
  ...rest
}: MoneySweepsOptions): { stop(): void } {
  const { paymentProvider: provider } = rest;
  const onFault = (message: string, cause: unknown) => log("error", message, { cause: String(cause) });
  function every(ms: number, what: string, work: () => Promise<unknown>): ReturnType<typeof setInterval> {
    const sweep = () => void work().catch((cause) => onFault(`${what} failed; it is tried again`, cause));
    const timer = setInterval(sweep, ms);
    timer.unref();
    return timer;
  }

  async function sweepLeases(): Promise<void> {
    await ledger.sweep();
    await home.wallets.expire(systemClock.now());
    await home.payments.collectDebts(systemClock.now());
  }

  const notices = lowBalanceNotices({
    store: home.notices,
    balance: (walletId, now) => home.wallets.balance(walletId, now),
    post: (url, body, headers) => postGuarded(url, body, headers, { privateNetworks: settings.fetchPrivate }),
    mail,
    secret: home.secret,
    clock: systemClock,
    onFault,
  });

  const { autoTopUps: store, payments, wallets } = home;
  const topUps =
    provider &&
    autoTopUps({
      ...{ store, provider, notices: home.notices, clock: systemClock, onFault },
      balance: (walletId, now) => wallets.balance(walletId, now),
      debt: (walletId) => payments.debt(walletId),
      settle: paymentSettler({
        ...{ provider, store: payments, now: () => systemClock.now() },
        recall,
      }),
    });

  const timers = [
    every(LEASES_EVERY_MS, "the sweep of idle and expired money", sweepLeases),
    every(NOTICES_EVERY_MS, "looking for low balances", () => notices.sweep()),
    ...(topUps ? [every(TOP_UPS_EVERY_MS, "the sweep of automatic top-ups", () => topUps.sweep())] : []),
    every(PLANS_EVERY_MS, "looking for plans whose month is over", () => subscriptions.sweep()),
    every(CREDITS_EVERY_MS, "looking for monthly credits that are due", () => credits.sweep(plans())),
  ];
  return { stop: () => timers.forEach(clearInterval) };
}
