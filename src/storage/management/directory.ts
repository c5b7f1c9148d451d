import type { AccountDirectory, AccountRow } from "../../accounts/directory.ts";
import { NO_PROMPT_RULE, type PromptRule } from "../../core/transcript.ts";
import { first, idOrNull, idValue, type Runner, rows, type Steps, timeOf } from "../people/steps.ts";

interface Stored {
  readonly account_id: string;
  readonly wallet_id: string;
  readonly name: string;
  readonly display_name: string | null;
  readonly plan_id: string | null;
  readonly created_at: bigint;
  readonly suspended_at: bigint | null;
}

/** `plan_id` is no id of ours but a name of the operator's, so it is called otherwise here. */
const SELECT = `SELECT a.account_id, w.wallet_id, a.name, a.display_name, a.plan_id AS plan, a.created_at, a.suspended_at
  FROM account a JOIN wallet w ON w.account_id = a.account_id AND w.currency = 'USD'`;

type Row = Omit<Stored, "plan_id"> & { readonly plan: string | null };

function rowOf(stored: Row): AccountRow {
  return {
    accountId: stored.account_id,
    walletId: stored.wallet_id,
    name: stored.name,
    displayName: stored.display_name ?? stored.name,
    planId: stored.plan ?? undefined,
    createdAt: Number(stored.created_at),
    suspendedAt: timeOf(stored.suspended_at),
  };
}

function* find(by: Parameters<AccountDirectory["find"]>[0]): Steps<AccountRow | undefined> {
  const row =
    "accountId" in by
      ? yield* first<Row>(`${SELECT} WHERE a.account_id = $1::uuid`, idValue(by.accountId))
      : yield* first<Row>(`${SELECT} WHERE a.name = $1`, by.name);
  return row && rowOf(row);
}

/** Any text stands for itself: `%` and `_` are no wildcards of the caller's. */
function likeOf(text: string | undefined): string | null {
  return text === undefined ? null : `%${text.toLowerCase().replaceAll(/[\\%_]/g, "\\$&")}%`;
}

function* list({ text, beforeId, limit }: Parameters<AccountDirectory["list"]>[0]): Steps<AccountRow[]> {
  const found = yield* rows<Row>(
    `${SELECT} WHERE ($1::text IS NULL OR lower(a.name) LIKE $1::text ESCAPE '\\'
         OR lower(a.display_name) LIKE $1::text ESCAPE '\\')
       AND ($2::uuid IS NULL OR a.account_id < $2::uuid) ORDER BY a.account_id DESC LIMIT $3::int`,
    ...[likeOf(text), idOrNull(beforeId), limit],
  );
  return found.map(rowOf);
}

function* planUse(planId: string): Steps<{ keys: number; accounts: number }> {
  const row = yield* first<{ keys: bigint; accounts: bigint }>(
    `SELECT (SELECT count(*) FROM api_key WHERE plan_id = $1 AND revoked_at IS NULL) AS keys,
            (SELECT count(*) FROM account a WHERE a.plan_id = $1 OR EXISTS (SELECT 1 FROM wallet w
               JOIN subscription s ON s.wallet_id = w.wallet_id
               WHERE w.account_id = a.account_id AND s.open = 1 AND $1 IN (s.plan, s.next_plan))) AS accounts`,
    planId,
  );
  return { keys: Number(row?.keys ?? 0), accounts: Number(row?.accounts ?? 0) };
}

function* setPlan(accountId: string, planId: string): Steps<void> {
  yield* rows("UPDATE account SET plan_id = $2 WHERE account_id = $1::uuid", idValue(accountId), planId);
}

function* promptRule(accountId: string): Steps<PromptRule> {
  const row = yield* first<{ prompt_rule: string | null }>(
    "SELECT prompt_rule FROM account WHERE account_id = $1::uuid",
    idValue(accountId),
  );
  return row?.prompt_rule ? { ...NO_PROMPT_RULE, ...JSON.parse(row.prompt_rule) } : NO_PROMPT_RULE;
}

function* setPromptRule(accountId: string, rule: PromptRule): Steps<void> {
  yield* rows(
    "UPDATE account SET prompt_rule = $2 WHERE account_id = $1::uuid",
    idValue(accountId),
    JSON.stringify(rule),
  );
}

export function accountDirectory({ read, write }: Runner): AccountDirectory {
  return {
    find: (by) => read(find(by)),
    list: (asked) => read(list(asked)),
    planUse: (planId) => read(planUse(planId)),
    promptRule: (accountId) => read(promptRule(accountId)),
    setPromptRule: (accountId, rule) => write(setPromptRule(accountId, rule)),
    setPlan: (accountId, planId) => write(setPlan(accountId, planId)),
  };
}
