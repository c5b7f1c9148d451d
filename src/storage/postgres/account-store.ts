import type { SQL } from "bun";
import type { AccountIds, AccountStore, NewKey } from "../../accounts/store.ts";
import { newId } from "../../base/id.ts";
import type { Principal } from "../../core/principal.ts";
import {
  CHANGED_COLUMNS,
  changedValues,
  holderOf,
  keyRow,
  type LiveKey,
  memberCapOf,
  type StoredKey,
} from "../key-row.ts";
import { firstRow, idOf, type Queries, rowsOf } from "./connection.ts";
import { tellNodes } from "./notices.ts";

type Row = StoredKey<string> & LiveKey<string> & { readonly suspended_at: bigint | null };

const KEY = `SELECT k.key_id, k.account_id, w.wallet_id, a.name AS account, k.plan_id, k.name, k.hint,
    k.loss_policy, k.created_at, k.revoked_at, k.expires_at, k.limits, k.networks, k.counted_as,
    k.models, k.project, k.user_id, k.keep_prompts, a.suspended_at, ${memberCapOf("k")}
  FROM api_key k JOIN account a USING (account_id)
  JOIN wallet w ON w.account_id = k.account_id AND w.currency = 'USD'`;

const ACCOUNT = `SELECT a.account_id, w.wallet_id FROM account a JOIN wallet w USING (account_id)
  WHERE a.name = $1 AND w.currency = 'USD'`;

function principalOf(row: Row): Principal {
  const { account_id, account, wallet_id, suspended_at } = row;
  return {
    ...holderOf(row, idOf),
    accountId: idOf(account_id),
    accountName: account,
    walletId: idOf(wallet_id),
    ...(suspended_at !== null && { suspended: true }),
  };
}

const INSERT_KEY = `INSERT INTO api_key
  (hash, key_id, account_id, plan_id, hint, created_at, counted_as, user_id, ${CHANGED_COLUMNS.join(", ")})
  VALUES ($1, $2::uuid, $3::uuid, $4, $5, $6::bigint, $7::uuid, $8::uuid, $9, $10, $11::bigint, $12, $13, $14, $15, $16)`;

async function insertKey(sql: SQL, key: NewKey): Promise<void> {
  const { hash, keyId, accountId, planId, hint, createdAt, countedAs = null, userId = null } = key;
  const ids = [hash, keyId, accountId, planId, hint, createdAt, countedAs, userId];
  await sql.unsafe(INSERT_KEY, [...ids, ...changedValues(key)]);
}

const CHANGE_KEY = `UPDATE api_key
  SET ${CHANGED_COLUMNS.map((name, index) => `${name} = $${index + 2}`).join(", ")}
  WHERE key_id = $1::uuid AND revoked_at IS NULL RETURNING 1`;

/** Both rows of a new account, or none where another node was first. */
async function insertAccount(sql: SQL, name: string, now: number): Promise<boolean> {
  const made = await rowsOf(
    sql,
    `WITH made AS (INSERT INTO account VALUES ($1::uuid, $2, $3::bigint) ON CONFLICT DO NOTHING RETURNING account_id)
     INSERT INTO wallet (wallet_id, account_id, currency) SELECT $4::uuid, account_id, 'USD' FROM made RETURNING 1`,
    [newId(), name, now, newId()],
  );
  return made.length === 1;
}

/** Every node is told of each of its keys. */
async function suspend(queries: Queries, accountId: string, at: number | undefined): Promise<void> {
  const mark = "UPDATE account SET suspended_at = $2::bigint WHERE account_id = $1::uuid";
  await queries.unsafe(mark, [accountId, at ?? null]);
  const keys = "SELECT key_id FROM api_key WHERE account_id = $1::uuid AND revoked_at IS NULL";
  for (const { key_id } of await rowsOf<{ key_id: string }>(queries, keys, [accountId]))
    await tellNodes(queries, "key", idOf(key_id));
}

