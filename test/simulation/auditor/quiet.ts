import { type EndSeen, fail } from "./seen.ts";

/** Every grant took effect once, and nothing else made a lot (6). */
export function checkGrants({ grants, offers, payments, dump }: EndSeen): void {
  for (const { grantKey, walletId, nanos } of grants) {
    const lots = dump.lots.filter((lot) => lot.grantKey === grantKey);
    // Bought money pays debts before it becomes a lot.
    let came = 0n;
    for (const row of dump.transfers) if (row.key === `${grantKey}:debt`) came += row.amount;
    for (const lot of lots) came += lot.granted;
    if (lots.length > 1 || came === 0n) fail(`grant ${grantKey} made ${lots.length} lots (6)`);
    if (came !== nanos || lots.some((lot) => lot.walletId !== walletId))
      fail(`grant ${grantKey} is not what was asked (6)`);
  }
  const keys = new Set([...grants, ...offers].map(({ grantKey }) => grantKey));
  for (const lot of dump.lots) {
    const paid = payments.some(({ objectId }) => lot.grantKey.startsWith(`payment:${objectId}:`));
    const asked = keys.has(lot.grantKey) || paid;
    const reversal = dump.transfers.some((row) => row.kind === "reversal" && row.credit === lot.lotId);
    if (!asked && !reversal) fail(`lot ${lot.lotId} (${lot.grantKey}) came from nowhere (6)`);
  }
}

/** Long enough for every lease of an expired lot to have come back. */
const SWEPT_MS = 40_000;

/** Long after the last request nothing is held and nothing leased (10). */
export function checkQuiet({ dump, heldNanos, running, expires }: EndSeen): void {
  for (const lot of dump.lots) {
    if (!expires || lot.expiresAtMs === null || lot.expiresAtMs > dump.nowMs - SWEPT_MS) continue;
    if (lot.taken < lot.granted)
      fail(`lot ${lot.lotId} expired long ago, and has ${lot.granted - lot.taken} (7)`);
  }
  if (heldNanos !== 0n) fail(`the node still holds ${heldNanos} when nothing runs (10)`);
  if (running !== 0) fail(`the node counts ${running} running requests when nothing runs (10)`);
  for (const lease of dump.leases) {
    const open = lease.granted - lease.spent - lease.returned;
    if (open === 0n) continue;
    const whose = dump.epochs.includes(lease.epoch) ? "the idle node" : "a dead epoch";
    fail(`${whose} still leases ${open} of lot ${lease.lotId} (epoch ${lease.epoch}) (10)`);
  }
}
