import type { Clock } from "../../base/clock.ts";
import { lesser } from "../../billing/reservation.ts";
import type {
  ChargeEntry,
  ChargeRow,
  LeaseAnswer,
  LeaseGrant,
  LedgerStore,
  SettleResult,
} from "../../billing/store.ts";
import type { Nanos } from "../../core/money.ts";
import { emptyTables, type LotRow, type LotSource, type Tables } from "./tables.ts";

/** Operator accounts: they have no balance, they are summed over transfers. */
const FUNDING = "funding";
const REVENUE = "revenue";
const EXPIRED = "expired";

export interface LotGrant {
  readonly walletId: string;
  readonly source: LotSource;
  readonly nanos: Nanos;
  /** Milliseconds since the epoch; null: never. */
  readonly expiresAt: number | null;
  /** Lower is spent first among lots that expire together. */
  readonly spendRank: number;
  /** The same key grants once, however often it is asked. */
  readonly grantKey: string;
}

export interface MemoryLedgerStore extends LedgerStore {
  readonly tables: Tables;
  addWallet(walletId: string): void;
  freeze(walletId: string, frozen: boolean): void;
  /** Puts money into a wallet as a lot of its own; false when this grant was made before. */
  grant(grant: LotGrant): boolean;
  /** Moves the free money of expired lots to the operator; answers how much. */
  expire(): Nanos;
  /** What is neither spent nor expired: free in lots, or leased and unspent. */
  balanceNanos(walletId: string): Nanos;
}

/**
 * The ledger's store in memory, for tests and simulations: every rule that a database would hold
 * by a constraint is checked, and a call that breaks one changes nothing and rejects.
 */
export function openMemoryLedger(clock: Clock, tables: Tables = emptyTables()): MemoryLedgerStore {
  const transact = async <Result>(work: () => Result): Promise<Result> => tables.transact(work);
  return {
    tables,
    register: () => transact(() => startEpoch(tables)),
    lease: (walletId, needNanos, wantNanos, epoch) =>
      transact(() => {
        requireEpoch(tables, epoch);
        return lease(tables, walletId, needNanos, wantNanos, clock.now());
      }),
    giveBack: (grants, epoch) =>
      transact(() => {
        requireEpoch(tables, epoch);
        for (const grant of grants) giveBack(tables, grant);
      }),
    settle: (entries) => transact(() => entries.map((entry) => settle(tables, entry))),
    reverse: (requestId) => transact(() => reverse(tables, requestId, clock.now())),
    addWallet: (walletId) => tables.transact(() => tables.wallets.put(walletId, { frozen: false })),
    freeze: (walletId, frozen) => tables.transact(() => tables.wallets.put(walletId, { frozen })),
    grant: (grant) => tables.transact(() => insertLot(tables, grant, FUNDING, null, clock.now())),
    expire: () => tables.transact(() => expire(tables, clock.now())),
    balanceNanos: (walletId) => balance(tables, walletId, clock.now()),
  };
}

function requireEpoch(tables: Tables, epoch: number): void {
  if (epoch !== tables.epoch) throw new Error(`epoch ${epoch} is over; the node is in ${tables.epoch}`);
}

function requireLot(tables: Tables, lotId: string): LotRow {
  const lot = tables.lots.get(lotId);
  if (!lot) throw new Error(`there is no lot ${lotId}`);
  return lot;
}

function take(tables: Tables, lotId: string, nanos: Nanos): void {
  const lot = requireLot(tables, lotId);
  tables.lots.put(lotId, { ...lot, takenNanos: lot.takenNanos + nanos });
}

function startEpoch(tables: Tables): number {
  for (const [key, row] of tables.leases.rows) {
    const rest = row.grantedNanos - row.spentNanos - row.returnedNanos;
    if (rest === 0n) continue;
    tables.leases.put(key, { ...row, returnedNanos: row.returnedNanos + rest });
    take(tables, row.lotId, -rest);
  }
  tables.epoch++;
  return tables.epoch;
}

function isExpired(lot: LotRow, now: number): boolean {
  return lot.expiresAt !== null && lot.expiresAt <= now;
}

/** Earliest expiry, then rank (free before bought), then oldest. */
function spendOrder(a: LotRow, b: LotRow): number {
  const expiry = (a.expiresAt ?? Number.POSITIVE_INFINITY) - (b.expiresAt ?? Number.POSITIVE_INFINITY);
  // Infinity minus infinity is NaN: neither expires.
  return expiry || a.spendRank - b.spendRank || (a.lotId < b.lotId ? -1 : 1);
}

function openLots(tables: Tables, walletId: string, now: number): LotRow[] {
  if (tables.wallets.get(walletId)?.frozen) return [];
  return [...tables.lots.rows.values()]
    .filter((lot) => lot.walletId === walletId && lot.takenNanos < lot.grantedNanos && !isExpired(lot, now))
    .sort(spendOrder);
}

function lease(
  tables: Tables,
  walletId: string,
  needNanos: Nanos,
  wantNanos: Nanos,
  now: number,
): LeaseAnswer {
  const lots = openLots(tables, walletId, now);
  const freeNanos = lots.reduce((sum, lot) => sum + lot.grantedNanos - lot.takenNanos, 0n);
  if (freeNanos < needNanos) return { grants: [], freeNanos };
  const grants: LeaseGrant[] = [];
  let missing = wantNanos;
  for (const lot of lots) {
    if (missing <= 0n) break;
    const free = lot.grantedNanos - lot.takenNanos;
    const nanos = lesser(free, missing);
    take(tables, lot.lotId, nanos);
    growLease(tables, lot.lotId, nanos);
    const expiresInMs = lot.expiresAt === null ? undefined : lot.expiresAt - now;
    grants.push({ lotId: lot.lotId, nanos, expiresInMs });
    missing -= nanos;
  }
  return { grants, freeNanos };
}

