import { Database } from "bun:sqlite";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { idBytes } from "../../base/id.ts";
import type { RequestRecord } from "../../core/request-record.ts";
import type { HistoryStore } from "../../history/recorder.ts";
import { decodeRecord, encodeRecord, type StoredRecord } from "../record-text.ts";
import { transact } from "./database.ts";

/** One file per UTC month, dropped whole when it is no longer wanted. */
function periodOf(at: number): string {
  return new Date(at).toISOString().slice(0, 7);
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS request (
    request_id BLOB PRIMARY KEY,
    account_id BLOB NOT NULL,
    answer_id TEXT,
    record TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS request_account ON request (account_id, request_id);
  CREATE INDEX IF NOT EXISTS request_answer ON request (answer_id) WHERE answer_id IS NOT NULL;
`;

function openPeriod(file: string): Database {
  const db = new Database(file, { create: true, safeIntegers: true, strict: true });
  // A power cut may lose the newest records; charges carry the money and are durable elsewhere.
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8000;");
  db.exec(SCHEMA);
  return db;
}

export interface SqliteHistoryStore extends HistoryStore {
  /** Every record since a time, oldest first; for proofs. */
  each(sinceMs: number, visit: (record: RequestRecord) => void): void;
  close(): void;
}

/** Answers that a later request may build on are those of the Responses protocol. */
function answerKey(record: RequestRecord): string | null {
  return record.protocol === "openai-responses" && record.answerId ? record.answerId : null;
}

function openPeriods(folder: string): Map<string, Database> {
  mkdirSync(folder, { recursive: true });
  const periods = new Map<string, Database>();
  for (const name of readdirSync(folder)) {
    const period = /^(\d{4}-\d{2})\.db$/.exec(name)?.[1];
    if (period) periods.set(period, openPeriod(join(folder, name)));
  }
  return periods;
}

function insertRecords(db: Database, records: readonly RequestRecord[]): void {
  const insert = db.query("INSERT INTO request VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING");
  transact(db, () => {
    for (const record of records) {
      insert.run(idBytes(record.id), idBytes(record.accountId), answerKey(record), encodeRecord(record));
    }
  });
}

function newestRows(db: Database, accountId: string | undefined, limit: number): StoredRecord[] {
  const where = accountId === undefined ? "" : "WHERE account_id = ?1";
  const query = db.query<StoredRecord, Uint8Array[]>(
    `SELECT request_id, account_id, record FROM request ${where} ORDER BY request_id DESC LIMIT ${limit}`,
  );
  return query.all(...(accountId === undefined ? [] : [idBytes(accountId)]));
}

function findRow(db: Database, id: string): StoredRecord | null {
  return db
    .query<StoredRecord, [Uint8Array]>(
      "SELECT request_id, account_id, record FROM request WHERE request_id = ?",
    )
    .get(idBytes(id));
}

function answerRow(db: Database, accountId: string, answerId: string): StoredRecord | null {
  return db
    .query<StoredRecord, [string, Uint8Array]>(
      "SELECT request_id, account_id, record FROM request WHERE answer_id = ? AND account_id = ?",
    )
    .get(answerId, idBytes(accountId));
}

export function openSqliteHistory(home: string): SqliteHistoryStore {
  const folder = join(home, "history");
  const periods = openPeriods(folder);

  function periodDb(period: string): Database {
    const known = periods.get(period);
    if (known) return known;
    const db = openPeriod(join(folder, `${period}.db`));
    periods.set(period, db);
    return db;
  }

  function newestFirst(): Database[] {
    return [...periods.entries()].sort(([a], [b]) => (a < b ? 1 : -1)).map(([, db]) => db);
  }

  /** Of the newest period that has it. */
  function findIn(look: (db: Database) => StoredRecord | null): RequestRecord | undefined {
    for (const db of newestFirst()) {
      const row = look(db);
      if (row) return decodeRecord(row);
    }
    return undefined;
  }

  return {
    insert(records) {
      for (const [period, group] of Map.groupBy(records, (record) => periodOf(record.at))) {
        insertRecords(periodDb(period), group);
      }
    },
    list({ accountId, limit }) {
      const rows: StoredRecord[] = [];
      for (const db of newestFirst()) {
        if (rows.length < limit) rows.push(...newestRows(db, accountId, limit - rows.length));
      }
      return rows.map(decodeRecord);
    },
    find: (id) => findIn((db) => findRow(db, id)),
    findAnswer: (accountId, answerId) => findIn((db) => answerRow(db, accountId, answerId)),
    each(sinceMs, visit) {
      for (const db of newestFirst().reverse()) {
        const query = db.query<StoredRecord, []>(
          "SELECT request_id, account_id, record FROM request ORDER BY request_id",
        );
        for (const row of query.iterate()) {
          const record = decodeRecord(row);
          if (record.at >= sinceMs) visit(record);
        }
      }
    },
    close() {
      for (const db of periods.values()) db.close();
    },
  };
}
