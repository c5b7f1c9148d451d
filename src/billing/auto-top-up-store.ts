import type { Awaitable } from "../base/awaitable.ts";
import type { Nanos } from "../core/money.ts";
import type { NoticeMessage } from "./notice-messages.ts";

/** What the customer agreed to: when to charge the saved method, how much, and how much at most. */
export interface AutoTopUpTerms {
  readonly walletId: string;
  /** Charged when the balance is below this. */
  readonly belowNanos: Nanos;
  readonly amountNanos: Nanos;
  /** Attempts in a UTC day, whatever came of them. */
  readonly timesADayMax: number;
  /** In a UTC month, attempts that failed left out. */
  readonly monthNanosMax: Nanos;
  /** Who is told of failures, besides those told of a low balance. */
  readonly email: string | undefined;
}

export interface AutoTopUp extends AutoTopUpTerms {
  readonly account: string;
  /** Failures in a row. */
  readonly failures: number;
  /** After a failure nothing is tried before this, milliseconds since the epoch. */
  readonly pausedUntil: number;
  /** Why it is off; undefined: it is on. */
  readonly offReason: string | undefined;
  /** How many attempts were begun: whoever read an older number does not begin another. */
  readonly turn: number;
  /** An attempt is not known to have ended. */
  readonly isOpen: boolean;
  readonly begunToday: number;
  readonly monthNanos: Nanos;
}

/** A method of payment that its owner allowed to be charged in absence. */
export interface SavedMethod {
  /** The provider's id of the payer. */
  readonly customer: string;
  /** The provider's id of the method. */
  readonly method: string;
  /** As its owner knows it: `visa 4242`. */
  readonly label: string;
}

/** One charge, written down before the provider is asked; its id is the idempotency key. */
export interface TopUpAttempt extends Omit<SavedMethod, "label"> {
  readonly attemptId: string;
  readonly walletId: string;
  readonly nanos: Nanos;
  readonly begunAt: number;
  /** With the one that goes on. */
  readonly tries: number;
}

/** What becomes of the terms after an attempt that failed. */
export interface TopUpFailure {
  readonly reason: string;
  readonly pausedUntil: number;
  /** Undefined: it stays on. */
  readonly offReason: string | undefined;
  readonly messages: readonly NoticeMessage[];
}

/** Automatic top-ups: their terms, and the attempts that became of them. */
export interface AutoTopUpStore {
  /** The provider's id of the wallet's payer. */
  customer(walletId: string): Awaitable<string | undefined>;
  /** Keeps the first one; answers which that is. */
  keepCustomer(walletId: string, customer: string): Awaitable<string>;
  /** Switches on, with no failures counted. */
  set(terms: AutoTopUpTerms): Awaitable<void>;
  /** Switches off and keeps messages, all in one; false where it was not on. */
  switchOff(
    walletId: string,
    reason: string,
    messages: readonly NoticeMessage[],
    now: number,
  ): Awaitable<boolean>;
  find(walletId: string, now: number): Awaitable<AutoTopUp | undefined>;
  /** Those that are on. */
  active(now: number): Awaitable<AutoTopUp[]>;
  /** Writes an attempt down; false where one was begun since `seen` was read, or the terms do not allow it any more. */
  begin(seen: AutoTopUp, method: SavedMethod, attemptId: string, now: number): Awaitable<boolean>;
  /** Open attempts that are due; nobody else gets them before `until`. */
  claim(now: number, until: number, limit: number): Awaitable<TopUpAttempt[]>;
  /** It stays open and is due again at a time. */
  retry(attemptId: string, nextAt: number, error: string): Awaitable<void>;
  paid(attempt: TopUpAttempt, payment: string): Awaitable<void>;
  /** All in one; does nothing where the attempt had ended. */
  failed(attempt: TopUpAttempt, failure: TopUpFailure, now: number): Awaitable<void>;
}

/** Whether the terms allow an attempt at a moment, the balance left aside. */
export function allowsTopUp(terms: AutoTopUp, now: number): boolean {
  const { offReason, isOpen, pausedUntil, begunToday, timesADayMax, monthNanos, amountNanos } = terms;
  if (offReason !== undefined || isOpen || pausedUntil > now || begunToday >= timesADayMax) return false;
  return monthNanos + amountNanos <= terms.monthNanosMax;
}
