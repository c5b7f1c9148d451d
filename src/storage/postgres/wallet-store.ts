import type { SQL } from "bun";
import { newId } from "../../base/id.ts";
import type { Grant, StatementLine, WalletStore } from "../../billing/wallets.ts";
import { SPEND_RANK } from "../sqlite/move-money.ts";
import { firstRow, idOf, rowsOf } from "./connection.ts";
import { tellNodes } from "./notices.ts";
import { periodStatement } from "./period-statement.ts";

/** Operator accounts: they have no balance column, they are summed. */
const FUNDING = "00000000000000000000000000000001";
const EXPIRED = "00000000000000000000000000000003";

/** Money into a wallet as a lot of its own, once per key; nodes hear of it, since it may go first. */
async function depositLot(
  sql: SQL,
  {
    walletId,
    source,
    nanos,
    grantKey,
    at,
    expiresAt = null,
  }: Omit<Grant, "expiresAt"> & {
    readonly expiresAt?: number | null | undefined;
  },
): Promise<boolean> {
  return await sql.begin(async (transaction) => {
    const made = await rowsOf(
      transaction,
      `WITH made AS (
         INSERT INTO lot (lot_id, wallet_id, source, granted, expires_at, spend_rank, grant_key)
         VALUES ($1::uuid, $2::uuid, $3, $4::bigint, $5::bigint, $6::smallint, $7)
         ON CONFLICT (grant_key) DO NOTHING RETURNING lot_id)
       INSERT INTO transfer (transfer_id, key, kind, debit, credit, amount, at)
       SELECT $8::uuid, $7, 'grant', $9::uuid, lot_id, $4::bigint, $10::bigint FROM made RETURNING 1`,
      [newId(), walletId, source, nanos, expiresAt, SPEND_RANK[source], grantKey, newId(), FUNDING, at],
    );
    if (made.length === 1) await tellNodes(transaction, "wallet", walletId);
    return made.length === 1;
  });
}

/** Wallets are locked before their lots, as everywhere. */
async function expireLots(sql: SQL, now: number): Promise<number> {
  const due = "taken < granted AND expires_at IS NOT NULL AND expires_at <= $1::bigint";
  if ((await rowsOf(sql, `SELECT 1 FROM lot WHERE ${due} LIMIT 1`, [now])).length === 0) return 0;
  return await sql.begin(async (transaction) => {
    await transaction.unsafe(
      `SELECT 1 FROM wallet WHERE wallet_id IN (SELECT wallet_id FROM lot WHERE ${due})
       ORDER BY wallet_id FOR NO KEY UPDATE`,
      [now],
    );
    const moved = await rowsOf(
      transaction,
      `WITH due AS (SELECT lot_id, granted - taken AS free FROM lot WHERE ${due} ORDER BY lot_id FOR UPDATE),
       moved AS (UPDATE lot SET taken = granted FROM due WHERE lot.lot_id = due.lot_id RETURNING lot.lot_id, due.free)
       INSERT INTO transfer (transfer_id, key, kind, debit, credit, amount, at)
       SELECT gen_random_uuid(), 'expiry:' || replace(lot_id::text, '-', '') || ':' || gen_random_uuid(), 'expiry',
         lot_id, $2::uuid, free, $1::bigint FROM moved RETURNING 1`,
      [now, EXPIRED],
    );
    return moved.length;
  });
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

export function postgresWalletStore(sql: SQL): WalletStore {
  return {
    grant: (grant) => depositLot(sql, grant),
    expire: (now) => expireLots(sql, now),
    async walletsWithout(planId, month, limit) {
      const rows = await rowsOf<{ wallet_id: string }>(sql, WALLETS_WITHOUT, [planId, month, limit]);
      return rows.map(({ wallet_id }) => idOf(wallet_id));
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
