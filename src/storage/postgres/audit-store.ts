import type { SQL } from "bun";
import type { AuditRow, AuditStore } from "../../accounts/audit.ts";
import { idOf, rowsOf } from "./connection.ts";

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
    auditId: idOf(stored.audit_id),
    at: Number(stored.at),
    actor,
    address,
    action,
    accountId: stored.account_id === null ? undefined : idOf(stored.account_id),
    target,
    before: stored.before ?? undefined,
    after: stored.after ?? undefined,
  };
}

const INSERT = `INSERT INTO audit VALUES ($1::uuid, $2::bigint, $3, $4, $5, $6::uuid, $7, $8, $9)`;

const LIST = `SELECT * FROM audit WHERE ($1::uuid IS NULL OR account_id = $1::uuid)
  AND ($2::text IS NULL OR actor = $2) AND ($3::text IS NULL OR action = $3)
  AND ($4::uuid IS NULL OR audit_id < $4::uuid) ORDER BY audit_id DESC LIMIT $5::int`;

export function postgresAuditStore(sql: SQL): AuditStore {
  return {
    async add({ auditId, at, actor, address, action, accountId = null, target, ...change }) {
      const { before = null, after = null } = change;
      await sql.unsafe(INSERT, [auditId, at, actor, address, action, accountId, target, before, after]);
    },
    async list({ accountId = null, actor = null, action = null, beforeId = null, limit }) {
      return (await rowsOf<Stored>(sql, LIST, [accountId, actor, action, beforeId, limit])).map(rowOf);
    },
  };
}
