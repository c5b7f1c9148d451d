import type { Awaitable } from "../base/awaitable.ts";
import type { Nanos } from "../core/money.ts";

/** A charge by our own count, because what the upstream reported cannot be. */
export interface QuarantinedCharge {
  readonly requestId: string;
  readonly accountId: string;
  readonly account: string;
  readonly amountNanos: Nanos;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Charges that wait for the operator's word. */
export interface QuarantineStore {
  /** The oldest first. */
  list(limit: number): Awaitable<QuarantinedCharge[]>;
  /** How many there are. */
  count(): Awaitable<number>;
  /** The operator has decided: it is a charge like any other. False where it was none of these. */
  close(requestId: string): Awaitable<boolean>;
}
