import { Database } from "bun:sqlite";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { StepState } from "../../base/background-steps.ts";
import { idBytes, idText } from "../../base/id.ts";
import type { RequestRecord } from "../../core/request-record.ts";
import { type Facets, marksOf, STRETCH_MS } from "../../history/facets.ts";
import { gatherBatch, type UsageDelta } from "../../history/usage-sums.ts";
import { answerKey, decodeRecord, encodeRecord, type StoredRecord } from "../record-text.ts";
import { rememberedMarks } from "../remembered-marks.ts";
import { transact } from "./database.ts";

/** One file per UTC month, dropped whole when it is no longer wanted. */
export function periodOf(at: number): string {
  return new Date(at).toISOString().slice(0, 7);
}

const FILE = /^(\d{4}-\d{2})\.db$/;

/** The periods that have files, newest first. */
export function periodsIn(folder: string): string[] {
  const periods = readdirSync(folder).map((name) => FILE.exec(name)?.[1]);
  return periods
    .filter((period) => period !== undefined)
    .sort()
    .reverse();
}

/** When a period begins and ends, milliseconds since the epoch. */
export function periodBounds(period: string): { readonly from: number; readonly to: number } {
  const from = Date.parse(`${period}-01T00:00:00Z`);
  const to = new Date(from);
  to.setUTCMonth(to.getUTCMonth() + 1);
  return { from, to: to.getTime() };
}

/** Of the tables of a file; 0 are those of before there were facets. */
const LAYOUT = 1;

const TABLES = `
  CREATE TABLE request (
    request_id BLOB PRIMARY KEY,
    account_id BLOB NOT NULL,
    answer_id TEXT,
    what INTEGER,
    who INTEGER,
    record TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX request_search ON request (account_id, request_id, what, who);
  CREATE INDEX request_answer ON request (answer_id) WHERE answer_id IS NOT NULL;
`;

/** Facets of old rows are filled in by the steps of history-store.ts. */
const OLD_TABLES = `
  ALTER TABLE request ADD COLUMN what INTEGER;
  ALTER TABLE request ADD COLUMN who INTEGER;
`;

/** What stretches of time hold, and what was added to the sums of usage since they were merged. */
const BESIDE = `
  CREATE TABLE mark (value INTEGER NOT NULL, stretch INTEGER NOT NULL, PRIMARY KEY (value, stretch)) STRICT, WITHOUT ROWID;
  CREATE TABLE usage_delta (seq INTEGER PRIMARY KEY, deltas TEXT NOT NULL) STRICT;
`;

function layoutOf(db: Database): number {
  return Number(db.query<{ user_version: bigint }, []>("PRAGMA user_version").get()?.user_version ?? 0n);
}

/** @throws Error where a newer Quoin wrote the file */
function prepareTables(db: Database, file: string): void {
  const layout = layoutOf(db);
  if (layout > LAYOUT)
    throw new Error(
      `${file} was written by a newer Quoin (layout ${layout}, known here: ${LAYOUT}); start that version.`,
    );
  if (layout === LAYOUT) return;
  const isOld = db.query("SELECT 1 FROM sqlite_schema WHERE name = 'request'").get() !== null;
  transact(db, () => db.exec(`${isOld ? OLD_TABLES : TABLES}${BESIDE} PRAGMA user_version = ${LAYOUT};`));
}

