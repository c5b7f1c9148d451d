import type { Awaitable } from "../base/awaitable.ts";
import type { Nanos } from "../core/money.ts";

/** Where a wallet's money comes from. */
export type LotSource = "budget" | "top-up" | "demo" | "code" | "monthly" | "plan" | "payment" | "trial";

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
  readonly kind: "grant" | "reversal" | "expiry" | "payment-back" | "debt-payment" | "plan" | "charge";
  /** The grant's or expiry's key, or the charged request's id. */
  readonly ref: string;
  /** Positive: into the wallet. */
  readonly nanos: Nanos;
}

export interface PeriodLine extends StatementLine {
  /** How many requests a line of charges stands for; 0: it is none. */
  readonly requests: number;
}

export interface PeriodAsked {
  /** Milliseconds since the epoch; `to` is the first moment after the period. */
  readonly from: number;
  readonly to: number;
  /** Whether charges are lines of their own, or one for all of a day (UTC), whose `ref` is the day. */
  readonly by: "request" | "day";
  readonly linesMax: number;
}

export interface PeriodStatement {
  readonly openingNanos: Nanos;
  /** The oldest first. */
  readonly lines: readonly PeriodLine[];
}

/** Money of wallets, as operators and customers see it. */
export interface WalletStore {
  /** Puts money into a wallet as a lot of its own, durably; false when this grant was made before. */
  grant(grant: Grant): Awaitable<boolean>;
  /** Moves what is free in expired lots to the operator; answers how many lots had something. */
  expire(now: number): Awaitable<number>;
  /** Wallets of live keys of the plan whose credit of this month was not granted, at most `limit`. */
  walletsWithout(planId: string, month: string, limit: number): Awaitable<string[]>;
  /** How many keys of the wallet's account on this plan are neither revoked nor end until `until`; counted up to `limit`. */
  countKeys(walletId: string, planId: string, until: number, limit: number): Awaitable<number>;
  /** What is neither spent nor expired, held or not. */
  balance(walletId: string, now: number): Awaitable<Nanos>;
  /** The newest movements first. */
  statement(walletId: string, limit: number): Awaitable<StatementLine[]>;
  /** What moved in a period; undefined where it has more lines than asked for. */
  period(walletId: string, asked: PeriodAsked): Awaitable<PeriodStatement | undefined>;
}
