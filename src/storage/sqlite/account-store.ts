import type { Database } from "bun:sqlite";
import type { AccountIds, AccountStore, KeyChange, KeyRow, NewKey } from "../../accounts/store.ts";
import { idBytes, idText, newId } from "../../base/id.ts";
import { Lru } from "../../base/lru.ts";
import type { Principal } from "../../core/principal.ts";
import {
  CHANGED_COLUMNS,
  changedValues,
  holderOf,
  keyRow,
  type LiveKey,
  memberCapOf,
  type StoredKey,
  TERM_COLUMNS,
} from "../key-row.ts";
import { durably } from "./database.ts";

type Row = StoredKey<Uint8Array>;
type Value = Uint8Array | string | number | null;

type Owner = Pick<Principal, "accountId" | "accountName" | "walletId" | "suspended">;

const OWNERS_REMEMBERED = 50_000;

const KEY_COLUMNS = `k.key_id, k.account_id, w.wallet_id, a.name AS account, k.plan_id, k.name, k.hint, k.loss_policy, k.created_at, k.revoked_at, k.expires_at, k.limits, k.networks, k.counted_as, k.models, k.project, k.user_id, k.keep_prompts
  FROM api_key k JOIN account a USING (account_id) JOIN wallet w ON w.account_id = k.account_id AND w.currency = 'USD'`;

/** Both rows of a new account, or none. */
function insertAccount(db: Database, name: string, now: number): AccountIds {
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
  return made;
}

