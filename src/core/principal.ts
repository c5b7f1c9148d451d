import type { Nanos } from "./money.ts";

/** Who sends a request: the key, its account, and the wallet that pays. */
export interface Principal {
  readonly keyId: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly walletId: string;
  readonly planId: string;
}

export interface WalletBalance {
  readonly walletId: string;
  /** What is neither spent nor expired, held or not. */
  readonly balanceNanos: Nanos;
  /** The part of it that running requests hold. */
  readonly heldNanos: Nanos;
}
