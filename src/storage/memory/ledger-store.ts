import type { Clock } from "../../base/clock.ts";
import type { ChargeEntry, ChargeRow, LedgerStore, SettleResult } from "../../billing/store.ts";
import type { Nanos } from "../../core/money.ts";
import {
  endSilent,
  giveBackOnce,
  isExpired,
  isLive,
  leaseOnce,
  requireEpoch,
  requireLot,
  startEpoch,
  take,
} from "./leases.ts";
import { emptyTables, type LotSource, type Tables } from "./tables.ts";

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

/** One node of several over the same tables. */
export interface MemoryNode {
  readonly nodeId?: number;
  /** How long the node may be silent before others end its epoch. */
  readonly ttlMs?: number;
  /** Hears which wallet's money this node wants back from the others. */
  readonly onAskBack?: (walletId: string) => void;
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

/** What a node does with its epoch and its leases. */
function nodeCalls(
  tables: Tables,
  clock: Clock,
  { nodeId = 1, ttlMs = Number.POSITIVE_INFINITY, onAskBack = () => {} }: MemoryNode,
): Pick<LedgerStore, "register" | "lease" | "giveBack" | "renew" | "askBack"> {
  const transact = async <Result>(work: () => Result): Promise<Result> => tables.transact(work);
  return {
    register: () => transact(() => startEpoch(tables, nodeId, clock.now() + ttlMs)),
    lease: (step) =>
      transact(() => {
        requireEpoch(tables, step.epoch);
        return leaseOnce(tables, step, clock.now());
      }),
    giveBack: (steps) =>
      transact(() => {
        for (const step of steps) {
          requireEpoch(tables, step.epoch);
          giveBackOnce(tables, step, clock.now());
        }
      }),
    renew: (epoch) =>
      transact(() => {
        endSilent(tables, clock.now());
        const row = tables.epochs.get(String(epoch));
        if (!row?.live) return false;
        tables.epochs.put(String(epoch), { ...row, expiresAt: clock.now() + ttlMs });
        return true;
      }),
    askBack: async (walletId) => onAskBack(walletId),
  };
}

/**
 * The ledger's store in memory, for tests and simulations: every rule that a database would hold
 * by a constraint is checked, and a call that breaks one changes nothing and rejects.
 */
export function openMemoryLedger(
  clock: Clock,
  tables: Tables = emptyTables(),
  node: MemoryNode = {},
): MemoryLedgerStore {
  const transact = async <Result>(work: () => Result): Promise<Result> => tables.transact(work);
  return {
    tables,
    ...nodeCalls(tables, clock, node),
    settle: (entries) => transact(() => entries.map((entry) => settle(tables, entry))),
    reverse: (requestId) => transact(() => reverse(tables, requestId, clock.now())),
    addWallet: (walletId) => tables.transact(() => tables.wallets.put(walletId, { frozen: false })),
    freeze: (walletId, frozen) => tables.transact(() => tables.wallets.put(walletId, { frozen })),
    grant: (grant) => tables.transact(() => insertLot(tables, grant, FUNDING, null, clock.now())),
    expire: () => tables.transact(() => expire(tables, clock.now())),
    balanceNanos: (walletId) => balance(tables, walletId, clock.now()),
  };
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
  if (!isLive(tables, first.epoch)) return { kind: "fenced" };
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
    if (state === "void" || lotId === null || amountNanos === 0n) continue;
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
