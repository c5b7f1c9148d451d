import type { KeyRow, KeyTerms } from "../accounts/store.ts";
import type { LossPolicy } from "../core/generation/loss.ts";

/** A key as it lies in a table, with its account; ids in the form of the database. */
export interface StoredKey<Id> {
  readonly key_id: Id;
  readonly account_id: Id;
  readonly wallet_id: Id;
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
  readonly counted_as: Id | null;
}

export type TermColumn = "loss_policy" | "expires_at" | "limits" | "networks" | "counted_as";

/** Most keys have no terms of their own, and a million of them may be in memory. */
export function termsOf(row: Pick<StoredKey<unknown>, TermColumn>): KeyTerms {
  const terms: { -readonly [Name in keyof KeyTerms]: KeyTerms[Name] } = {};
  if (row.loss_policy !== null) terms.lossPolicy = row.loss_policy;
  if (row.limits !== null) terms.limits = JSON.parse(row.limits);
  if (row.networks !== null) terms.networks = JSON.parse(row.networks);
  if (row.expires_at !== null) terms.expiresAt = Number(row.expires_at);
  return terms;
}

export function keyRow<Id>(row: StoredKey<Id>, idOf: (id: Id) => string): KeyRow {
  return {
    keyId: idOf(row.key_id),
    account: row.account,
    planId: row.plan_id,
    name: row.name,
    hint: row.hint,
    ...termsOf(row),
    countedAs: idOf(row.counted_as ?? row.key_id),
    createdAt: Number(row.created_at),
    revokedAt: row.revoked_at === null ? undefined : Number(row.revoked_at),
  };
}
