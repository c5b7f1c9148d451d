import { type EndSeen, fail } from "./seen.ts";

/** Every grant took effect once, and nothing else made a lot (6). */
export function checkGrants({ grants, dump }: EndSeen): void {
  for (const { grantKey, walletId, nanos } of grants) {
    const lots = dump.lots.filter((lot) => lot.grantKey === grantKey);
    const [lot] = lots;
    if (lots.length !== 1 || !lot) fail(`grant ${grantKey} made ${lots.length} lots (6)`);
    if (lot.walletId !== walletId || lot.granted !== nanos)
      fail(`grant ${grantKey} is not what was asked (6)`);
  }
  for (const lot of dump.lots) {
    const asked = grants.some((grant) => grant.grantKey === lot.grantKey);
    const reversal = dump.transfers.some((row) => row.kind === "reversal" && row.credit === lot.lotId);
    if (!asked && !reversal) fail(`lot ${lot.lotId} (${lot.grantKey}) came from nowhere (6)`);
  }
}

/** Long after the last request nothing is held and nothing leased (10). */
export function checkQuiet({ dump, heldNanos, running }: EndSeen): void {
  if (heldNanos !== 0n) fail(`the node still holds ${heldNanos} when nothing runs (10)`);
  if (running !== 0) fail(`the node counts ${running} running requests when nothing runs (10)`);
  for (const lease of dump.leases) {
    const open = lease.granted - lease.spent - lease.returned;
    if (open === 0n) continue;
    const whose = lease.epoch === dump.epoch ? "the idle node" : "a dead epoch";
    fail(`${whose} still leases ${open} of lot ${lease.lotId} (epoch ${lease.epoch}) (10)`);
  }
}
