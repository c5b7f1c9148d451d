import type { Awaitable } from "../base/awaitable.ts";
import type { Nanos } from "../core/money.ts";

/** Money of one origin in a wallet. */
export interface WalletLot {
  readonly lotId: string;
  /** As `LotSource`, or of a source that came later. */
  readonly source: string;
  readonly grantedNanos: Nanos;
  /** Neither spent nor expired; running requests may hold some of it. */
  readonly leftNanos: Nanos;
  /** Milliseconds since the epoch; undefined: never. */
  readonly expiresAt: number | undefined;
}

/** Lots in which something is left, in the order in which they are spent. */
export type OpenLots = (walletId: string, now: number) => Awaitable<WalletLot[]>;