const INSERT_KEY = `INSERT INTO api_key
  (hash, key_id, account_id, plan_id, hint, created_at, counted_as, user_id, ${CHANGED_COLUMNS.join(", ")})
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const optionalId = (id: string | undefined) => (id === undefined ? null : idBytes(id));

function insertKey(db: Database, key: NewKey): void {
  const insert = db.prepare<unknown, Value[]>(INSERT_KEY);
  const { hash, keyId, accountId, planId, hint, createdAt, countedAs, userId } = key;
  const ids = [hash, idBytes(keyId), idBytes(accountId)];
  const others = [optionalId(countedAs), optionalId(userId)];
  durably(db, () => insert.run(...ids, planId, hint, createdAt, ...others, ...changedValues(key)));
}

const CHANGE_KEY = `UPDATE api_key SET ${CHANGED_COLUMNS.map((name) => `${name} = ?`).join(", ")}
  WHERE key_id = ? AND revoked_at IS NULL`;

function updateKey(db: Database, keyId: string, change: KeyChange): boolean {
  const update = db.prepare<unknown, Value[]>(CHANGE_KEY);
  return durably(db, () => update.run(...changedValues(change), idBytes(keyId)).changes === 1);
}

function selectKeys(db: Database, account: string | undefined): KeyRow[] {
  const where = account === undefined ? "" : "WHERE a.name = ?";
  const select = db.prepare<Row, string[]>(`SELECT ${KEY_COLUMNS} ${where} ORDER BY k.created_at, k.key_id`);
  return select.all(...(account === undefined ? [] : [account])).map((row) => keyRow(row, idText));
}

function principalFinder(
  db: Database,
  owners: Lru<string, Owner>,
): (hash: Uint8Array) => Principal | undefined {
  const byHash = db.prepare<LiveKey<Uint8Array>, [Uint8Array]>(
    `SELECT key_id, account_id, plan_id, ${TERM_COLUMNS.join(", ")}, ${memberCapOf("api_key")}
     FROM api_key WHERE hash = ? AND revoked_at IS NULL`,
  );
  const ownerOf = ownerFinder(db, owners);
  return (hash) => {
    const row = byHash.get(hash);
    const owner = row ? ownerOf(row.account_id) : undefined;
    return row && owner ? { ...holderOf(row, idText), ...owner } : undefined;
  };
}

/** Remembered: an account keeps its name and its wallet as long as it lives, and is seldom suspended. */
function ownerFinder(db: Database, owners: Lru<string, Owner>): (accountId: Uint8Array) => Owner | undefined {
  const byId = db.prepare<{ name: string; wallet_id: Uint8Array; suspended_at: bigint | null }, [Uint8Array]>(
    "SELECT a.name, w.wallet_id, a.suspended_at FROM account a JOIN wallet w USING (account_id) WHERE a.account_id = ? AND w.currency = 'USD'",
  );
  return (account) => {
    const accountId = idText(account);
    const known = owners.get(accountId);
    if (known) return known;
    const row = byId.get(account);
    if (!row) return undefined;
    const ids = { accountId, accountName: row.name, walletId: idText(row.wallet_id) };
    const owner: Owner = row.suspended_at === null ? ids : { ...ids, suspended: true };
    owners.set(accountId, owner);
    return owner;
  };
}

export function sqliteAccountStore(db: Database): AccountStore {
  const owners = new Lru<string, Owner>(OWNERS_REMEMBERED);
  const suspend = db.prepare("UPDATE account SET suspended_at = ?2 WHERE account_id = ?1");
  const byId = db.prepare<Row, [Uint8Array]>(`SELECT ${KEY_COLUMNS} WHERE k.key_id = ?`);
  const nameOf = db.prepare<{ name: string }, [Uint8Array]>("SELECT name FROM account WHERE account_id = ?");
  const calledOf = db.prepare<{ called: string }, [Uint8Array]>(
    "SELECT COALESCE(NULLIF(display_name, ''), name) AS called FROM account WHERE account_id = ?",
  );
  const anyKey = db.prepare<{ found: bigint }, []>("SELECT 1 AS found FROM api_key LIMIT 1");
  const revoke = db.prepare("UPDATE api_key SET revoked_at = ?2 WHERE key_id = ?1 AND revoked_at IS NULL");
  const expire = db.prepare(
    "UPDATE api_key SET expires_at = min(coalesce(expires_at, ?2), ?2) WHERE key_id = ?1 AND revoked_at IS NULL",
  );
  const accountByName = db.prepare<{ account_id: Uint8Array; wallet_id: Uint8Array }, [string]>(
    "SELECT a.account_id, w.wallet_id FROM account a JOIN wallet w USING (account_id) WHERE a.name = ? AND w.currency = 'USD'",
  );

  function findAccount(name: string): AccountIds | undefined {
    const row = accountByName.get(name);
    return row ? { accountId: idText(row.account_id), walletId: idText(row.wallet_id) } : undefined;
  }

  return {
    findPrincipal: principalFinder(db, owners),
    findAccount,
    accountName: (accountId) => nameOf.get(idBytes(accountId))?.name,
    accountNames(accountIds) {
      const found = accountIds.map((id): [string, string | undefined] => [
        id,
        calledOf.get(idBytes(id))?.called,
      ]);
      return new Map(found.filter((pair): pair is [string, string] => pair[1] !== undefined));
    },
    ensureAccount(name, now) {
      const known = findAccount(name);
      return known ? { ...known, made: false } : { ...insertAccount(db, name, now), made: true };
    },
    hasKeys: () => anyKey.get() !== null,
    addKey: (key) => insertKey(db, key),
    listKeys: (account) => selectKeys(db, account),
    findKey(keyId) {
      const row = byId.get(idBytes(keyId));
      return row ? keyRow(row, idText) : undefined;
    },
    findKeys: (keyIds) =>
      keyIds
        .map((keyId) => byId.get(idBytes(keyId)))
        .filter((row) => row !== null)
        .map((row) => keyRow(row, idText)),
    changeKey: (keyId, change) => updateKey(db, keyId, change),
    // One process keeps keys in memory, and whoever changed it tells it.
    announceKey: () => undefined,
    suspendAccount(accountId, at) {
      durably(db, () => void suspend.run(idBytes(accountId), at ?? null));
      owners.delete(accountId);
    },
    revokeKey: (keyId, now) => durably(db, () => revoke.run(idBytes(keyId), now).changes === 1),
    expireKey: (keyId, at) => durably(db, () => void expire.run(idBytes(keyId), at)),
  };
}
