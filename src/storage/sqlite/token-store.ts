import type { Database } from "bun:sqlite";
import type { TokenRow, TokenStore } from "../../accounts/tokens.ts";
import { idBytes, idText } from "../../base/id.ts";
import { durably } from "./database.ts";

interface Stored {
  readonly token_id: Uint8Array;
  readonly account_id: Uint8Array | null;
  readonly name: string;
  readonly hint: string;
  readonly scopes: string;
  readonly created_by: string;
  readonly created_at: bigint;
  readonly expires_at: bigint | null;
  readonly revoked_at: bigint | null;
  readonly last_used_at: bigint | null;
}

type Value = Uint8Array | string | number | null;

const timeOf = (at: bigint | null) => (at === null ? undefined : Number(at));
const optionalId = (id: string | undefined) => (id === undefined ? null : idBytes(id));

function rowOf(stored: Stored): TokenRow {
  return {
    tokenId: idText(stored.token_id),
    accountId: stored.account_id === null ? undefined : idText(stored.account_id),
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
  (hash, token_id, account_id, name, hint, scopes, created_by, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export function sqliteTokenStore(db: Database): TokenStore {
  const insert = db.prepare<unknown, Value[]>(INSERT);
  const byHash = db.prepare<Stored, [Uint8Array]>("SELECT * FROM management_token WHERE hash = ?");
  const ofAccount = db.prepare<Stored, [Uint8Array | null]>(
    "SELECT * FROM management_token WHERE account_id IS ? ORDER BY token_id DESC",
  );
  const revoke = db.prepare(
    "UPDATE management_token SET revoked_at = ?3 WHERE token_id = ?1 AND account_id IS ?2 AND revoked_at IS NULL",
  );
  const touch = db.prepare("UPDATE management_token SET last_used_at = ?2 WHERE token_id = ?1");
  return {
    add({ hash, tokenId, accountId, name, hint, scopes, createdBy, createdAt, expiresAt = null }) {
      const ids = [idBytes(tokenId), optionalId(accountId)] as const;
      const rest = [JSON.stringify(scopes), createdBy, createdAt, expiresAt] as const;
      durably(db, () => void insert.run(hash, ...ids, name, hint, ...rest));
    },
    find(hash) {
      const row = byHash.get(hash);
      return row ? rowOf(row) : undefined;
    },
    list: (accountId) => ofAccount.all(optionalId(accountId)).map(rowOf),
    revoke: (tokenId, accountId, now) =>
      durably(db, () => revoke.run(idBytes(tokenId), optionalId(accountId), now).changes === 1),
    touch: (tokenId, now) => void touch.run(idBytes(tokenId), now),
  };
}
