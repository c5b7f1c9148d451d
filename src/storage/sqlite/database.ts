import { Database } from "bun:sqlite";
import { MIGRATIONS } from "./migrations.ts";

/**
 * Opens (and makes) the database with the settings that the ledger counts on: WAL, integers as
 * bigint, and `synchronous=NORMAL`, because the journal carries durability (see journal.ts);
 * `durably` turns it to FULL for what the journal does not carry.
 */
export function openDatabase(file: string): Database {
  const db = new Database(file, { create: true, safeIntegers: true, strict: true });
  // Before all else: a server that is just ending may hold the file while it tidies up its log.
  db.exec("PRAGMA busy_timeout = 5000;");
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;");
  db.exec("PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -65536;");
  migrate(db);
  return db;
}

function versionOf(db: Database): number {
  const row = db.query<{ user_version: bigint }, []>("PRAGMA user_version").get();
  return Number(row?.user_version ?? 0n);
}

function migrate(db: Database): void {
  const version = versionOf(db);
  if (version > MIGRATIONS.length) {
    throw new Error(
      `this database was written by a newer Quoin (schema ${version}, known here: ${MIGRATIONS.length}); start that version.`,
    );
  }
  for (const [index, step] of MIGRATIONS.entries()) {
    if (index < version) continue;
    transact(db, () => db.exec(`${step}; PRAGMA user_version = ${index + 1};`));
  }
}

/** Runs `work` in one transaction; an error undoes all of it. */
export function transact<T>(db: Database, work: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (cause) {
    if (db.inTransaction) db.exec("ROLLBACK");
    throw cause;
  }
}

/** Like `transact`, and on the disk when it returns, with everything written before it. */
export function durably<T>(db: Database, work: () => T): T {
  db.exec("PRAGMA synchronous = FULL");
  try {
    return transact(db, work);
  } finally {
    db.exec("PRAGMA synchronous = NORMAL");
  }
}
