import type { Awaitable } from "../base/awaitable.ts";
import type { Nanos } from "../core/money.ts";
import type { NoticeMessage } from "./notice-messages.ts";
import type { Choice, CreditDue } from "./subscription-terms.ts";

/** card: the payment provider charges it · wallet: its month is taken from the balance · operator: nobody pays. */
export const PAYERS = ["card", "wallet", "operator"] as const;
export type Payer = (typeof PAYERS)[number];

/** What is kept of it besides whose it is. Times in milliseconds since the epoch. */
export interface SubscriptionTerms extends Choice {
  readonly payer: Payer;
  /** The account's plan before it, which it goes back to; undefined: that of new keys where nobody says. */
  readonly basePlanId: string | undefined;
  /** Whether the account and its keys have the plan now. */
  readonly inForce: boolean;
  /** Not ended. */
  readonly isOpen: boolean;
  /** What the next period is for; undefined: the same. */
  readonly next: Choice | undefined;
  /** What the next month costs where the provider bills it: who has a plan keeps its price. */
  readonly billedNanos: Nanos | undefined;
  readonly cancelAtEnd: boolean;
  readonly paidUntil: number;
  /** Why the last payment failed; undefined: none has since the last that did not. */
  readonly problem: string | undefined;
  /** Where an unpaid invoice is paid. */
  readonly payUrl: string | undefined;
  /** The payment provider's id. */
  readonly external: string | undefined;
  /** When it is looked at next. */
  readonly lookAt: number;
}

/** A plan that an account has for as long as it is paid; an account has one. */
export interface Subscription extends SubscriptionTerms {
  readonly walletId: string;
  readonly accountId: string;
  readonly account: string;
  /** How often it was changed. */
  readonly moves: number;
}

/** Whose subscription it is. */
export interface Subscriber {
  readonly walletId: string;
  readonly accountId: string;
  /** The account's name. */
  readonly account: string;
  readonly planId: string | undefined;
}

export interface SubscriptionWrite {
  readonly subscriber: Subscriber;
  readonly to: SubscriptionTerms;
  /** `moves` of what was read; 0: there was none. */
  readonly moves: number;
  readonly credits: readonly CreditDue[];
  /** Taken out of free money that was paid in, all or nothing, once for its key. */
  readonly charge: { readonly key: string; readonly nanos: Nanos } | undefined;
  /** The account's plan from now on, and whose keys go along; undefined: all stay. */
  readonly move:
    | { readonly accountPlan: string | undefined; readonly from: string; readonly to: string }
    | undefined;
  readonly messages: readonly NoticeMessage[];
  readonly now: number;
}

/** changed: it is not what was read any more · poor: there is less free money than the charge. Both change nothing. */
export type SubscriptionWritten =
  | { readonly kind: "written"; readonly keyIds: readonly string[] }
  | { readonly kind: "changed" }
  | { readonly kind: "poor" };

export interface SubscriptionStore {
  find(walletId: string): Awaitable<Subscription | undefined>;
  /** Undefined where there is no such wallet. */
  subscriber(walletId: string): Awaitable<Subscriber | undefined>;
  /** Those that are open and to be looked at. */
  due(now: number, limit: number): Awaitable<Subscription[]>;
  postpone(walletId: string, lookAt: number): Awaitable<void>;
  /** Open ones, those of the newest accounts first. */
  list(asked: { readonly beforeId?: string | undefined; readonly limit: number }): Awaitable<Subscription[]>;
  /** All in one: its terms, the money, the account's plan, its keys, the messages. */
  write(write: SubscriptionWrite): Awaitable<SubscriptionWritten>;
}
