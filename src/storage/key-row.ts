import type { KeyChange, KeyRow, KeyTerms } from "../accounts/store.ts";
import type { LossPolicy } from "../core/generation/loss.ts";
import type { Limits } from "../core/limits.ts";
import type { Principal } from "../core/principal.ts";

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
  readonly models: string | null;
  readonly project: string | null;
  readonly user_id: Id | null;
  /** 1, or nothing. */
  readonly keep_prompts: number | bigint | null;
}

/** What the hot path wants of a key besides its ids. */
export const TERM_COLUMNS = [
  "loss_policy",
  "expires_at",
  "limits",
  "networks",
  "counted_as",
  "models",
  "project",
  "user_id",
  "keep_prompts",
] as const;
type TermColumn = (typeof TERM_COLUMNS)[number];

/** A key's own row without that of its account. */
export interface LiveKey<Id> extends Pick<StoredKey<Id>, "key_id" | "account_id" | "plan_id" | TermColumn> {
  readonly member_cap: bigint | null;
}

/** What the key's member may spend in a month. @param key how the statement calls the key's table */
export function memberCapOf(key: string): string {
  return `(SELECT m.monthly_cap FROM member m
    WHERE m.account_id = ${key}.account_id AND m.user_id = ${key}.user_id) AS member_cap`;
}

/** Limits in JSON; amounts of money as strings. */
function limitsText(limits: Limits | undefined): string | null {
  return limits === undefined
    ? null
    : JSON.stringify(limits, (_, value) => (typeof value === "bigint" ? String(value) : value));
}

function readLimits(text: string): Limits {
  return JSON.parse(text, (_, value) => (typeof value === "string" ? BigInt(value) : value));
}

/** Most keys have no terms of their own, and a million of them may be in memory. */
function termsOf(row: Pick<StoredKey<unknown>, TermColumn>): KeyTerms {
  const terms: { -readonly [Name in keyof KeyTerms]: KeyTerms[Name] } = {};
  if (row.loss_policy !== null) terms.lossPolicy = row.loss_policy;
  if (row.limits !== null) terms.limits = readLimits(row.limits);
  if (row.networks !== null) terms.networks = JSON.parse(row.networks);
  if (row.models !== null) terms.models = JSON.parse(row.models);
  if (row.project !== null) terms.project = row.project;
  if (row.keep_prompts !== null) terms.keepPrompts = true;
  if (row.expires_at !== null) terms.expiresAt = Number(row.expires_at);
  return terms;
}

/** What a live key's row says of who sends a request; whose account it is comes from elsewhere. */
export function holderOf<Id>(
  row: LiveKey<Id>,
  idOf: (id: Id) => string,
): Omit<Principal, "accountId" | "accountName" | "walletId"> {
  const keyId = idOf(row.key_id);
  return {
    keyId,
    countedAs: row.counted_as === null ? keyId : idOf(row.counted_as),
    planId: row.plan_id,
    ...termsOf(row),
    ...(row.user_id !== null && { userId: idOf(row.user_id) }),
    ...(row.member_cap !== null && { memberCapNanos: row.member_cap }),
  };
}

const json = (value: object | undefined) => (value === undefined ? null : JSON.stringify(value));

/** The columns of a key that can be changed, in this order everywhere. */
export const CHANGED_COLUMNS = [
  "name",
  "loss_policy",
  "expires_at",
  "limits",
  "networks",
  "models",
  "project",
  "keep_prompts",
];

/** Their values; null: nothing holds. */
export function changedValues(change: KeyChange): (string | number | null)[] {
  const { name, lossPolicy = null, expiresAt = null, project = null } = change;
  return [
    name,
    lossPolicy,
    expiresAt,
    limitsText(change.limits),
    json(change.networks),
    json(change.models),
    project,
    change.keepPrompts ? 1 : null,
  ];
}

export function keyRow<Id>(row: StoredKey<Id>, idOf: (id: Id) => string): KeyRow {
  return {
    keyId: idOf(row.key_id),
    account: row.account,
    planId: row.plan_id,
    name: row.name,
    hint: row.hint,
    ...termsOf(row),
    ...(row.user_id !== null && { userId: idOf(row.user_id) }),
    countedAs: idOf(row.counted_as ?? row.key_id),
    createdAt: Number(row.created_at),
    revokedAt: row.revoked_at === null ? undefined : Number(row.revoked_at),
  };
}
