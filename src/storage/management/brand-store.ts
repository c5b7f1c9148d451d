import type { AccountBrand, AccountBrandStore } from "../../accounts/account-brand.ts";
import type { AccountHost } from "../../core/offering.ts";
import { did, first, idValue, type Runner, rows, type Steps, timeOf } from "../people/steps.ts";

interface Stored {
  readonly account_id: string;
  readonly account: string;
  readonly host: string;
  readonly content: string;
  readonly approved_at: bigint | null;
  readonly updated_at: bigint;
}

type Content = Pick<AccountBrand, "proof"> & Pick<AccountHost, "brand" | "keys" | "join">;

const SELECT = `SELECT b.account_id, a.name AS account, b.host, b.content, b.approved_at, b.updated_at
  FROM account_brand b JOIN account a ON a.account_id = b.account_id`;

function brandOf({ account_id, account, host, content, approved_at, updated_at }: Stored): AccountBrand {
  const { proof, ...kept } = JSON.parse(content) as Content;
  const { name, logo, colors } = kept.brand;
  return {
    accountId: account_id,
    host: { ...kept, host, scheme: "https", account, brand: { name, logo, colors } },
    proof,
    approvedAt: timeOf(approved_at),
    updatedAt: Number(updated_at),
  };
}

function* find(accountId: string): Steps<AccountBrand | undefined> {
  const row = yield* first<Stored>(`${SELECT} WHERE b.account_id = $1::uuid`, idValue(accountId));
  return row && brandOf(row);
}

function* list(): Steps<readonly AccountBrand[]> {
  const found = yield* rows<Stored>(`${SELECT} ORDER BY (b.approved_at IS NOT NULL), b.updated_at DESC`);
  return found.map(brandOf);
}

function put({ accountId, host, proof, approvedAt, updatedAt }: AccountBrand): Steps<boolean> {
  const { brand, keys, join } = host;
  const content: Content = { brand, keys, join, proof };
  return did(
    `INSERT INTO account_brand (account_id, host, content, approved_at, updated_at)
     SELECT $1::uuid, $2, $3, $4::bigint, $5::bigint WHERE NOT EXISTS (
       SELECT 1 FROM account_brand
       WHERE host = $2 AND approved_at IS NOT NULL AND account_id <> $1::uuid)
     ON CONFLICT (account_id) DO UPDATE SET host = excluded.host, content = excluded.content,
       approved_at = excluded.approved_at, updated_at = excluded.updated_at RETURNING 1`,
    ...[idValue(accountId), host.host, JSON.stringify(content), approvedAt ?? null, updatedAt],
  );
}

function remove(accountId: string): Steps<boolean> {
  return did("DELETE FROM account_brand WHERE account_id = $1::uuid RETURNING 1", idValue(accountId));
}

/** @param tell statements that tell other nodes of the database that what is declared has changed */
export function accountBrandStore({ read, write }: Runner, tell: readonly string[]): AccountBrandStore {
  function* told(steps: Steps<boolean>): Steps<boolean> {
    const done = yield* steps;
    if (done) for (const text of tell) yield* rows(text);
    return done;
  }
  return {
    find: (accountId) => read(find(accountId)),
    list: () => read(list()),
    put: (brand) => write(told(put(brand))),
    remove: (accountId) => write(told(remove(accountId))),
  };
}
