import type { Database } from "bun:sqlite";
import { idBytes, newId } from "../../base/id.ts";
import type { LotSource } from "../../billing/wallets.ts";
import type { Nanos } from "../../core/money.ts";
import { SPEND_RANK } from "../spend-rank.ts";

/** Operator accounts: they have no balance column, they are summed. */
export const FUNDING = idBytes("00000000000000000000000000000001");
export const REVENUE = idBytes("00000000000000000000000000000002");
export const EXPIRED = idBytes("00000000000000000000000000000003");

export interface Deposit {
  readonly wallet: Uint8Array;
  readonly source: LotSource;
  readonly nanos: Nanos;
  /** Milliseconds since the epoch; null: never. */
  readonly expiresAt: number | null;
  readonly grantKey: string;
  readonly ref?: Uint8Array | undefined;
  readonly at: number;
}

export interface Move {
  readonly key: string;
  readonly kind: string;
  readonly debit: Uint8Array;
  readonly credit: Uint8Array;
  readonly nanos: Nanos;
  readonly ref?: Uint8Array | undefined;
  readonly at: number;
}

/** One row of double entry; run it inside a transaction. */
export function insertTransfer(db: Database, move: Move): void {
  db.prepare(
    "INSERT INTO transfer (transfer_id, key, kind, debit, credit, amount, ref, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  ).run(
    idBytes(newId()),
    move.key,
    move.kind,
    move.debit,
    move.credit,
    move.nanos,
    move.ref ?? null,
    move.at,
  );
}

/** Only what was paid for pays debts. */
const BOUGHT: ReadonlySet<LotSource> = new Set(["top-up", "payment"]);

/** Money into a wallet, what it owes first, the rest as a lot of its own; once per key. Run it inside a transaction. */
export function depositLot(db: Database, deposit: Deposit): boolean {
  if (!BOUGHT.has(deposit.source)) return insertLot(db, deposit);
  const { wallet, grantKey, nanos, ref, at } = deposit;
  const key = `${grantKey}:debt`;
  // What all went into a debt left no lot to know it by.
  const known = db.prepare("SELECT 1 FROM transfer WHERE key = ? OR key = ?").get(grantKey, key);
  if (known !== null) return false;
  const owed = debtOf(db, wallet);
  if (owed === 0n) return insertLot(db, deposit);
  const paid = owed < nanos ? owed : nanos;
  insertTransfer(db, { key, kind: "debt-payment", debit: FUNDING, credit: wallet, nanos: paid, ref, at });
  freezeDebtor(db, wallet);
  if (paid < nanos) insertLot(db, { ...deposit, nanos: nanos - paid });
  return true;
}

/** What a wallet owes: its own id is the account of its debt. */
export function debtOf(db: Database, wallet: Uint8Array): Nanos {
  const row = db
    .prepare<{ owed: bigint | null }, [Uint8Array]>(
      `SELECT coalesce((SELECT sum(amount) FROM transfer WHERE debit = ?1), 0)
         - coalesce((SELECT sum(amount) FROM transfer WHERE credit = ?1), 0) AS owed`,
    )
    .get(wallet);
  return row?.owed ?? 0n;
}

/** A wallet is frozen as long as it owes. */
export function freezeDebtor(db: Database, wallet: Uint8Array): void {
  db.prepare("UPDATE wallet SET frozen = ?2 WHERE wallet_id = ?1").run(
    wallet,
    debtOf(db, wallet) > 0n ? 1 : 0,
  );
}

/**
 * Takes free bought money out of a wallet, out of lots whose key begins with `first` before others; answers
 * what could not be taken. Run it inside a transaction.
 */
export function takeBought(
  db: Database,
  wallet: Uint8Array,
  nanos: Nanos,
  first: string,
  move: (lot: Uint8Array, nanos: Nanos, index: number) => void,
): Nanos {
  const lots = db
    .prepare<{ lot_id: Uint8Array; free: bigint }, [Uint8Array, string]>(
      `SELECT lot_id, granted - taken AS free FROM lot
       WHERE wallet_id = ?1 AND taken < granted AND source IN ('top-up', 'payment')
       ORDER BY substr(grant_key, 1, length(?2)) <> ?2, lot_id DESC`,
    )
    .all(wallet, first);
  const take = db.prepare("UPDATE lot SET taken = taken + ?2 WHERE lot_id = ?1");
  let rest = nanos;
  for (const [index, { lot_id, free }] of lots.entries()) {
    if (rest === 0n) break;
    const part = free < rest ? free : rest;
    take.run(lot_id, part);
    move(lot_id, part, index);
    rest -= part;
  }
  return rest;
}

/** Free bought money pays what a wallet owes; run it inside a transaction. */
export function collectDebt(db: Database, wallet: Uint8Array, at: number): void {
  takeBought(db, wallet, debtOf(db, wallet), "payment:", (lot, nanos) =>
    insertTransfer(db, {
      key: `debt:${newId()}`,
      kind: "debt-payment",
      debit: lot,
      credit: wallet,
      nanos,
      at,
    }),
  );
  freezeDebtor(db, wallet);
}

function insertLot(db: Database, deposit: Deposit): boolean {
  const { wallet, source, nanos, expiresAt, grantKey, ref, at } = deposit;
  const lot = idBytes(newId());
  const { changes } = db
    .prepare(
      `INSERT INTO lot (lot_id, wallet_id, source, granted, expires_at, spend_rank, grant_key)
       VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    )
    .run(lot, wallet, source, nanos, expiresAt, SPEND_RANK[source], grantKey);
  if (changes === 0) return false;
  insertTransfer(db, { key: grantKey, kind: "grant", debit: FUNDING, credit: lot, nanos, ref, at });
  return true;
}
