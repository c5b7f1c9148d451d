import type { CodeRow } from "../billing/codes.ts";

/** A code as it lies in a table; ids in the form of the database. */
export interface StoredCode<Id> {
  readonly code_id: Id;
  readonly hint: string;
  readonly batch: string;
  readonly amount: bigint;
  readonly expires_at: bigint | null;
  readonly created_at: bigint;
  readonly revoked_at: bigint | null;
  readonly redeemed_at: bigint | null;
  readonly account: string | null;
}

function timeOf(at: bigint | null): number | undefined {
  return at === null ? undefined : Number(at);
}

export function codeRow<Id>(row: StoredCode<Id>, idOf: (id: Id) => string): CodeRow {
  return {
    codeId: idOf(row.code_id),
    hint: row.hint,
    batch: row.batch,
    nanos: row.amount,
    expiresAt: timeOf(row.expires_at),
    createdAt: Number(row.created_at),
    revokedAt: timeOf(row.revoked_at),
    redeemedAt: timeOf(row.redeemed_at),
    account: row.account ?? undefined,
  };
}
