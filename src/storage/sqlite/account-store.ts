import type { Database } from "bun:sqlite";
import type { AccountIds, AccountStore, KeyRow, KeyTerms, NewKey } from "../../accounts/store.ts";
import { idBytes, idText, newId } from "../../base/id.ts";
import { Lru } from "../../base/lru.ts";
import type { LossPolicy } from "../../core/generation/loss.ts";
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
  readonly loss_policy: LossPolicy | null;
  readonly created_at: bigint;
  readonly revoked_at: bigint | null;
  readonly expires_at: bigint | null;
  readonly limits: string | null;
  readonly networks: string | null;
  readonly counted_as: Uint8Array | null;
}

/** What the hot path wants to know of a key: one look-up in one table. */
type LiveKey = Pick<StoredKey, "key_id" | "account_id" | "plan_id" | TermColumn>;
type TermColumn = "loss_policy" | "expires_at" | "limits" | "networks" | "counted_as";

type Owner = Pick<Principal, "accountId" | "accountName" | "walletId">;

const OWNERS_REMEMBERED = 50_000;

const KEY_COLUMNS = `k.key_id, k.account_id, w.wallet_id, a.name AS account, k.plan_id, k.name, k.hint, k.loss_policy, k.created_at, k.revoked_at, k.expires_at, k.limits, k.networks, k.counted_as
  FROM api_key k JOIN account a USING (account_id) JOIN wallet w ON w.account_id = k.account_id AND w.currency = 'USD'`;

/** Most keys have no terms of their own, and a million of them may be in memory. */
function termsOf(row: Pick<StoredKey, TermColumn>): KeyTerms {
  const terms: { -readonly [Name in keyof KeyTerms]: KeyTerms[Name] } = {};
  if (row.loss_policy !== null) terms.lossPolicy = row.loss_policy;
  if (row.limits !== null) terms.limits = JSON.parse(row.limits);
  if (row.networks !== null) terms.networks = JSON.parse(row.networks);
  if (row.expires_at !== null) terms.expiresAt = Number(row.expires_at);
  return terms;
}

function keyRow(row: StoredKey): KeyRow {
  return {
    keyId: idText(row.key_id),
    account: row.account,
    planId: row.plan_id,
    name: row.name,
    hint: row.hint,
    ...termsOf(row),
    countedAs: idText(row.counted_as ?? row.key_id),
    createdAt: Number(row.created_at),
    revokedAt: row.revoked_at === null ? undefined : Number(row.revoked_at),
  };
}

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

function insertKey(db: Database, key: NewKey): void {
  const insert = db.prepare(
    "INSERT INTO api_key (hash, key_id, account_id, plan_id, name, hint, loss_policy, created_at, expires_at, limits, networks, counted_as) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const { hash, keyId, accountId, planId, name, hint, lossPolicy = null, createdAt, expiresAt = null } = key;
  const json = (value: object | undefined) => (value === undefined ? null : JSON.stringify(value));
  const countedAs = key.countedAs === undefined ? null : idBytes(key.countedAs);
  const ids = [idBytes(keyId), idBytes(accountId)] as const;
  const terms = [expiresAt, json(key.limits), json(key.networks), countedAs] as const;
  durably(db, () => insert.run(hash, ...ids, planId, name, hint, lossPolicy, createdAt, ...terms));
}

function selectKeys(db: Database, account: string | undefined): KeyRow[] {
  const where = account === undefined ? "" : "WHERE a.name = ?";
  const select = db.prepare<StoredKey, string[]>(
    `SELECT ${KEY_COLUMNS} ${where} ORDER BY k.created_at, k.key_id`,
  );
  return select.all(...(account === undefined ? [] : [account])).map(keyRow);
}

function principalFinder(db: Database): (hash: Uint8Array) => Principal | undefined {
  const byHash = db.prepare<LiveKey, [Uint8Array]>(
    "SELECT key_id, account_id, plan_id, loss_policy, expires_at, limits, networks, counted_as FROM api_key WHERE hash = ? AND revoked_at IS NULL",
  );
  const ownerOf = ownerFinder(db);
  return (hash) => {
    const row = byHash.get(hash);
    const owner = row ? ownerOf(row.account_id) : undefined;
    if (!row || !owner) return undefined;
    const keyId = idText(row.key_id);
    const countedAs = row.counted_as === null ? keyId : idText(row.counted_as);
    return { keyId, countedAs, planId: row.plan_id, ...termsOf(row), ...owner };
  };
}

/** Remembered: an account keeps its name and its wallet as long as it lives. */
function ownerFinder(db: Database): (accountId: Uint8Array) => Owner | undefined {
  const byId = db.prepare<{ name: string; wallet_id: Uint8Array }, [Uint8Array]>(
    "SELECT a.name, w.wallet_id FROM account a JOIN wallet w USING (account_id) WHERE a.account_id = ? AND w.currency = 'USD'",
  );
  const owners = new Lru<string, Owner>(OWNERS_REMEMBERED);
  return (account) => {
    const accountId = idText(account);
    const known = owners.get(accountId);
    if (known) return known;
    const row = byId.get(account);
    if (!row) return undefined;
    const owner = { accountId, accountName: row.name, walletId: idText(row.wallet_id) };
    owners.set(accountId, owner);
    return owner;
  };
}

export function sqliteAccountStore(db: Database): AccountStore {
  const byId = db.prepare<StoredKey, [Uint8Array]>(`SELECT ${KEY_COLUMNS} WHERE k.key_id = ?`);
  const nameOf = db.prepare<{ name: string }, [Uint8Array]>("SELECT name FROM account WHERE account_id = ?");
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
    findPrincipal: principalFinder(db),
    findAccount,
    accountName: (accountId) => nameOf.get(idBytes(accountId))?.name,
    ensureAccount(name, now) {
      const known = findAccount(name);
      return known ? { ...known, made: false } : { ...insertAccount(db, name, now), made: true };
    },
    hasKeys: () => anyKey.get() !== null,
    addKey: (key) => insertKey(db, key),
    listKeys: (account) => selectKeys(db, account),
    findKey(keyId) {
      const row = byId.get(idBytes(keyId));
      return row ? keyRow(row) : undefined;
    },
    revokeKey: (keyId, now) => durably(db, () => revoke.run(idBytes(keyId), now).changes === 1),
    expireKey: (keyId, at) => durably(db, () => void expire.run(idBytes(keyId), at)),
  };
}
