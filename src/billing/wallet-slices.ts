import type { Nanos } from "../core/money.ts";
import { type LeaseUse, newLeaseUse } from "./lease-size.ts";
import type { ReserveResult } from "./outcomes.ts";
import { freeOf, type Slice, unspentIn } from "./reservation.ts";
import type { LeaseAnswer, LeaseGrant } from "./store.ts";

/** What this node has of one wallet. */
export interface Wallet {
  readonly id: string;
  slices: Slice[];
  /** The store is moving money of this wallet; wait before deciding that there is none. */
  leasing: Promise<unknown> | undefined;
  /** Told when a request of this wallet ends. */
  waiting: (() => void)[];
  usedAtMs: number;
  /** Asks once more for the answer to a step that was lost; money that it moved is not in the slices. */
  unheard: (() => Promise<unknown>) | undefined;
  readonly use: LeaseUse;
}

export function newWallet(id: string): Wallet {
  return {
    id,
    slices: [],
    leasing: undefined,
    waiting: [],
    usedAtMs: 0,
    unheard: undefined,
    use: newLeaseUse(),
  };
}

/**
 * Adds what was leased, at the end, so that new money is spent in the order in which it was granted.
 * @param askedMs when the store was asked, on this node's monotonic clock
 */
export function addGrants(wallet: Wallet, grants: LeaseAnswer["grants"], askedMs: number): void {
  for (const { lotId, nanos, expiresInMs } of grants) {
    const index = wallet.slices.findIndex((candidate) => candidate.lotId === lotId);
    const [known] = index < 0 ? [] : wallet.slices.splice(index, 1);
    const slice = known ?? { lotId, granted: 0n, spent: 0n, reserved: 0n };
    slice.granted += nanos;
    slice.usableUntilMs = expiresInMs === undefined ? undefined : askedMs + expiresInMs;
    wallet.slices.push(slice);
  }
}

/** Takes out all that no request holds, to be given back to the lots. */
export function takeFree(wallet: Wallet): LeaseGrant[] {
  const grants: LeaseGrant[] = [];
  for (const slice of wallet.slices) {
    const free = freeOf(slice);
    if (free <= 0n) continue;
    slice.granted -= free;
    grants.push({ lotId: slice.lotId, nanos: free });
  }
  wallet.slices = wallet.slices.filter((slice) => slice.reserved > 0n);
  return grants;
}

/** Resolves when a request of this wallet ends. */
export function untilTold(wallet: Wallet): Promise<void> {
  return new Promise((resolve) => wallet.waiting.push(resolve));
}

export function tellWaiting(wallet: Wallet | undefined): void {
  if (wallet === undefined || wallet.waiting.length === 0) return;
  const { waiting } = wallet;
  wallet.waiting = [];
  for (const tell of waiting) tell();
}

/** Why nothing can be reserved. */
export type Refusal = Extract<ReserveResult, { balanceNanos: Nanos }>;

/** Why `leastNanos` are not to be had. @param freeNanos what is free in the wallet's lots, or leased by other nodes */
export function refusal({ slices }: Wallet, leastNanos: Nanos, freeNanos: Nanos, nowMs: number): Refusal {
  const balanceNanos = freeNanos + unspentIn(slices, nowMs);
  return { kind: balanceNanos >= leastNanos ? "held" : "insufficient", balanceNanos };
}
