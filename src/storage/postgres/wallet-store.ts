import type { SQL } from "bun";
import { newId } from "../../base/id.ts";
import type { Grant, StatementLine, WalletStore } from "../../billing/wallets.ts";
import { SPEND_RANK } from "../spend-rank.ts";
import { firstRow, idOf, rowsOf } from "./connection.ts";
import { tellNodes } from "./notices.ts";
import { periodStatement } from "./period-statement.ts";

/** Money into a wallet, debt first, once per key; nodes hear of it, since it may go first. */
async function depositLot(sql: SQL, grant: Grant): Promise<boolean> {
  const { walletId, source, nanos, grantKey, at, expiresAt = null } = grant;
  return await sql.begin(async (transaction) => {
    const row = await firstRow<{ made: boolean }>(
      transaction,
      `SELECT quoin_deposit($1::uuid, $2::uuid, $3, $4::bigint, $5::bigint, $6::smallint, $7, NULL, $8::bigint) AS made`,
      [walletId, newId(), source, nanos, expiresAt, SPEND_RANK[source], grantKey, at],
    );
    const made = row?.made ?? false;
    if (made) await tellNodes(transaction, "wallet", walletId);
    return made;
  });
}

/** By the database's clock: no node's clock lets money expire early. */
async function expireLots(sql: SQL): Promise<number> {
  const row = await firstRow<{ moved: bigint }>(sql, "SELECT quoin_expire() AS moved");
  return Number(row?.moved ?? 0n);
}

const STATEMENT = `
  SELECT at, kind, key AS ref, amount AS nanos FROM transfer
    WHERE credit IN (SELECT lot_id FROM lot WHERE wallet_id = $1::uuid)
  UNION ALL
  SELECT at, kind, key, -amount FROM transfer
    WHERE debit IN (SELECT lot_id FROM lot WHERE wallet_id = $1::uuid)
  UNION ALL
  SELECT max(at), 'charge', replace(request_id::text, '-', ''), -sum(amount)::bigint FROM charge
    WHERE wallet_id = $1::uuid AND state <> 'void' GROUP BY request_id
  ORDER BY 1 DESC, 3 DESC LIMIT $2::int`;

const BALANCE = `
  SELECT sum(granted - taken + coalesce(
    (SELECT sum(l.granted - l.spent - l.returned) FROM lease l WHERE l.lot_id = lot.lot_id), 0))::bigint AS nanos
  FROM lot WHERE wallet_id = $1::uuid AND (expires_at IS NULL OR expires_at > $2::bigint)`;

const WALLETS_WITHOUT = `
  SELECT DISTINCT w.wallet_id FROM api_key k JOIN wallet w ON w.account_id = k.account_id AND w.currency = 'USD'
  WHERE k.plan_id = $1 AND k.revoked_at IS NULL AND NOT EXISTS (SELECT 1 FROM lot
    WHERE grant_key = 'monthly:' || replace(w.wallet_id::text, '-', '') || ':' || $1 || ':' || $2)
  LIMIT $3::int`;

const COUNT_KEYS = `
  SELECT count(*) AS keys FROM (SELECT 1 FROM api_key k JOIN wallet w ON w.account_id = k.account_id
    WHERE w.wallet_id = $1 AND k.plan_id = $2 AND k.revoked_at IS NULL
      AND (k.expires_at IS NULL OR k.expires_at > $3::bigint) LIMIT $4::int) live`;

export function postgresWalletStore(sql: SQL): WalletStore {
  return {
    grant: (grant) => depositLot(sql, grant),
    expire: () => expireLots(sql),
    async walletsWithout(planId, month, limit) {
      const rows = await rowsOf<{ wallet_id: string }>(sql, WALLETS_WITHOUT, [planId, month, limit]);
      return rows.map(({ wallet_id }) => idOf(wallet_id));
    },
    async countKeys(walletId, planId, until, limit) {
      const row = await firstRow<{ keys: bigint }>(sql, COUNT_KEYS, [walletId, planId, until, limit]);
      return Number(row?.keys ?? 0n);
    },
    async balance(walletId, now) {
      const row = await firstRow<{ nanos: bigint | null }>(sql, BALANCE, [walletId, now]);
      return row?.nanos ?? 0n;
    },
    async statement(walletId, limit) {
      const rows = await rowsOf<Omit<StatementLine, "at"> & { at: bigint }>(sql, STATEMENT, [
        walletId,
        limit,
      ]);
      return rows.map((row) => ({ ...row, at: Number(row.at) }));
    },
    period: (walletId, asked) => periodStatement(sql, walletId, asked),
  };
}
