import type { Database } from "bun:sqlite";
import { idBytes, newId } from "../../base/id.ts";
import type { LotSource } from "../../billing/wallets.ts";
import type { Nanos } from "../../core/money.ts";

/** Operator accounts: they have no balance column, they are summed. */
export const FUNDING = idBytes("00000000000000000000000000000001");
export const REVENUE = idBytes("00000000000000000000000000000002");
export const EXPIRED = idBytes("00000000000000000000000000000003");

/** Among lots that expire together free credit is spent before bought credit. */
export const SPEND_RANK: Record<LotSource, number> = { demo: 0, monthly: 0, code: 5, "top-up": 10 };

export interface Deposit {
  readonly wallet: Uint8Array;
  readonly source: LotSource;
  readonly nanos: Nanos;
  /** Milliseconds since the epoch; null: never. */
  readonly expiresAt: number | null;
  readonly grantKey: string;
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

/** Money into a wallet as a lot of its own, once per key; run it inside a transaction. */
export function depositLot(db: Database, deposit: Deposit): boolean {
  const { wallet, source, nanos, expiresAt, grantKey, at } = deposit;
  const lot = idBytes(newId());
  const { changes } = db
    .prepare(
      `INSERT INTO lot (lot_id, wallet_id, source, granted, expires_at, spend_rank, grant_key)
       VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    )
    .run(lot, wallet, source, nanos, expiresAt, SPEND_RANK[source], grantKey);
  if (changes === 0) return false;
  insertTransfer(db, { key: grantKey, kind: "grant", debit: FUNDING, credit: lot, nanos, at });
  return true;
}