/** Opens (and makes) the file of a period to write in. */
function openToWrite(file: string): Database {
  const db = new Database(file, { create: true, safeIntegers: true, strict: true });
  // A power cut may lose the newest records; charges carry the money and are durable elsewhere.
  db.exec("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
  db.exec("PRAGMA wal_autocheckpoint = 8000;");
  prepareTables(db, file);
  return db;
}

const NO_FACETS: Facets = { what: 0, who: 0 };

const INSERT_MARK = "INSERT INTO mark VALUES (?, ?) ON CONFLICT DO NOTHING";

/**
 * Deltas are numbered by the clock, microseconds since the epoch at the start and one by one from there: a file that
 * was restored from a copy gives no number that the sums have taken already.
 */
function deltaWriter(db: Database) {
  const insert = db.prepare("INSERT INTO usage_delta (seq, deltas) VALUES (?, ?)");
  const last =
    db.query<{ seq: bigint | null }, []>("SELECT max(seq) AS seq FROM usage_delta").get()?.seq ?? 0n;
  let seq = Math.max(Date.now() * 1_000, Number(last));
  return (deltas: readonly UsageDelta[]): void => void insert.run(++seq, JSON.stringify(deltas));
}

type DeltaWriter = ReturnType<typeof deltaWriter>;

/** Writes records with their facets, marks, and what they add to the sums of usage. */
function recordWriter(db: Database, addDelta: DeltaWriter) {
  const insert = db.prepare(
    "INSERT INTO request (request_id, account_id, answer_id, what, who, record) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const mark = db.prepare(INSERT_MARK);
  const forgetDeltas = db.prepare("DELETE FROM usage_delta WHERE seq <= ?");
  const marked = rememberedMarks();
  let merged = 0;

  /** False when it is there already. */
  function insertOne(record: RequestRecord, account: Uint8Array, { what, who }: Facets): boolean {
    const text = encodeRecord(record);
    const { changes } = insert.run(idBytes(record.id), account, answerKey(record), what, who, text);
    if (changes === 0) return false;
    const stretch = Math.floor(record.at / STRETCH_MS);
    if (marked.isNew(stretch, what)) for (const value of marksOf(what)) mark.run(value, stretch);
    return true;
  }

  /** Those that were not there yet. */
  function insertEach(records: readonly RequestRecord[], facets: readonly Facets[]): RequestRecord[] {
    let owner = "";
    let account = idBytes("");
    return records.filter((record, index) => {
      if (record.accountId !== owner) account = idBytes(record.accountId);
      owner = record.accountId;
      return insertOne(record, account, facets[index] ?? NO_FACETS);
    });
  }

  function insertAll(records: readonly RequestRecord[]): void {
    const batch = gatherBatch(records);
    const added = insertEach(records, batch.facets);
    const { deltas } = added.length === records.length ? batch : gatherBatch(added);
    if (deltas.length > 0) addDelta(deltas);
    if (merged > 0) forgetDeltas.run(merged);
    merged = 0;
  }

  return {
    insert(records: readonly RequestRecord[]): void {
      try {
        transact(db, () => insertAll(records));
      } catch (cause) {
        // Their rows were undone with the rest.
        marked.forget();
        throw cause;
      }
    },
    /** Deltas up to this one are in the sums, and go with the next records. */
    noteMerged(seq: number): void {
      merged = seq;
    },
  };
}

/** Gives rows of before there were facets theirs, with marks and deltas. */
function facetFiller(db: Database, addDelta: DeltaWriter) {
  const unfilled = db.prepare<StoredRecord, [Uint8Array, number]>(
    "SELECT request_id, account_id, record FROM request WHERE request_id > ? AND what IS NULL ORDER BY request_id LIMIT ?",
  );
  const setFacets = db.prepare("UPDATE request SET what = ?, who = ? WHERE request_id = ?");
  const mark = db.prepare(INSERT_MARK);

  /** Facets, marks and deltas of rows that have none. */
  function fill(rows: readonly StoredRecord[]): void {
    const records = rows.map(decodeRecord);
    const { facets, deltas } = gatherBatch(records);
    for (const [at, { id, at: arrivedAt }] of records.entries()) {
      const { what, who } = facets[at] ?? NO_FACETS;
      setFacets.run(what, who, idBytes(id));
      for (const value of marksOf(what)) mark.run(value, Math.floor(arrivedAt / STRETCH_MS));
    }
    addDelta(deltas);
  }

  return {
    /** Of some rows of before there were facets, whose ids come after one. */
    fillFacets(after: string, limit: number): StepState {
      const rows = unfilled.all(idBytes(after), limit);
      const last = rows.at(-1);
      if (!last) return { position: after, rows: 0, done: true };
      transact(db, () => fill(rows));
      return { position: idText(last.request_id), rows: rows.length, done: rows.length < limit };
    },
  };
}

export type Period = ReturnType<typeof openPeriod>;

/** The records of a month. */
export function openPeriod(folder: string, period: string) {
  const db = openToWrite(join(folder, `${period}.db`));
  const addDelta = deltaWriter(db);
  const byId = db.prepare<StoredRecord, [Uint8Array]>(
    "SELECT request_id, account_id, record FROM request WHERE request_id = ?",
  );
  const byAnswer = db.prepare<StoredRecord, [string, Uint8Array]>(
    "SELECT request_id, account_id, record FROM request WHERE answer_id = ? AND account_id = ?",
  );
  return {
    db,
    /** Whether it was made before there were facets: only then it has this index. */
    isOld: db.query("SELECT 1 FROM sqlite_schema WHERE name = 'request_account'").get() !== null,
    ...recordWriter(db, addDelta),
    ...facetFiller(db, addDelta),
    find: (id: string) => byId.get(idBytes(id)),
    findAnswer: (accountId: string, answerId: string) => byAnswer.get(answerId, idBytes(accountId)),
    newest(accountId: string | undefined, limit: number): StoredRecord[] {
      const where = accountId === undefined ? "" : "WHERE account_id = ?1";
      const query = db.query<StoredRecord, Uint8Array[]>(
        `SELECT request_id, account_id, record FROM request ${where} ORDER BY request_id DESC LIMIT ${limit}`,
      );
      return query.all(...(accountId === undefined ? [] : [idBytes(accountId)]));
    },
    close: () => db.close(),
  };
}