/** What is looked up by ids. */
function lookUps(sql: SQL): Pick<AccountStore, "accountName" | "accountNames" | "findKey" | "findKeys"> {
  return {
    async accountName(accountId) {
      const statement = "SELECT name FROM account WHERE account_id = $1::uuid";
      return (await firstRow<{ name: string }>(sql, statement, [accountId]))?.name;
    },
    async accountNames(accountIds) {
      const rows = await rowsOf<{ account_id: string; called: string }>(
        sql,
        "SELECT account_id, COALESCE(NULLIF(display_name, ''), name) AS called FROM account WHERE account_id = ANY($1::text::uuid[])",
        [`{${accountIds.join(",")}}`],
      );
      return new Map(rows.map(({ account_id, called }) => [idOf(account_id), called]));
    },
    async findKey(keyId) {
      const row = await firstRow<Row>(sql, `${KEY} WHERE k.key_id = $1::uuid`, [keyId]);
      return row && keyRow(row, idOf);
    },
    async findKeys(keyIds) {
      const rows = await rowsOf<Row>(sql, `${KEY} WHERE k.key_id = ANY($1::text::uuid[])`, [
        `{${keyIds.join(",")}}`,
      ]);
      return rows.map((row) => keyRow(row, idOf));
    },
  };
}

/** Accounts and keys in PostgreSQL; what was revoked or is to expire earlier is told to all nodes. */
export function postgresAccountStore(sql: SQL): AccountStore {
  async function findAccount(name: string): Promise<AccountIds | undefined> {
    const row = await firstRow<{ account_id: string; wallet_id: string }>(sql, ACCOUNT, [name]);
    return row && { accountId: idOf(row.account_id), walletId: idOf(row.wallet_id) };
  }

  return {
    async findPrincipal(hash) {
      const row = await firstRow<Row>(sql, `${KEY} WHERE k.hash = $1 AND k.revoked_at IS NULL`, [hash]);
      return row && principalOf(row);
    },
    findAccount,
    ...lookUps(sql),
    async ensureAccount(name, now) {
      const known = await findAccount(name);
      if (known) return { ...known, made: false };
      const made = await insertAccount(sql, name, now);
      const ids = await findAccount(name);
      if (!ids) throw new Error(`the account ${name} was made and is not there`);
      return { ...ids, made };
    },
    hasKeys: async () => (await rowsOf(sql, "SELECT 1 FROM api_key LIMIT 1")).length > 0,
    addKey: (key) => insertKey(sql, key),
    async listKeys(account) {
      const rows = await rowsOf<Row>(
        sql,
        `${KEY} WHERE $1::text IS NULL OR a.name = $1 ORDER BY k.created_at, k.key_id`,
        [account ?? null],
      );
      return rows.map((row) => keyRow(row, idOf));
    },
    changeKey: (keyId, change) =>
      sql.begin(async (transaction) => {
        const changed = await rowsOf(transaction, CHANGE_KEY, [keyId, ...changedValues(change)]);
        await tellNodes(transaction, "key", keyId);
        return changed.length === 1;
      }),
    announceKey: (keyId) => tellNodes(sql, "key", keyId),
    suspendAccount: (accountId, at) => sql.begin((transaction) => suspend(transaction, accountId, at)),
    revokeKey: (keyId, now) =>
      sql.begin(async (transaction) => {
        const revoked = await rowsOf(
          transaction,
          "UPDATE api_key SET revoked_at = $2::bigint WHERE key_id = $1::uuid AND revoked_at IS NULL RETURNING 1",
          [keyId, now],
        );
        await tellNodes(transaction, "key", keyId);
        return revoked.length === 1;
      }),
    expireKey: (keyId, at) =>
      sql.begin(async (transaction) => {
        await transaction.unsafe(
          `UPDATE api_key SET expires_at = least(expires_at, $2::bigint)
           WHERE key_id = $1::uuid AND revoked_at IS NULL`,
          [keyId, at],
        );
        await tellNodes(transaction, "key", keyId);
      }),
  };
}
