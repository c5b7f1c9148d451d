import type { Database } from "bun:sqlite";
import type { AuditRow, AuditStore } from "../../accounts/audit.ts";
import { idBytes, idText } from "../../base/id.ts";
import { durably } from "./database.ts";

interface Stored {
  readonly audit_id: Uint8Array;
  readonly at: bigint;
  readonly actor: string;
  readonly address: string;
  readonly action: string;
  readonly account_id: Uint8Array | null;
  readonly target: string;
  readonly before: string | null;
  readonly after: string | null;
}

function rowOf(stored: Stored): AuditRow {
  const { actor, address, action, target } = stored;
  return {
    auditId: idText(stored.audit_id),
    at: Number(stored.at),
    actor,
    address,
    action,
    accountId: stored.account_id === null ? undefined : idText(stored.account_id),
    target,
    before: stored.before ?? undefined,
    after: stored.after ?? undefined,
  };
}

type Value = Uint8Array | string | number | null;

const optionalId = (id: string | undefined) => (id === undefined ? null : idBytes(id));

export function sqliteAuditStore(db: Database): AuditStore {
  const insert = db.prepare<unknown, Value[]>("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const select = (where: string) =>
    db.prepare<Stored, Value[]>(
      `SELECT * FROM audit WHERE ${where} AND (?2 IS NULL OR actor = ?2) AND (?3 IS NULL OR action = ?3)
         AND (?4 IS NULL OR audit_id < ?4) ORDER BY audit_id DESC LIMIT ?5`,
    );
  const ofAll = select("?1 IS NULL");
  const ofAccount = select("account_id = ?1");
  return {
    add({ auditId, at, actor, address, action, accountId, target, before = null, after = null }) {
      const ids = [idBytes(auditId), optionalId(accountId)] as const;
      durably(db, () => void insert.run(ids[0], at, actor, address, action, ids[1], target, before, after));
    },
    list({ accountId, actor = null, action = null, beforeId, limit }) {
      const asked = [optionalId(accountId), actor, action, optionalId(beforeId), limit];
      return (accountId === undefined ? ofAll : ofAccount).all(...asked).map(rowOf);
    },
  };
}
