import type { AccountStore } from "../../accounts/store.ts";

type Names = Pick<AccountStore, "accountNames">;

export interface OfAccount {
  readonly account_id: string | null;
}

export type Named<Row> = Row & { account_display_name: string | null };

/** Rows with what people call their accounts, looked up all at once; null where there is none of that id. */
export async function withAccountNames<Row extends OfAccount>(
  accounts: Names,
  rows: readonly Row[],
): Promise<Named<Row>[]> {
  const ids = new Set(rows.flatMap(({ account_id }) => account_id ?? []));
  const names = ids.size === 0 ? undefined : await accounts.accountNames([...ids]);
  return rows.map((row) => ({ ...row, account_display_name: names?.get(row.account_id ?? "") ?? null }));
}

/** The same look-up for one who asks again and again: each account is looked up once. */
export function rememberedNames(accounts: Names): Names {
  const known = new Map<string, string>();
  return {
    async accountNames(ids) {
      const unknown = ids.filter((id) => !known.has(id));
      if (unknown.length > 0) {
        for (const [id, name] of await accounts.accountNames(unknown)) known.set(id, name);
      }
      return known;
    },
  };
}
