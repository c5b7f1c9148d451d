import type { Awaitable } from "../base/awaitable.ts";
import type { SoldPlan } from "../core/model.ts";
import { changeCard, requireProvider, settleSubscription } from "./subscription-cards.ts";
import {
  type Chosen,
  changeSubscription,
  payForSubscription,
  type SubscriptionsOptions,
  soldIn,
} from "./subscription-changes.ts";
import {
  chooseFromWallet,
  giveMonth,
  graceEnd,
  renewFromWallet,
  unpaidFromWallet,
} from "./subscription-decisions.ts";
import type { Subscription, SubscriptionStore, SubscriptionTerms } from "./subscription-store.ts";
import type { Choice } from "./subscription-terms.ts";

/** Plans that are paid for month by month. What has no price is refused before it comes here. */
export interface Subscriptions {
  find(walletId: string): Awaitable<Subscription | undefined>;
  list: SubscriptionStore["list"];
  /** From the wallet: begins, changes, or takes back that it ends. */
  chooseFromWallet(walletId: string, choice: Choice): Promise<Chosen>;
  /** By card; more at once. @throws PaymentDeclined */
  changeCard(before: Subscription, choice: Choice): Promise<void>;
  /** The operator's word: nobody pays. */
  assign(walletId: string, choice: Choice): Promise<void>;
  /** With its paid period, or not after all. */
  cancelAtEnd(before: Subscription, cancel: boolean): Promise<void>;
  /** At once; nothing is paid back. */
  end(before: Subscription): Promise<void>;
  /** Brings in what became of a subscription at the provider. Rejects where it should be tried again. */
  settle(external: string): Promise<void>;
  /** Months that are due, and what has lapsed. */
  sweep(): Promise<void>;
  /** When it ends unless it is paid. */
  graceEnd(subscription: Subscription): number;
}

const DUE_MAX = 50;
const POSTPONE_MS = 600_000;

function requireSold(options: SubscriptionsOptions, planId: string): SoldPlan {
  const sold = soldIn(options)(planId);
  if (sold) return sold;
  throw new Error(`the plan ${planId} has no price`);
}

/** Changes terms without money, where it has not ended. */
async function amend(options: SubscriptionsOptions, walletId: string, change: Partial<SubscriptionTerms>) {
  await changeSubscription(options, walletId, ({ before }) =>
    before?.isOpen ? { to: { ...before, ...change }, charge: undefined, credits: [] } : undefined,
  );
}

async function renewWallet(options: SubscriptionsOptions, walletId: string): Promise<void> {
  const paid = await payForSubscription(options, walletId, (standing) =>
    standing.before?.isOpen ? renewFromWallet(standing, standing.before) : undefined,
  );
  if (paid === "poor")
    await changeSubscription(options, walletId, (standing) =>
      standing.before?.isOpen ? unpaidFromWallet(standing, standing.before) : undefined,
    );
}

async function renewGiven(options: SubscriptionsOptions, walletId: string): Promise<void> {
  await changeSubscription(options, walletId, (standing) => {
    const { before, now, soldOf } = standing;
    const sold = before?.isOpen ? soldOf(before.planId) : undefined;
    return before && sold && before.paidUntil <= now ? giveMonth(standing, before, sold) : undefined;
  });
}

/** Put off first, so that what cannot be settled does not keep others waiting. */
async function lookAt(options: SubscriptionsOptions, due: Subscription): Promise<void> {
  const { store, clock, onFault } = options;
  const { walletId, payer, external = "", account } = due;
  await store.postpone(walletId, clock.now() + POSTPONE_MS);
  try {
    if (payer === "wallet") await renewWallet(options, walletId);
    else if (payer === "operator") await renewGiven(options, walletId);
    else await settleSubscription(options, external);
  } catch (cause) {
    onFault(`the subscription of ${account} could not be looked at; it is tried again`, cause);
  }
}

export function subscriptions(options: SubscriptionsOptions): Subscriptions {
  const { store, clock } = options;
  return {
    find: (walletId) => store.find(walletId),
    list: (asked) => store.list(asked),
    chooseFromWallet: (walletId, choice) =>
      payForSubscription(options, walletId, (standing) =>
        chooseFromWallet(standing, choice, requireSold(options, choice.planId)),
      ),
    changeCard: (before, choice) => changeCard(options, before, choice, requireSold(options, choice.planId)),
    async assign(walletId, choice) {
      const sold = requireSold(options, choice.planId);
      await changeSubscription(options, walletId, (standing) => giveMonth(standing, choice, sold));
    },
    async cancelAtEnd({ walletId, external, payer }, cancel) {
      if (payer !== "card") return await amend(options, walletId, { cancelAtEnd: cancel });
      await requireProvider(options).cancelAtEnd(external ?? "", cancel);
      await settleSubscription(options, external ?? "");
    },
    async end({ walletId, external, payer }) {
      if (payer === "card") await requireProvider(options).endSubscription(external ?? "");
      await amend(options, walletId, { inForce: false, isOpen: false });
    },
    settle: (external) => settleSubscription(options, external),
    async sweep() {
      for (const due of await store.due(clock.now(), DUE_MAX)) await lookAt(options, due);
    },
    graceEnd: (subscription) => graceEnd(subscription, soldIn(options)),
  };
}