function growLease(tables: Tables, lotId: string, nanos: Nanos): void {
  const { epoch } = tables;
  const key = `${lotId}:${epoch}`;
  const row = tables.leases.get(key) ?? {
    lotId,
    epoch,
    grantedNanos: 0n,
    spentNanos: 0n,
    returnedNanos: 0n,
  };
  tables.leases.put(key, { ...row, grantedNanos: row.grantedNanos + nanos });
}

function giveBack(tables: Tables, { lotId, nanos }: LeaseGrant): void {
  const key = `${lotId}:${tables.epoch}`;
  const row = tables.leases.get(key);
  if (!row) throw new Error(`lot ${lotId} is not leased in epoch ${tables.epoch}`);
  tables.leases.put(key, { ...row, returnedNanos: row.returnedNanos + nanos });
  take(tables, lotId, -nanos);
}

function legsOf(tables: Tables, requestId: string): ChargeRow[] {
  const legs: ChargeRow[] = [];
  for (let leg = 0; ; leg++) {
    const row = tables.charges.get(`${requestId}:${leg}`);
    if (!row) return legs;
    legs.push(row);
  }
}

function settle(tables: Tables, entry: ChargeEntry): SettleResult {
  const [first] = entry.rows;
  if (!first) throw new Error("a charge without rows");
  // Also where `repeated` is false: a first write may arrive after its own repetition.
  const known = legsOf(tables, first.requestId);
  if (known[0]) {
    const amountNanos = known.reduce((sum, row) => sum + row.amountNanos, 0n);
    return { kind: "duplicate", state: known[0].state, amountNanos };
  }
  if (first.epoch !== tables.epoch) return { kind: "fenced" };
  for (const row of entry.rows) post(tables, row);
  return { kind: "applied" };
}

function post(tables: Tables, row: ChargeRow): void {
  tables.charges.put(`${row.requestId}:${row.leg}`, row);
  if (row.lotId === null || row.amountNanos === 0n) return;
  const key = `${row.lotId}:${row.epoch}`;
  const leaseRow = tables.leases.get(key);
  if (!leaseRow) throw new Error(`lot ${row.lotId} is not leased in epoch ${row.epoch}`);
  tables.leases.put(key, { ...leaseRow, spentNanos: leaseRow.spentNanos + row.amountNanos });
}

function reverse(tables: Tables, requestId: string, now: number): void {
  for (const { leg, state, lotId, walletId, amountNanos } of legsOf(tables, requestId)) {
    if (state !== "posted" || lotId === null || amountNanos === 0n) continue;
    const { expiresAt, spendRank } = requireLot(tables, lotId);
    const grantKey = `reversal:${requestId}:${leg}`;
    const grant = {
      walletId,
      source: "reversal" as const,
      nanos: amountNanos,
      expiresAt,
      spendRank,
      grantKey,
    };
    insertLot(tables, grant, REVENUE, requestId, now);
  }
}

function insertLot(tables: Tables, grant: LotGrant, debit: string, ref: string | null, now: number): boolean {
  const { walletId, source, nanos, expiresAt, spendRank, grantKey } = grant;
  if (tables.grantKeys.get(grantKey) !== undefined) return false;
  if (!tables.wallets.get(walletId)) throw new Error(`there is no wallet ${walletId}`);
  // In order of making, and the same in every run of a simulation.
  const lotId = (tables.lots.rows.size + 1).toString(16).padStart(32, "0");
  tables.lots.put(lotId, {
    lotId,
    walletId,
    source,
    grantedNanos: nanos,
    takenNanos: 0n,
    expiresAt,
    spendRank,
    grantKey,
  });
  tables.grantKeys.put(grantKey, lotId);
  tables.transfers.put(grantKey, {
    key: grantKey,
    kind: source === "reversal" ? "reversal" : "grant",
    debit,
    credit: lotId,
    amountNanos: nanos,
    ref,
    at: now,
  });
  return true;
}

function expire(tables: Tables, now: number): Nanos {
  let total = 0n;
  for (const lot of tables.lots.rows.values()) {
    const free = lot.grantedNanos - lot.takenNanos;
    if (free === 0n || !isExpired(lot, now)) continue;
    take(tables, lot.lotId, free);
    // Leases may come back after a first sweep: each sweep moves what had become free.
    const key = `expiry:${lot.lotId}:${lot.grantedNanos}:${tables.transfers.rows.size}`;
    tables.transfers.put(key, {
      key,
      kind: "expiry",
      debit: lot.lotId,
      credit: EXPIRED,
      amountNanos: free,
      ref: null,
      at: now,
    });
    total += free;
  }
  return total;
}

function balance(tables: Tables, walletId: string, now: number): Nanos {
  let total = 0n;
  for (const lot of tables.lots.rows.values()) {
    if (lot.walletId === walletId && !isExpired(lot, now)) total += lot.grantedNanos - lot.takenNanos;
  }
  for (const row of tables.leases.rows.values()) {
    const lot = tables.lots.get(row.lotId);
    if (lot?.walletId !== walletId || isExpired(lot, now)) continue;
    total += row.grantedNanos - row.spentNanos - row.returnedNanos;
  }
  return total;
}
