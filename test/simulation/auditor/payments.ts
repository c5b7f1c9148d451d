import { type Dump, type EndSeen, fail, type PaymentSeen } from "./seen.ts";

/** Payments, codes and months' credits came to what was asked, once each (6). */
export function checkMoneyMoved({ dump, payments, offers }: EndSeen): void {
  for (const payment of payments) checkPayment(dump, payment);
  for (const { grantKey, nanos, taken } of offers) {
    const lots = dump.lots.filter((lot) => lot.grantKey === grantKey);
    if (lots.length > 1 || (taken && lots.length === 0)) fail(`${grantKey} made ${lots.length} lots (6)`);
    for (const lot of lots)
      if (lot.granted !== nanos) fail(`${grantKey} is worth ${nanos}, granted ${lot.granted} (6)`);
  }
  for (const { walletId } of dump.wallets) checkCollected(dump, walletId);
}

function checkPayment(dump: Dump, { objectId, paid, refunded, disputed }: PaymentSeen): void {
  let have = 0n;
  for (const { key, amount } of dump.transfers) {
    if (key.startsWith(`payment:${objectId}:`)) have += amount;
    if (key.startsWith(`payment-back:${objectId}:`)) have -= amount;
  }
  const credit = paid - refunded - disputed;
  const want = credit > 0n ? credit : 0n;
  if (have !== want) fail(`payment ${objectId} is worth ${want}, in wallets it is ${have} (6)`);
}

/** Nobody owes who has bought money left. */
function checkCollected(dump: Dump, walletId: string): void {
  let owed = 0n;
  for (const { debit, credit, amount } of dump.transfers) {
    if (debit === walletId) owed += amount;
    if (credit === walletId) owed -= amount;
  }
  if (owed === 0n) return;
  for (const lot of dump.lots) {
    const bought = lot.bought && lot.walletId === walletId;
    if (bought && lot.taken < lot.granted)
      fail(`wallet ${walletId} owes ${owed}, and lot ${lot.lotId} could pay (7)`);
  }
}
