import type { Awaitable } from "../base/awaitable.ts";
import type { Clock } from "../base/clock.ts";
import { newId } from "../base/id.ts";
import type { Nanos } from "../core/money.ts";
import {
  type AutoTopUp,
  type AutoTopUpStore,
  allowsTopUp,
  type SavedMethod,
  type TopUpAttempt,
} from "./auto-top-up-store.ts";
import type { NoticeStore } from "./low-balance.ts";
import { type NoticeMessage, noticeMessages } from "./notice-messages.ts";

/** paid: the money is with the provider · pending: a bank has yet to say · declined: nothing was paid, nor will be. */
export type ChargeState =
  | { readonly kind: "paid"; readonly payment: string }
  | { readonly kind: "pending"; readonly payment: string }
  | { readonly kind: "declined"; readonly reason: string };

/** Who charges saved methods. */
export interface MethodProvider {
  /** The id of a new payer; the same one where the wallet had one made a moment ago. */
  newCustomer(walletId: string, account: string): Promise<string>;
  /** A page on which a method is saved, and nothing paid. */
  saveMethod(asked: {
    readonly customer: string;
    readonly returnUrl: string;
  }): Promise<{ readonly id: string; readonly url: string }>;
  /** The one saved last. */
  savedMethod(customer: string): Promise<SavedMethod | undefined>;
  /** How many there were. */
  forgetMethods(customer: string): Promise<number>;
  /** Charges once for each attempt's id. @throws Error where it is not known what came of it. */
  charge(attempt: TopUpAttempt): Promise<ChargeState>;
  /** What an earlier `charge` came to; undefined where the provider knows of none. */
  findCharge(attempt: TopUpAttempt): Promise<ChargeState | undefined>;
}

export interface AutoTopUpOptions {
  readonly store: AutoTopUpStore;
  readonly provider: MethodProvider;
  readonly notices: Pick<NoticeStore, "find">;
  readonly balance: (walletId: string, now: number) => Awaitable<Nanos>;
  readonly debt: (walletId: string) => Awaitable<Nanos>;
  /** Brings a payment's money into its wallet, once for each event. */
  readonly settle: (eventId: string, payment: string) => Promise<void>;
  readonly clock: Clock;
  readonly onFault: (message: string, cause: unknown) => void;
}

const FAILURES_MAX = 3;
const DUE_MAX = 10;
const HOUR_MS = 3_600_000;
/** After the first and second failure in a row: cards fail for a moment, too. */
const PAUSES_MS = [HOUR_MS, 6 * HOUR_MS] as const;
/** Longer than the provider is waited for, its repetitions included. */
const CLAIM_MS = 120_000;
const RETRY_MS = 60_000;
const PENDING_MS = 600_000;
/** Providers forget an idempotency key after a day; from here on it is only asked what became of it. */
const CHARGE_AGAIN_MS = 20 * HOUR_MS;

/** Tells the customer: by the webhook and address of low balances, and by the address of the terms. */
async function messagesOf(
  { notices }: AutoTopUpOptions,
  terms: AutoTopUp,
  reason: string,
  now: number,
  off: boolean,
): Promise<NoticeMessage[]> {
  const { walletId, account, amountNanos, email } = terms;
  const said = { account, amount_nanos: amountNanos.toString(), reason, off };
  const told = await notices.find(walletId);
  return noticeMessages(walletId, told, [email], { type: "wallet.auto_top_up_failed", ...said }, now);
}

async function giveUp(options: AutoTopUpOptions, attempt: TopUpAttempt, reason: string): Promise<void> {
  const { store, clock } = options;
  const now = clock.now();
  const terms = await store.find(attempt.walletId, now);
  if (!terms) throw new Error(`the attempt ${attempt.attemptId} has no terms`);
  const pauseMs = PAUSES_MS[terms.failures];
  const off = terms.failures + 1 >= FAILURES_MAX || pauseMs === undefined;
  const charged = { ...terms, amountNanos: attempt.nanos };
  const messages = await messagesOf(options, charged, reason, now, off);
  const offReason = off ? `${FAILURES_MAX} charges in a row failed; the last: ${reason}` : undefined;
  await store.failed(attempt, { reason, pausedUntil: now + (pauseMs ?? 0), offReason, messages }, now);
}

/** What came of an attempt; asked anew only while the provider still knows its idempotency key. */
async function stateOf({ provider, clock }: AutoTopUpOptions, attempt: TopUpAttempt): Promise<ChargeState> {
  const found = attempt.tries > 1 ? await provider.findCharge(attempt) : undefined;
  if (found) return found;
  if (clock.now() - attempt.begunAt < CHARGE_AGAIN_MS) return await provider.charge(attempt);
  return { kind: "declined", reason: "the payment provider could not be reached for most of a day" };
}

async function carryOut(options: AutoTopUpOptions, attempt: TopUpAttempt): Promise<void> {
  const { store, settle, clock } = options;
  const state = await stateOf(options, attempt);
  if (state.kind === "declined") return await giveUp(options, attempt, state.reason);
  if (state.kind === "pending") {
    await store.retry(attempt.attemptId, clock.now() + PENDING_MS, "the bank has not said yet");
    return;
  }
  // The money is in the wallet before the attempt is closed, so that nobody finds it low in between.
  await settle(`auto-top-up:${attempt.attemptId}`, state.payment);
  await store.paid(attempt, state.payment);
}

/** Begins an attempt where the wallet is low; what was read of it before its balance must still hold then. */
async function look(options: AutoTopUpOptions, terms: AutoTopUp): Promise<void> {
  const { store, provider, balance, debt, clock } = options;
  const now = clock.now();
  const { walletId } = terms;
  if (!allowsTopUp(terms, now) || (await balance(walletId, now)) >= terms.belowNanos) return;
  // Who disputed a payment is not charged again unasked.
  if ((await debt(walletId)) > 0n) return;
  const customer = await store.customer(walletId);
  const method = customer === undefined ? undefined : await provider.savedMethod(customer);
  if (method) {
    await store.begin(terms, method, newId(), now);
    return;
  }
  const reason = "there is no saved method of payment any more";
  await store.switchOff(walletId, reason, await messagesOf(options, terms, reason, now, true), now);
}

/**
 * Tops up wallets that run low by their saved methods. An attempt is written down before the provider is asked, and
 * stays open until it is known what came of it: it is charged once, whatever breaks in between.
 */
export function autoTopUps(options: AutoTopUpOptions): { sweep(): Promise<void> } {
  const { store, clock, onFault } = options;

  async function tryOut(attempt: TopUpAttempt): Promise<void> {
    try {
      await carryOut(options, attempt);
    } catch (cause) {
      onFault("what became of an automatic top-up is not known; it is asked again", cause);
      const error = cause instanceof Error ? cause.message : String(cause);
      await store.retry(attempt.attemptId, clock.now() + RETRY_MS, error);
    }
  }

  return {
    async sweep() {
      for (const terms of await store.active(clock.now()))
        await look(options, terms).catch((cause) => onFault("an automatic top-up could not begin", cause));
      const now = clock.now();
      await Promise.all((await store.claim(now, now + CLAIM_MS, DUE_MAX)).map(tryOut));
    },
  };
}
