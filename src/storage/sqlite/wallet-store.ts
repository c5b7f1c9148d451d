import type { Database } from "bun:sqlite";
import { idBytes } from "../../base/id.ts";
import type { Grant, StatementLine, WalletStore } from "../../billing/wallets.ts";
import type { Nanos } from "../../core/money.ts";
import { durably } from "./database.ts";
import { depositLot } from "./move-money.ts";

function grantLot(db: Database, { walletId, expiresAt, ...grant }: Grant): boolean {
  return durably(db, () =>
    depositLot(db, { ...grant, expiresAt: expiresAt ?? null, wallet: idBytes(walletId) }),
  );
}

/** Free in lots, or leased and unspent. */
function walletBalance(db: Database, walletId: string, now: number): Nanos {
  const row = db
    .prepare<{ balance: bigint | null }, [Uint8Array, number]>(
      `SELECT sum(granted - taken + coalesce(
         (SELECT sum(l.granted - l.spent - l.returned) FROM lease l WHERE l.lot_id = lot.lot_id), 0)) AS balance
       FROM lot WHERE wallet_id = ? AND (expires_at IS NULL OR expires_at > ?)`,
    )
    .get(idBytes(walletId), now);
  return row?.balance ?? 0n;
}

function walletStatement(db: Database, walletId: string, limit: number): StatementLine[] {
  const rows = db
    .prepare<{ at: bigint; kind: StatementLine["kind"]; ref: string; nanos: bigint }, [Uint8Array, number]>(
      `SELECT at, kind, key AS ref, amount AS nanos FROM transfer
         WHERE credit IN (SELECT lot_id FROM lot WHERE wallet_id = ?1)
       UNION ALL
       SELECT at, 'charge', lower(hex(request_id)), -sum(amount) FROM charge
         WHERE wallet_id = ?1 AND state <> 'void' GROUP BY request_id
       ORDER BY 1 DESC, 3 DESC LIMIT ?2`,
    )
    .all(idBytes(walletId), limit);
  return rows.map((row) => ({ ...row, at: Number(row.at) }));
}

/** Charges reach the tables behind the journal: `flush` brings them there before anything is read. */
export function sqliteWalletStore(db: Database, flush: () => void): WalletStore {
  return {
    grant: (grant) => grantLot(db, grant),
    balance(walletId, now) {
      flush();
      return walletBalance(db, walletId, now);
    },
    statement(walletId, limit) {
      flush();
      return walletStatement(db, walletId, limit);
    },
  };
}
