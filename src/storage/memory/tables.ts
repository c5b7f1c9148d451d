import type { ChargeRow, LeaseAnswer } from "../../billing/store.ts";
import type { Nanos } from "../../core/money.ts";

export type LotSource = "top-up" | "demo" | "monthly" | "reversal";

export interface LotRow {
  readonly lotId: string;
  readonly walletId: string;
  readonly source: LotSource;
  readonly grantedNanos: Nanos;
  readonly takenNanos: Nanos;
  /** Milliseconds since the epoch; null: never. */
  readonly expiresAt: number | null;
  /** Lower is spent first among lots that expire together. */
  readonly spendRank: number;
  readonly grantKey: string;
}

export interface LeaseRow {
  readonly lotId: string;
  readonly epoch: number;
  readonly grantedNanos: Nanos;
  readonly spentNanos: Nanos;
  readonly returnedNanos: Nanos;
}

/** One life of a node; its money is returned when it is over. */
export interface EpochRow {
  readonly nodeId: number;
  readonly live: boolean;
  /** Milliseconds of the store's clock; a node that has not renewed by then may be ended by others. */
  readonly expiresAt: number;
}

/** The last step of a node with a wallet's money, and what was answered. */
export interface TurnRow {
  readonly turn: number;
  readonly answer: LeaseAnswer | undefined;
  /** When it was answered first. */
  readonly at: number;
}

export interface TransferRow {
  /** What makes it happen once. */
  readonly key: string;
  readonly kind: "grant" | "reversal" | "expiry";
  readonly debit: string;
  readonly credit: string;
  readonly amountNanos: Nanos;
  /** The charged request of a reversal. */
  readonly ref: string | null;
  readonly at: number;
}

/** A row that breaks a rule of its table; the transaction it belongs to is undone. */
export class CheckViolation extends Error {
  override readonly name = "CheckViolation";
}

export interface Table<Row> {
  readonly rows: ReadonlyMap<string, Row>;
  get(key: string): Row | undefined;
  /** Inserts or replaces. @throws CheckViolation; then the table is as it was. */
  put(key: string, row: Row): void;
}

/**
 * Everything that a real store keeps on disk. A charge's key is `requestId:leg`, a lease's `lotId:epoch`,
 * a turn's `walletId:epoch`. Epochs count over all nodes.
 */
export interface Tables {
  readonly wallets: Table<{ readonly frozen: boolean }>;
  readonly lots: Table<LotRow>;
  /** Lots by their grant's key, which is unique. */
  readonly grantKeys: Table<string>;
  readonly leases: Table<LeaseRow>;
  readonly charges: Table<ChargeRow>;
  readonly transfers: Table<TransferRow>;
  readonly epochs: Table<EpochRow>;
  readonly turns: Table<TurnRow>;
  /** The newest epoch of any node. */
  epoch: number;
  /** Runs `work`; what it put is undone when it throws. */
  transact<Result>(work: () => Result): Result;
}

function require(holds: boolean, rule: string, row: unknown): void {
  if (holds) return;
  const shown = JSON.stringify(row, (_, value) => (typeof value === "bigint" ? value.toString() : value));
  throw new CheckViolation(`${rule} does not hold for ${shown}`);
}

function checkLot(row: LotRow): void {
  require(row.grantedNanos > 0n, "lot: granted > 0", row);
  require(row.takenNanos >= 0n && row.takenNanos <= row.grantedNanos, "lot: 0 <= taken <= granted", row);
}

function checkLease(row: LeaseRow): void {
  require(row.grantedNanos >= 0n, "lease: granted >= 0", row);
  require(row.spentNanos >= 0n, "lease: spent >= 0", row);
  require(row.returnedNanos >= 0n, "lease: returned >= 0", row);
  require(row.spentNanos + row.returnedNanos <= row.grantedNanos, "lease: spent + returned <= granted", row);
}

function checkCharge(row: ChargeRow): void {
  require(row.amountNanos >= 0n, "charge: amount >= 0", row);
  require(row.pricedNanos >= row.amountNanos, "charge: priced >= amount", row);
  require(row.amountNanos === 0n || row.lotId !== null, "charge: money comes out of a lot", row);
  require(row.state !== "void" || row.amountNanos === 0n, "charge: a void costs nothing", row);
}

function checkTransfer(row: TransferRow): void {
  require(row.amountNanos > 0n, "transfer: amount > 0", row);
}

function table<Row>(undo: (() => void)[], check: (row: Row) => void): Table<Row> {
  const rows = new Map<string, Row>();
  return {
    rows,
    get: (key) => rows.get(key),
    put(key, row) {
      check(row);
      const before = rows.get(key);
      undo.push(() => (before === undefined ? rows.delete(key) : rows.set(key, before)));
      rows.set(key, row);
    },
  };
}

export function emptyTables(): Tables {
  const undo: (() => void)[] = [];
  const tables: Tables = {
    wallets: table(undo, () => undefined),
    lots: table(undo, checkLot),
    grantKeys: table(undo, () => undefined),
    leases: table(undo, checkLease),
    charges: table(undo, checkCharge),
    transfers: table(undo, checkTransfer),
    epochs: table(undo, () => undefined),
    turns: table(undo, () => undefined),
    epoch: 0,
    transact(work) {
      const { epoch } = tables;
      undo.length = 0;
      try {
        return work();
      } catch (cause) {
        for (const step of undo.reverse()) step();
        tables.epoch = epoch;
        throw cause;
      }
    },
  };
  return tables;
}
