import type { LowBalanceNotice } from "../billing/low-balance.ts";

/** A notice as it lies in a table; ids and truth in the form of the database. */
export interface StoredNotice<Id, Truth> {
  readonly wallet_id: Id;
  readonly account: string;
  readonly below: bigint;
  readonly webhook: string | null;
  readonly email: string | null;
  readonly sealed_secret: Uint8Array | null;
  readonly armed: Truth;
}

/** All notices with their accounts' names; conditions may follow. */
export const SELECT_NOTICES = `SELECT n.wallet_id, a.name AS account, n.below, n.webhook, n.email, n.sealed_secret, n.armed
  FROM notice n JOIN wallet w USING (wallet_id) JOIN account a USING (account_id)`;

export function noticeRow<Id, Truth>(
  row: StoredNotice<Id, Truth>,
  idOf: (id: Id) => string,
): LowBalanceNotice {
  return {
    walletId: idOf(row.wallet_id),
    account: row.account,
    belowNanos: row.below,
    webhook: row.webhook ?? undefined,
    email: row.email ?? undefined,
    sealedSecret: row.sealed_secret ?? undefined,
    armed: Boolean(row.armed),
  };
}
