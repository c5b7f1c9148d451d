import { type Dump, fail, type HoldSeen, type LotSeen, type RequestSeen } from "./seen.ts";

/** Reservations lie inside the node's own open leases; what is posted already is no longer held. */
export function checkHolds(dump: Dump, holds: readonly HoldSeen[]): void {
  const posted = new Set(dump.charges.map((charge) => charge.requestId));
  const held = new Map<string, bigint>();
  for (const hold of holds) {
    if (!dump.epochs.includes(hold.epoch) || posted.has(hold.requestId)) continue;
    for (const { lotId, nanos } of hold.legs) {
      const key = `${lotId} of epoch ${hold.epoch}`;
      held.set(key, (held.get(key) ?? 0n) + nanos);
    }
  }
  for (const [key, nanos] of held) {
    const lease = dump.leases.find((row) => `${row.lotId} of epoch ${row.epoch}` === key);
    const open = lease ? lease.granted - lease.spent - lease.returned : 0n;
    if (nanos > open) fail(`running requests hold ${nanos} of lot ${key}, its open lease is ${open} (4)`);
  }
}

/** Nothing is written for an epoch that is over (5). */
export function checkNewCharges(before: Dump, dump: Dump): void {
  const known = new Set(before.charges.map(({ requestId, leg }) => `${requestId}:${leg}`));
  for (const { requestId, leg, epoch } of dump.charges) {
    if (known.has(`${requestId}:${leg}`) || before.epochs.includes(epoch) || dump.epochs.includes(epoch))
      continue;
    fail(`charge ${requestId}:${leg} was written for epoch ${epoch}, which is over (5)`);
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
    if (!before.epochs.includes(lease.epoch) && !dump.epochs.includes(lease.epoch))
      fail(`epoch ${lease.epoch} leased when it was over (5)`);
    for (const other of dump.lots) {
      const open = other.walletId === lot.walletId && other.taken < other.granted;
      if (!open || isExpired(other, dump.nowMs) || !spentBefore(other, lot)) continue;
      fail(`lot ${lot.lotId} was leased while ${other.lotId}, which goes first, had money (8)`);
    }
  }
}

/**
 * What each wallet can surely pay with: not frozen, not expired, and free or leased to a living node. A node knows
 * when a lease expires from when it asked for it, by its own clock: it may take it for expired `earlyMs` early.
 */
export function spendable(dump: Dump, earlyMs: number): Map<string, bigint> {
  const balances = new Map<string, bigint>();
  const frozen = new Set(dump.wallets.filter((wallet) => wallet.frozen).map(({ walletId }) => walletId));
  for (const lot of dump.lots) {
    if (isExpired(lot, dump.nowMs + earlyMs) || frozen.has(lot.walletId)) continue;
    let nanos = lot.granted - lot.taken;
    for (const lease of dump.leases) {
      if (lease.lotId === lot.lotId && dump.epochs.includes(lease.epoch))
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
  const { refusal, leastNanos, walletId, arrivedMs } = request;
  if (refusal?.kind !== "insufficient") return;
  let last = 0n;
  for (const { atMs, of } of balances) {
    const nanos = of.get(walletId) ?? 0n;
    if (atMs >= arrivedMs && atMs <= refusal.atMs && nanos < leastNanos) return;
    if (atMs <= arrivedMs) last = nanos;
  }
  if (last < leastNanos) return;
  fail(
    `${request.requestId} was refused ${leastNanos} for want of money; wallet ${walletId} always had more`,
  );
}
