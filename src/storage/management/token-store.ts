import type { NewToken, TokenRow, TokenStore } from "../../accounts/tokens.ts";
import { did, first, idOrNull, idValue, type Runner, rows, type Steps, timeOf } from "../people/steps.ts";

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

function rowOf(stored: Stored): TokenRow {
  return {
    tokenId: stored.token_id,
    accountId: stored.account_id ?? undefined,
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

function* insert(token: NewToken): Steps<void> {
  const { hash, tokenId, accountId, name, hint, scopes, createdBy, createdAt, expiresAt = null } = token;
  yield* rows(
    `INSERT INTO management_token
       (hash, token_id, account_id, name, hint, scopes, created_by, created_at, expires_at)
     VALUES ($1, $2::uuid, $3::uuid, $4, $5, $6, $7, $8::bigint, $9::bigint)`,
    ...[hash, idValue(tokenId), idOrNull(accountId), name, hint],
    ...[JSON.stringify(scopes), createdBy, createdAt, expiresAt],
  );
}

function* find(hash: Uint8Array): Steps<TokenRow | undefined> {
  const row = yield* first<Stored>("SELECT * FROM management_token WHERE hash = $1", hash);
  return row && rowOf(row);
}

function* list(accountId: string | undefined): Steps<TokenRow[]> {
  const found = yield* rows<Stored>(
    "SELECT * FROM management_token WHERE account_id IS NOT DISTINCT FROM $1::uuid ORDER BY token_id DESC",
    idOrNull(accountId),
  );
  return found.map(rowOf);
}

function revoke(tokenId: string, accountId: string | undefined, now: number): Steps<boolean> {
  return did(
    `UPDATE management_token SET revoked_at = $3::bigint
     WHERE token_id = $1::uuid AND account_id IS NOT DISTINCT FROM $2::uuid AND revoked_at IS NULL RETURNING 1`,
    ...[idValue(tokenId), idOrNull(accountId), now],
  );
}

function* touch(tokenId: string, now: number): Steps<void> {
  yield* rows(
    "UPDATE management_token SET last_used_at = $2::bigint WHERE token_id = $1::uuid",
    ...[idValue(tokenId), now],
  );
}

export function tokenStore({ read, write }: Runner): TokenStore {
  return {
    add: (token) => write(insert(token)),
    find: (hash) => read(find(hash)),
    list: (accountId) => read(list(accountId)),
    revoke: (...which) => write(revoke(...which)),
    touch: (...used) => write(touch(...used)),
  };
}
