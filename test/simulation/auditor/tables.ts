import { type Dump, fail } from "./seen.ts";

/** What the tables must be at any moment (LEDGER.md 9: 2, 3, 4, 6). */
export function checkTables(dump: Dump): void {
  checkLots(dump);
  checkLeases(dump);
  checkChargeStates(dump);
  checkOnce(dump);
  checkDebts(dump);
}

/** Debt is the wallet's own account; it is never below zero, and who owes is frozen (6). */
function checkDebts(dump: Dump): void {
  for (const { walletId, frozen } of dump.wallets) {
    let owed = 0n;
    for (const { debit, credit, amount } of dump.transfers) {
      if (debit === walletId) owed += amount;
      if (credit === walletId) owed -= amount;
    }
    if (owed < 0n) fail(`wallet ${walletId} owes ${owed} (4)`);
    if (frozen !== owed > 0n)
      fail(`wallet ${walletId} owes ${owed} and is ${frozen ? "" : "not "}frozen (6)`);
  }
}

function checkLots(dump: Dump): void {
  for (const lot of dump.lots) {
    const name = `lot ${lot.lotId} of wallet ${lot.walletId}`;
    if (lot.taken < 0n || lot.taken > lot.granted)
      fail(`${name} has ${lot.granted} and ${lot.taken} taken (4)`);
    let out = 0n;
    for (const lease of dump.leases) if (lease.lotId === lot.lotId) out += lease.granted - lease.returned;
    for (const transfer of dump.transfers) if (transfer.debit === lot.lotId) out += transfer.amount;
    if (out !== lot.taken) fail(`${name}: taken is ${lot.taken}, leases and transfers say ${out} (3)`);
    let funded = 0n;
    for (const transfer of dump.transfers) if (transfer.credit === lot.lotId) funded += transfer.amount;
    if (funded !== lot.granted) fail(`${name}: granted ${lot.granted}, transfers into it ${funded} (3)`);
  }
}

function checkLeases(dump: Dump): void {
  for (const lease of dump.leases) {
    const name = `lease of lot ${lease.lotId} in epoch ${lease.epoch}`;
    if (lease.granted - lease.spent - lease.returned < 0n) fail(`${name} is below zero (4)`);
    if (lease.spent < 0n || lease.returned < 0n) fail(`${name} spent or returned below zero (4)`);
    let charged = 0n;
    for (const charge of dump.charges) {
      if (charge.lotId === lease.lotId && charge.epoch === lease.epoch) charged += charge.amount;
    }
    if (charged !== lease.spent) fail(`${name}: spent is ${lease.spent}, its charges are ${charged} (3)`);
  }
  for (const charge of dump.charges) {
    if (charge.amount === 0n) continue;
    const leased = dump.leases.some((lease) => lease.lotId === charge.lotId && lease.epoch === charge.epoch);
    if (!leased) fail(`charge ${charge.requestId}:${charge.leg} has no lease (3)`);
  }
}

function checkChargeStates(dump: Dump): void {
  const states = new Map<string, string>();
  for (const charge of dump.charges) {
    const { requestId, leg, state, amount, priced } = charge;
    const known = states.get(requestId);
    if (known !== undefined && known !== state)
      fail(`request ${requestId} is both ${known} and ${state} (2)`);
    states.set(requestId, state);
    if (state === "void" && (leg !== 0 || amount !== 0n))
      fail(`the void of ${requestId} has a leg or an amount (2)`);
    if (amount < 0n || priced < amount)
      fail(`charge ${requestId}:${leg} has amount ${amount}, priced ${priced} (2)`);
  }
  for (const requestId of states.keys()) {
    const first = dump.charges.some((charge) => charge.requestId === requestId && charge.leg === 0);
    if (!first) fail(`request ${requestId} has legs but not the deciding one (2)`);
  }
}

function requireUnique(keys: readonly string[], what: string): void {
  const seen = new Set<string>();
  for (const key of keys) {
    if (seen.has(key)) fail(`${what} ${key} is there twice (6)`);
    seen.add(key);
  }
}

function checkOnce(dump: Dump): void {
  requireUnique(
    dump.charges.map(({ requestId, leg }) => `${requestId}:${leg}`),
    "charge",
  );
  requireUnique(
    dump.lots.map((lot) => lot.grantKey),
    "grant",
  );
  requireUnique(
    dump.transfers.map((transfer) => transfer.key),
    "transfer",
  );
}
