import type { Nanos } from "../core/money.ts";
import { lesser } from "./reservation.ts";

/** More than any lot holds. */
export const ALL_NANOS: Nanos = 1n << 62n;
/** With less than so many times the need left in the wallet, no more than the need is leased. */
const SCARCE = 20n;
const METER_MS = 10_000;

/** How a node uses a wallet, for the size of its next lease. */
export interface LeaseUse {
  sinceMs: number;
  /** Charged in this and in the last ten seconds. */
  spent: Nanos;
  spentBefore: Nanos;
  /** Free in the wallet's lots after the last answer of the store, and nodes that share it. */
  free: { readonly nanos: Nanos; readonly nodes: number } | undefined;
}

export function newLeaseUse(): LeaseUse {
  return { sinceMs: 0, spent: 0n, spentBefore: 0n, free: undefined };
}

function turn(use: LeaseUse, nowMs: number): void {
  const turns = Math.floor((nowMs - use.sinceMs) / METER_MS);
  if (turns <= 0) return;
  use.spentBefore = turns === 1 ? use.spent : 0n;
  use.spent = 0n;
  use.sinceMs += turns * METER_MS;
}

export function countSpent(use: LeaseUse, nanos: Nanos, nowMs: number): void {
  turn(use, nowMs);
  use.spent += nanos;
}

/**
 * How much to lease beside other nodes when `needNanos` are missing: what this one has lately spent, at most
 * its share of a half, and no more than the need where little is left.
 */
export function shareNanos(use: LeaseUse, needNanos: Nanos, nowMs: number): Nanos {
  const { free } = use;
  if (!free || free.nanos < SCARCE * needNanos) return needNanos;
  turn(use, nowMs);
  const share = lesser(use.spentBefore + use.spent, free.nanos / BigInt(2 * free.nodes));
  return share > needNanos ? share : needNanos;
}
