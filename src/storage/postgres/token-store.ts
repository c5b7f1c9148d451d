import type { SQL } from "bun";
import type { TokenRow, TokenStore } from "../../accounts/tokens.ts";
import { firstRow, idOf, rowsOf } from "./connection.ts";

interface Stored {
  readonly token_id: string;
  readonly account_id: string | null;
  readonly name: string;
  readonly hint: string;
  readonly scopes: string;
  readonly created_by: string;
  readonly created_at: bigint;
  readonly expires_at: bigint | null;
  readonly revoked_at: bigint | null;
  readonly last_used_at: bigint | null;
}

const timeOf = (at: bigint | null) => (at === null ? undefined : Number(at));

function rowOf(stored: Stored): TokenRow {
  return {
    tokenId: idOf(stored.token_id),
    accountId: stored.account_id === null ? undefined : idOf(stored.account_id),
    name: stored.name,
    hint: stored.hint,
    scopes: JSON.parse(stored.scopes),
    createdBy: stored.created_by,
    createdAt: Number(stored.created_at),
    expiresAt: timeOf(stored.expires_at),
    revokedAt: timeOf(stored.revoked_at),
    lastUsedAt: timeOf(stored.last_used_at),
  };
}

const INSERT = `INSERT INTO management_token
  (hash, token_id, account_id, name, hint, scopes, created_by, created_at, expires_at)
  VALUES ($1, $2::uuid, $3::uuid, $4, $5, $6, $7, $8::bigint, $9::bigint)`;

const LIST = `SELECT * FROM management_token WHERE account_id IS NOT DISTINCT FROM $1::uuid ORDER BY token_id DESC`;

const REVOKE = `UPDATE management_token SET revoked_at = $3::bigint
  WHERE token_id = $1::uuid AND account_id IS NOT DISTINCT FROM $2::uuid AND revoked_at IS NULL RETURNING 1`;

export function postgresTokenStore(sql: SQL): TokenStore {
  return {
    async add({ hash, tokenId, accountId = null, name, hint, scopes, ...times }) {
      const { createdBy, createdAt, expiresAt = null } = times;
      const rest = [name, hint, JSON.stringify(scopes), createdBy, createdAt, expiresAt];
      await sql.unsafe(INSERT, [hash, tokenId, accountId, ...rest]);
    },
    async find(hash) {
      const row = await firstRow<Stored>(sql, "SELECT * FROM management_token WHERE hash = $1", [hash]);
      return row && rowOf(row);
    },
    async list(accountId) {
      return (await rowsOf<Stored>(sql, LIST, [accountId ?? null])).map(rowOf);
    },
    async revoke(tokenId, accountId, now) {
      return (await rowsOf(sql, REVOKE, [tokenId, accountId ?? null, now])).length === 1;
    },
    async touch(tokenId, now) {
      await sql.unsafe("UPDATE management_token SET last_used_at = $2::bigint WHERE token_id = $1::uuid", [
        tokenId,
        now,
      ]);
    },
  };
}
