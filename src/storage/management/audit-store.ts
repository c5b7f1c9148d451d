import type { AuditFilter, AuditRow, AuditStore } from "../../accounts/audit.ts";
import { idOrNull, idValue, type Runner, rows, type Steps } from "../people/steps.ts";

interface Stored {
  readonly audit_id: string;
  readonly at: bigint;
  readonly actor: string;
  readonly address: string;
  readonly action: string;
  readonly account_id: string | null;
  readonly target: string;
  readonly before: string | null;
  readonly after: string | null;
}

function rowOf(stored: Stored): AuditRow {
  const { actor, address, action, target } = stored;
  return {
    auditId: stored.audit_id,
    at: Number(stored.at),
    actor,
    address,
    action,
    accountId: stored.account_id ?? undefined,
    target,
    before: stored.before ?? undefined,
    after: stored.after ?? undefined,
  };
}

function* insert({ auditId, at, actor, address, action, accountId, ...change }: AuditRow): Steps<void> {
  const { target, before = null, after = null } = change;
  yield* rows(
    "INSERT INTO audit VALUES ($1::uuid, $2::bigint, $3, $4, $5, $6::uuid, $7, $8, $9)",
    ...[idValue(auditId), at, actor, address, action, idOrNull(accountId), target, before, after],
  );
}

const FITS = `($2::text IS NULL OR actor = $2::text) AND ($3::text IS NULL OR action = $3::text)
  AND ($4::uuid IS NULL OR audit_id < $4::uuid) ORDER BY audit_id DESC LIMIT $5::int`;

function* list({ accountId, actor, action, beforeId, limit }: AuditFilter): Steps<AuditRow[]> {
  // Two texts, so that an account's rows are found by its index.
  const whose = accountId === undefined ? "$1::uuid IS NULL" : "account_id = $1::uuid";
  const found = yield* rows<Stored>(
    `SELECT * FROM audit WHERE ${whose} AND ${FITS}`,
    ...[idOrNull(accountId), actor ?? null, action ?? null, idOrNull(beforeId), limit],
  );
  return found.map(rowOf);
}

export function auditStore({ read, write }: Runner): AuditStore {
  return { add: (row) => write(insert(row)), list: (filter) => read(list(filter)) };
}
