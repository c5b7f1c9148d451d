import { type Dump, fail, type HoldSeen, type LotSeen, type RequestSeen } from "./seen.ts";

/** Reservations lie inside the node's own open leases; what is posted already is no longer held. */
export function checkHolds(dump: Dump, holds: readonly HoldSeen[]): void {
  const posted = new Set(dump.charges.map((charge) => charge.requestId));
  const held = new Map<string, bigint>();
  for (const hold of holds) {
    if (hold.epoch !== dump.epoch || posted.has(hold.requestId)) continue;
    for (const { lotId, nanos } of hold.legs) held.set(lotId, (held.get(lotId) ?? 0n) + nanos);
  }
  for (const [lotId, nanos] of held) {
    const lease = dump.leases.find((row) => row.lotId === lotId && row.epoch === dump.epoch);
    const open = lease ? lease.granted - lease.spent - lease.returned : 0n;
    if (nanos > open) fail(`running requests hold ${nanos} of lot ${lotId}, its open lease is ${open} (4)`);
  }
}

/** Nothing is written for an epoch that is over (5). */
export function checkNewCharges(before: Dump, dump: Dump): void {
  const known = new Set(before.charges.map(({ requestId, leg }) => `${requestId}:${leg}`));
  for (const { requestId, leg, epoch } of dump.charges) {
    if (known.has(`${requestId}:${leg}`) || epoch === dump.epoch) continue;
    fail(`charge ${requestId}:${leg} of epoch ${epoch} was written in epoch ${dump.epoch} (5)`);
  }
}

function isExpired(lot: LotSeen, nowMs: number): boolean {
  return lot.expiresAtMs !== null && lot.expiresAtMs <= nowMs;
}

function spentBefore(a: LotSeen, b: LotSeen): boolean {
  const [x, y] = [a.expiresAtMs ?? Number.MAX_VALUE, b.expiresAtMs ?? Number.MAX_VALUE];
  if (x !== y) return x < y;
  return a.spendRank !== b.spendRank ? a.spendRank < b.spendRank : a.lotId < b.lotId;
}

/** Leases come out of unexpired lots, in spend order (8), for the present epoch. */
export function checkNewLeases(before: Dump, dump: Dump): void {
  const grantedBefore = new Map(
    before.leases.map((lease) => [`${lease.lotId}:${lease.epoch}`, lease.granted]),
  );
  for (const lease of dump.leases) {
    if (lease.granted <= (grantedBefore.get(`${lease.lotId}:${lease.epoch}`) ?? 0n)) continue;
    const lot = dump.lots.find((row) => row.lotId === lease.lotId);
    if (!lot) fail(`a lease of a lot that is not there: ${lease.lotId} (8)`);
    if (isExpired(lot, dump.nowMs)) fail(`lot ${lot.lotId} was leased after it had expired (8)`);
    if (lease.epoch !== dump.epoch) fail(`epoch ${lease.epoch} leased in epoch ${dump.epoch} (5)`);
    for (const other of dump.lots) {
      const open = other.walletId === lot.walletId && other.taken < other.granted;
      if (!open || isExpired(other, dump.nowMs) || !spentBefore(other, lot)) continue;
      fail(`lot ${lot.lotId} was leased while ${other.lotId}, which goes first, had money (8)`);
    }
  }
}

/**
 * A node knows when a lease expires from when it asked for it: by so much it may take it for expired before the
 * store does, at most the time that a message and its answer take.
 */
const EARLY_MS = 60;

/** What each wallet can surely pay with: not expired, and free or leased to the living node. */
export function spendable(dump: Dump): Map<string, bigint> {
  const balances = new Map<string, bigint>();
  for (const lot of dump.lots) {
    if (isExpired(lot, dump.nowMs + EARLY_MS)) continue;
    let nanos = lot.granted - lot.taken;
    for (const lease of dump.leases) {
      if (lease.lotId === lot.lotId && lease.epoch === dump.epoch)
        nanos += lease.granted - lease.spent - lease.returned;
    }
    balances.set(lot.walletId, (balances.get(lot.walletId) ?? 0n) + nanos);
  }
  return balances;
}

/** 402 only when the balance itself could not pay, at some moment while the request was asking. */
export function checkRefusal(
  request: RequestSeen,
  balances: readonly { readonly atMs: number; readonly of: ReadonlyMap<string, bigint> }[],
): void {
  const { refusal, holdNanos, walletId, arrivedMs } = request;
  if (refusal?.kind !== "insufficient" || holdNanos === undefined) return;
  let last = 0n;
  for (const { atMs, of } of balances) {
    const nanos = of.get(walletId) ?? 0n;
    if (atMs >= arrivedMs && atMs <= refusal.atMs && nanos < holdNanos) return;
    if (atMs <= arrivedMs) last = nanos;
  }
  if (last < holdNanos) return;
  fail(`${request.requestId} was refused ${holdNanos} for want of money; wallet ${walletId} always had more`);
}
