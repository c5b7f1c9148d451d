import type { Database } from "bun:sqlite";
import { idBytes, idText } from "../../base/id.ts";
import type { Grant, StatementLine, WalletStore } from "../../billing/wallets.ts";
import type { Nanos } from "../../core/money.ts";
import { durably } from "./database.ts";
import { expireLots } from "./expire-lots.ts";
import { periodStatement } from "./month-statement.ts";
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
       SELECT at, kind, key, -amount FROM transfer
         WHERE debit IN (SELECT lot_id FROM lot WHERE wallet_id = ?1)
       UNION ALL
       SELECT at, 'charge', lower(hex(request_id)), -sum(amount) FROM charge
         WHERE wallet_id = ?1 AND state <> 'void' GROUP BY request_id
       ORDER BY 1 DESC, 3 DESC LIMIT ?2`,
    )
    .all(idBytes(walletId), limit);
  return rows.map((row) => ({ ...row, at: Number(row.at) }));
}

function selectWalletsWithout(db: Database, planId: string, month: string, limit: number): string[] {
  const rows = db
    .prepare<{ wallet_id: Uint8Array }, [string, string, number]>(
      `SELECT DISTINCT w.wallet_id FROM api_key k JOIN wallet w ON w.account_id = k.account_id AND w.currency = 'USD'
       WHERE k.plan_id = ?1 AND k.revoked_at IS NULL AND NOT EXISTS (SELECT 1 FROM lot
         WHERE grant_key = 'monthly:' || lower(hex(w.wallet_id)) || ':' || ?1 || ':' || ?2)
       LIMIT ?3`,
    )
    .all(planId, month, limit);
  return rows.map(({ wallet_id }) => idText(wallet_id));
}

function countKeys(db: Database, walletId: string, planId: string, until: number, limit: number): number {
  const row = db
    .prepare<{ keys: bigint }, [Uint8Array, string, number, number]>(
      `SELECT count(*) AS keys FROM (SELECT 1 FROM api_key k JOIN wallet w ON w.account_id = k.account_id
       WHERE w.wallet_id = ?1 AND k.plan_id = ?2 AND k.revoked_at IS NULL
         AND (k.expires_at IS NULL OR k.expires_at > ?3) LIMIT ?4)`,
    )
    .get(idBytes(walletId), planId, until, limit);
  return Number(row?.keys ?? 0n);
}

/** Charges reach the tables behind the journal: `flush` brings them there before anything is read. */
export function sqliteWalletStore(db: Database, flush: () => void): WalletStore {
  return {
    grant: (grant) => grantLot(db, grant),
    expire: (now) => durably(db, () => expireLots(db, now)),
    walletsWithout: (planId, month, limit) => selectWalletsWithout(db, planId, month, limit),
    countKeys: (walletId, planId, until, limit) => countKeys(db, walletId, planId, until, limit),
    balance(walletId, now) {
      flush();
      return walletBalance(db, walletId, now);
    },
    statement(walletId, limit) {
      flush();
      return walletStatement(db, walletId, limit);
    },
    period(walletId, asked) {
      flush();
      return periodStatement(db, walletId, asked);
    },
  };
}
