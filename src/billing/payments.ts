import type { Awaitable } from "../base/awaitable.ts";
import type { Nanos } from "../core/money.ts";
import type { PaidIn } from "./currencies.ts";

/** What a payment came to so far, as its provider says: sums from its beginning, not steps. */
export interface PaymentState {
  /** The provider's own id. */
  readonly objectId: string;
  readonly walletId: string;
  readonly paidNanos: Nanos;
  readonly refundedNanos: Nanos;
  /** Withdrawn by disputes that are open or lost. */
  readonly disputedNanos: Nanos;
  /** Undefined: in USD. */
  readonly paidIn?: PaidIn | undefined;
}

/** known: the event was taken before · changed: the payment was changed meanwhile, its state must be asked for anew. */
export type Applied = "applied" | "known" | "changed";

/** Payments and the money that they move. */
export interface PaymentStore {
  /** How often the payment was changed; undefined where the event was taken before. Ask it before the provider. */
  look(eventId: string, objectId: string): Awaitable<number | undefined>;
  /**
   * All in one: the event's id, the payment's sums, and the difference as money: in as a lot, debt first; out of
   * the payment's lots, then of other bought ones, the rest as debt that freezes the wallet. Does nothing unless
   * the payment was changed `moves` times. @throws Error where there is no such wallet.
   */
  apply(eventId: string, payment: PaymentState, moves: number, now: number): Awaitable<Applied>;
  /** What the wallet owes; balances are never below zero. */
  debt(walletId: string): Awaitable<Nanos>;
  /** Bought money that came free in wallets that owe pays what they owe. */
  collectDebts(now: number): Awaitable<void>;
}

export interface Checkout {
  readonly walletId: string;
  readonly account: string;
  /** What comes into the wallet. */
  readonly nanos: Nanos;
  /** What is paid for it; undefined: the same in USD. */
  readonly paidIn: PaidIn | undefined;
  /** Where the customer comes back to, whether paid or not. */
  readonly returnUrl: string;
  /** The payer whose method is kept for later charges; undefined: nothing is kept. */
  readonly customer: string | undefined;
}

/** Who takes the money. */
export interface PaymentProvider {
  checkout(checkout: Checkout): Promise<{ readonly id: string; readonly url: string }>;
  /** The event in a webhook's raw bytes, and the payment or subscription it is about. @throws ForgedWebhook */
  read(
    body: Uint8Array,
    signature: string,
  ): Promise<{
    readonly id: string;
    readonly payment: string | undefined;
    readonly subscription: string | undefined;
  }>;
  /** The payment as it is now; undefined where it is none of ours. */
  fetch(payment: string): Promise<PaymentState | undefined>;
}

/** A webhook that the provider did not sign, or signed too long ago. */
export class ForgedWebhook extends Error {
  override readonly name = "ForgedWebhook";
}

export interface PaymentSettlerOptions {
  readonly provider: Pick<PaymentProvider, "fetch">;
  readonly store: PaymentStore;
  readonly now: () => number;
  /** Leased money that nobody holds goes back first, and what came in is leased anew. */
  readonly recall: (walletId: string) => Promise<void>;
}

const TRIES_MAX = 5;

/**
 * Brings what became of a payment into its wallet, once for each event: what, is asked of the provider, one after the
 * other for each payment, so that neither the order of events nor repeats matter. Rejects where it should be tried again.
 */
export function paymentSettler(
  options: PaymentSettlerOptions,
): (eventId: string, payment: string) => Promise<void> {
  const { provider, store, now, recall } = options;
  const running = new Map<string, Promise<void>>();

  /** Another node may take another event of the same payment: who has asked before it wrote asks again. */
  async function settle(eventId: string, payment: string): Promise<void> {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const moves = await store.look(eventId, payment);
      if (moves === undefined) return;
      const state = await provider.fetch(payment);
      if (!state) return;
      await recall(state.walletId);
      const applied = await store.apply(eventId, state, moves, now());
      if (applied === "changed") continue;
      await recall(state.walletId);
      return;
    }
    throw new Error(`payment ${payment} changed ${TRIES_MAX} times while it was read`);
  }

  return async (eventId, payment) => {
    const before = running.get(payment) ?? Promise.resolve();
    // Whether the one before succeeded is its own affair.
    const mine = before.catch(() => undefined).then(() => settle(eventId, payment));
    running.set(payment, mine);
    try {
      await mine;
    } finally {
      if (running.get(payment) === mine) running.delete(payment);
    }
  };
}

/** Takes webhooks, which only say that something happened. Rejects where one should be sent again. */
export function paymentWebhook(
  options: PaymentSettlerOptions & {
    readonly provider: Pick<PaymentProvider, "fetch" | "read">;
    readonly settleSubscription: (subscription: string) => Promise<void>;
  },
): (body: Uint8Array, signature: string) => Promise<void> {
  const settle = paymentSettler(options);
  return async (body, signature) => {
    const { id, payment, subscription } = await options.provider.read(body, signature);
    if (payment !== undefined) await settle(id, payment);
    if (subscription !== undefined) await options.settleSubscription(subscription);
  };
}
