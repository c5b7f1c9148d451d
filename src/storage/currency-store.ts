import type { CurrencyStore, PaidIn } from "../billing/currencies.ts";
import { first, idValue, type Runner, rows, type Steps } from "./people/steps.ts";

function* shownTo(accountId: string): Steps<string | undefined> {
  const row = yield* first<{ code: string }>(
    "SELECT code FROM account_currency WHERE account_id = $1::uuid",
    idValue(accountId),
  );
  return row?.code;
}

function* show(accountId: string, code: string | undefined): Steps<void> {
  if (code === undefined)
    yield* rows("DELETE FROM account_currency WHERE account_id = $1::uuid", idValue(accountId));
  else
    yield* rows(
      `INSERT INTO account_currency (account_id, code) VALUES ($1::uuid, $2)
       ON CONFLICT (account_id) DO UPDATE SET code = excluded.code`,
      ...[idValue(accountId), code],
    );
}

function* paidBy(walletId: string): Steps<ReadonlyMap<string, PaidIn>> {
  const found = yield* rows<{ object: string; code: string; minor: bigint; rate: bigint }>(
    `SELECT c.object_id AS object, c.code, c.minor, c.rate FROM payment_currency c
     JOIN payment p ON p.object_id = c.object_id WHERE p.wallet_id = $1::uuid`,
    idValue(walletId),
  );
  return new Map(found.map(({ object, code, minor, rate }) => [object, { code, minor, ppm: rate }]));
}

/** In whichever database the runner runs on. */
export function currencyStore({ read, write }: Runner): CurrencyStore {
  return {
    shownTo: (accountId) => read(shownTo(accountId)),
    show: (accountId, code) => write(show(accountId, code)),
    paidBy: (walletId) => read(paidBy(walletId)),
  };
}
