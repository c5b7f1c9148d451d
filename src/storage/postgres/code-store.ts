import type { SQL } from "bun";
import { newId } from "../../base/id.ts";
import type { CodeStore, NewCode, Redemption } from "../../billing/codes.ts";
import { codeRow, type StoredCode } from "../code-row.ts";
import { SPEND_RANK } from "../spend-rank.ts";
import { firstRow, idOf, type Queries, rowsOf } from "./connection.ts";
import { tellNodes } from "./notices.ts";

type Row = StoredCode<string>;

async function insertCodes(queries: Queries, codes: readonly NewCode[]): Promise<void> {
  for (const { codeId, hash, hint, batch, nanos, expiresAt = null, createdAt } of codes) {
    await queries.unsafe(
      `INSERT INTO code (code_id, hash, hint, batch, amount, expires_at, created_at)
       VALUES ($1::uuid, $2, $3, $4, $5::bigint, $6::bigint, $7::bigint)`,
      [codeId, hash, hint, batch, nanos, expiresAt, createdAt],
    );
  }
}

type OpenCode = Pick<Row, "code_id" | "amount" | "expires_at" | "revoked_at" | "redeemed_at">;

/** Run it inside a transaction: the code's row is locked until its money is there. */
async function redeemCode(
  queries: Queries,
  hash: Uint8Array,
  walletId: string,
  now: number,
): Promise<Redemption> {
  const code = await firstRow<OpenCode>(
    queries,
    "SELECT code_id, amount, expires_at, revoked_at, redeemed_at FROM code WHERE hash = $1 FOR UPDATE",
    [hash],
  );
  if (!code) return { kind: "unknown" };
  if (code.redeemed_at !== null) return { kind: "used" };
  if (code.revoked_at !== null) return { kind: "revoked" };
  if (code.expires_at !== null && code.expires_at <= BigInt(now)) return { kind: "expired" };
  const grantKey = `code:${idOf(code.code_id)}`;
  await queries.unsafe(
    `WITH made AS (
       INSERT INTO lot (lot_id, wallet_id, source, granted, spend_rank, grant_key)
       VALUES ($1::uuid, $2::uuid, 'code', $3::bigint, $4::smallint, $5) RETURNING lot_id)
     INSERT INTO transfer (transfer_id, key, kind, debit, credit, amount, at)
     SELECT $6::uuid, $5, 'grant', lpad('1', 32, '0')::uuid, lot_id, $3::bigint, $7::bigint FROM made`,
    [newId(), walletId, code.amount, SPEND_RANK.code, grantKey, newId(), now],
  );
  await queries.unsafe(
    "UPDATE code SET redeemed_at = $2::bigint, wallet_id = $3::uuid WHERE code_id = $1::uuid",
    [code.code_id, now, walletId],
  );
  await tellNodes(queries, "wallet", walletId);
  return { kind: "redeemed", nanos: code.amount };
}

export function postgresCodeStore(sql: SQL): CodeStore {
  return {
    add: (codes) => sql.begin((transaction) => insertCodes(transaction, codes)),
    async list({ batch, limit }) {
      const rows = await rowsOf<Row>(
        sql,
        `SELECT c.code_id, c.hint, c.batch, c.amount, c.expires_at, c.created_at, c.revoked_at, c.redeemed_at,
           a.name AS account
         FROM code c LEFT JOIN wallet w USING (wallet_id) LEFT JOIN account a USING (account_id)
         WHERE $1::text IS NULL OR c.batch = $1 ORDER BY c.code_id DESC LIMIT $2::int`,
        [batch ?? null, limit],
      );
      return rows.map((row) => codeRow(row, idOf));
    },
    async revoke(which, now) {
      const [column, value] =
        "batch" in which ? ["batch = $2", which.batch] : ["code_id = $2::uuid", which.codeId];
      const rows = await rowsOf(
        sql,
        `UPDATE code SET revoked_at = $1::bigint
         WHERE ${column} AND redeemed_at IS NULL AND revoked_at IS NULL RETURNING 1`,
        [now, value],
      );
      return rows.length;
    },
    redeem: (hash, walletId, now) => sql.begin((transaction) => redeemCode(transaction, hash, walletId, now)),
  };
}
