import type { AccountRow } from "../../accounts/directory.ts";
import type { HttpDeps } from "./deps.ts";
import { HttpError } from "./http-error.ts";

const ACCOUNT_ID = /^[0-9a-f]{32}$/;

/** The account of this id or, where it is none, of this name. */
export async function findAccount({ control }: HttpDeps, text: string): Promise<AccountRow | undefined> {
  return await control.directory.find(ACCOUNT_ID.test(text) ? { accountId: text } : { name: text });
}

/** Of the account that is named; undefined: of all. @throws HttpError */
export async function accountIdOf(deps: HttpDeps, named: string | undefined): Promise<string | undefined> {
  if (named === undefined) return undefined;
  const account = await findAccount(deps, named);
  if (account) return account.accountId;
  throw new HttpError("invalid", `account: there is none called "${named}"; list them to see their names.`, {
    field: "account",
  });
}
