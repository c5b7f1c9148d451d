import type { Awaitable } from "../base/awaitable.ts";
import type { Nanos } from "../core/money.ts";

/** Where a wallet's money comes from. */
export type LotSource = "top-up" | "demo" | "code" | "monthly";

export interface Grant {
  readonly walletId: string;
  readonly nanos: Nanos;
  readonly source: LotSource;
  /** Milliseconds since the epoch; undefined: never. */
  readonly expiresAt?: number | undefined;
  /** The same key grants once, however often it is asked. */
  readonly grantKey: string;
  readonly at: number;
}

export interface StatementLine {
  readonly at: number;
  readonly kind: "grant" | "reversal" | "expiry" | "charge";
  /** The grant's or expiry's key, or the charged request's id. */
  readonly ref: string;
  /** Positive: into the wallet. */
  readonly nanos: Nanos;
}

/** Money of wallets, as operators and customers see it. */
export interface WalletStore {
  /** Puts money into a wallet as a lot of its own, durably; false when this grant was made before. */
  grant(grant: Grant): Awaitable<boolean>;
  /** Moves what is free in expired lots to the operator; answers how many lots had something. */
  expire(now: number): Awaitable<number>;
  /** Wallets of live keys of the plan whose credit of this month was not granted, at most `limit`. */
  walletsWithout(planId: string, month: string, limit: number): Awaitable<string[]>;
  /** What is neither spent nor expired, held or not. */
  balance(walletId: string, now: number): Awaitable<Nanos>;
  /** The newest movements first. */
  statement(walletId: string, limit: number): Awaitable<StatementLine[]>;
}
