import type { Awaitable } from "../base/awaitable.ts";

/** What a payment was paid in besides USD; kept with it. */
export interface PaidIn {
  readonly code: string;
  /** Of the whole payment, in the currency's least units. */
  readonly minor: bigint;
  /** The rate at which it was agreed, in millionths. */
  readonly ppm: bigint;
}

/** Which currency an account is shown besides USD, and what its payments were paid in. */
export interface CurrencyStore {
  /** Undefined: none. */
  shownTo(accountId: string): Awaitable<string | undefined>;
  show(accountId: string, code: string | undefined): Awaitable<void>;
  /** By the provider's id of the payment. */
  paidBy(walletId: string): Awaitable<ReadonlyMap<string, PaidIn>>;
}
