import type { Database } from "bun:sqlite";
import type { AccountStore, KeyRow, NewKey } from "../../accounts/store.ts";
import { idBytes, idText, newId } from "../../base/id.ts";
import type { Principal } from "../../core/principal.ts";
import { durably } from "./database.ts";

interface StoredKey {
  readonly key_id: Uint8Array;
  readonly account_id: Uint8Array;
  readonly wallet_id: Uint8Array;
  readonly account: string;
  readonly plan_id: string;
  readonly name: string;
  readonly hint: string;
  readonly created_at: bigint;
  readonly revoked_at: bigint | null;
}

const KEY_COLUMNS = `k.key_id, k.account_id, w.wallet_id, a.name AS account, k.plan_id, k.name, k.hint, k.created_at, k.revoked_at
  FROM api_key k JOIN account a USING (account_id) JOIN wallet w ON w.account_id = k.account_id AND w.currency = 'USD'`;

function keyRow(row: StoredKey): KeyRow {
  return {
    keyId: idText(row.key_id),
    account: row.account,
    planId: row.plan_id,
    name: row.name,
    hint: row.hint,
    createdAt: Number(row.created_at),
    revokedAt: row.revoked_at === null ? undefined : Number(row.revoked_at),
  };
}

function principalOf(row: StoredKey): Principal {
  return {
    keyId: idText(row.key_id),
    accountId: idText(row.account_id),
    accountName: row.account,
    walletId: idText(row.wallet_id),
    planId: row.plan_id,
  };
}

export function sqliteAccountStore(db: Database): AccountStore {
  const byHash = db.prepare<StoredKey, [Uint8Array]>(
    `SELECT ${KEY_COLUMNS} WHERE k.hash = ? AND k.revoked_at IS NULL`,
  );
  const accountByName = db.prepare<{ account_id: Uint8Array; wallet_id: Uint8Array }, [string]>(
    "SELECT a.account_id, w.wallet_id FROM account a JOIN wallet w USING (account_id) WHERE a.name = ? AND w.currency = 'USD'",
  );

  function findAccount(name: string) {
    const row = accountByName.get(name);
    return row ? { accountId: idText(row.account_id), walletId: idText(row.wallet_id) } : undefined;
  }

  return {
    findPrincipal(hash) {
      const row = byHash.get(hash);
      return row ? principalOf(row) : undefined;
    },
    findAccount,
    accountName(accountId) {
      const row = db
        .prepare<{ name: string }, [Uint8Array]>("SELECT name FROM account WHERE account_id = ?")
        .get(idBytes(accountId));
      return row?.name;
    },
    ensureAccount(name, now) {
      const known = findAccount(name);
      if (known) return { ...known, made: false };
      const made = { accountId: newId(), walletId: newId() };
      durably(db, () => {
        db.prepare("INSERT INTO account (account_id, name, created_at) VALUES (?, ?, ?)").run(
          idBytes(made.accountId),
          name,
          now,
        );
        db.prepare("INSERT INTO wallet (wallet_id, account_id, currency) VALUES (?, ?, 'USD')").run(
          idBytes(made.walletId),
          idBytes(made.accountId),
        );
      });
      return { ...made, made: true };
    },
    addKey(key: NewKey) {
      durably(db, () =>
        db
          .prepare(
            "INSERT INTO api_key (hash, key_id, account_id, plan_id, name, hint, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
          )
          .run(
            key.hash,
            idBytes(key.keyId),
            idBytes(key.accountId),
            key.planId,
            key.name,
            key.hint,
            key.createdAt,
          ),
      );
    },
    listKeys(account) {
      const where = account === undefined ? "" : "WHERE a.name = ?";
      const order = "ORDER BY k.created_at, k.key_id";
      const rows = db
        .prepare<StoredKey, string[]>(`SELECT ${KEY_COLUMNS} ${where} ${order}`)
        .all(...(account === undefined ? [] : [account]));
      return rows.map(keyRow);
    },
    findKey(keyId) {
      const row = db
        .prepare<StoredKey, [Uint8Array]>(`SELECT ${KEY_COLUMNS} WHERE k.key_id = ?`)
        .get(idBytes(keyId));
      return row ? keyRow(row) : undefined;
    },
    revokeKey(keyId, now) {
      return durably(
        db,
        () =>
          db
            .prepare("UPDATE api_key SET revoked_at = ?2 WHERE key_id = ?1 AND revoked_at IS NULL")
            .run(idBytes(keyId), now).changes === 1,
      );
    },
  };
}
