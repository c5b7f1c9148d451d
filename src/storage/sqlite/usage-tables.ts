import { Database } from "bun:sqlite";
import { join } from "node:path";
import type { RequestFilter } from "../../history/search.ts";
import {
  ACCOUNTS_FROM,
  EACH,
  EVERYONE,
  HOURS_A_DAY,
  NAME_KINDS,
  nameWanted,
  ofEveryone,
  SPANS,
  TOTAL,
} from "../../history/usage-plan.ts";
import { DIMENSIONS, MONEY_COLUMNS, SUM_COLUMNS, type UsageDelta } from "../../history/usage-sums.ts";
import { transact } from "./database.ts";
import { usageReader } from "./usage-reader.ts";

/**
 * A file of its own, written by the history's worker alone: it outlives the records, and filling it never holds up
 * those who write records. `merged` says what it has taken of each period's deltas, in the same transaction.
 */
const TABLES = `
  CREATE TABLE IF NOT EXISTS usage_sum (
    span INTEGER NOT NULL, bucket INTEGER NOT NULL, account_id TEXT NOT NULL,
    ${DIMENSIONS.map((name) => `${name} TEXT NOT NULL,`).join(" ")}
    ${SUM_COLUMNS.map((name) => `${name} INTEGER NOT NULL,`).join(" ")}
    PRIMARY KEY (span, bucket, account_id, ${DIMENSIONS.join(", ")})
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS usage_each ON usage_sum (key_id, bucket, charged, requests)
    WHERE span = ${SPANS.day} AND account_id = '${EACH}';
  CREATE TABLE IF NOT EXISTS key_use (key_id TEXT PRIMARY KEY, account_id TEXT NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS name_use (
    kind TEXT NOT NULL, name TEXT NOT NULL, account_id TEXT NOT NULL, PRIMARY KEY (kind, name, account_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS merged (period TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

const COLUMNS = ["span", "bucket", "account_id", ...DIMENSIONS, ...SUM_COLUMNS];

const UPSERT = `INSERT INTO usage_sum (${COLUMNS.join(", ")}) VALUES (${COLUMNS.map(() => "?").join(", ")})
  ON CONFLICT DO UPDATE SET ${SUM_COLUMNS.map((name) => `${name} = ${name} + excluded.${name}`).join(", ")}`;

type Sums = (number | bigint)[];

interface Row {
  readonly key: readonly (number | string)[];
  readonly sums: Sums;
}

const NO_DIMENSIONS = DIMENSIONS.map(() => "");

/** Rows of hours and days, of accounts and of all, in the order of the table's key. */
function rowsOf(deltas: Iterable<UsageDelta>): Row[] {
  const rows = new Map<string, Row>();
  for (const [hour, account, dimensions, sums] of deltas) {
    const day = Math.floor(hour / HOURS_A_DAY);
    const owners: [string, readonly string[]][] = [
      [account, dimensions],
      [EVERYONE, ofEveryone(dimensions)],
      [TOTAL, NO_DIMENSIONS],
      [EACH, [account, ...NO_DIMENSIONS.slice(1)]],
    ];
    for (const [owner, names] of owners) {
      addTo(rows, [SPANS.hour, hour, owner, ...names], sums);
      addTo(rows, [SPANS.day, day, owner, ...names], sums);
    }
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function addTo(rows: Map<string, Row>, key: readonly (number | string)[], sums: UsageDelta[3]): void {
  const text = key.join("\n");
  const known = rows.get(text);
  const row = known ?? { key, sums: SUM_COLUMNS.map((_, at) => (MONEY_COLUMNS.has(at) ? 0n : 0)) };
  if (!known) rows.set(text, row);
  for (let at = 0; at < sums.length; at += 2) {
    const column = Number(sums[at]);
    const before = row.sums[column] ?? 0;
    const more = sums[at + 1] ?? 0;
    row.sums[column] = typeof before === "bigint" ? before + BigInt(more) : before + Number(more);
  }
}

/** Columns that a file of an earlier version has not. */
function addColumns(db: Database): void {
  const known = db.query<{ name: string }, []>("SELECT name FROM pragma_table_info('usage_sum')").all();
  const names = new Set(known.map(({ name }) => name));
  for (const name of SUM_COLUMNS)
    if (!names.has(name)) db.exec(`ALTER TABLE usage_sum ADD COLUMN ${name} INTEGER NOT NULL DEFAULT 0`);
}

/** Whose names there were before these were kept. */
const FILL_NAMES = NAME_KINDS.map(
  (kind) => `INSERT INTO name_use SELECT DISTINCT '${kind}', ${kind}, account_id FROM usage_sum
    WHERE span = ${SPANS.day} AND account_id >= '${ACCOUNTS_FROM}' AND ${kind} <> '';`,
).join("\n");

/** What a file of an earlier version lacks costs a second or so in millions of requests, once, in the thread that asks. */
function prepareTables(db: Database): void {
  const hasNames = db.query("SELECT 1 FROM sqlite_schema WHERE name = 'name_use'").get() !== null;
  transact(db, () => {
    db.exec(TABLES);
    addColumns(db);
    if (!hasNames) db.exec(FILL_NAMES);
  });
}

export type UsageTables = ReturnType<typeof openUsageTables>;

/** The sums of usage of a home. */
export function openUsageTables(folder: string) {
  const db = new Database(join(folder, "usage.db"), { create: true, safeIntegers: true, strict: true });
  db.exec("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
  prepareTables(db);
  const upsert = db.prepare(UPSERT);
  const useKey = db.prepare(
    "INSERT INTO key_use VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = max(at, excluded.at), account_id = excluded.account_id",
  );
  const useName = db.prepare("INSERT INTO name_use VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
  const namedBy = db.prepare<{ account_id: string }, [string, string, number]>(
    "SELECT account_id FROM name_use WHERE kind = ? AND name = ? ORDER BY account_id LIMIT ?",
  );
  const setMerged = db.prepare("INSERT OR REPLACE INTO merged VALUES (?, ?)");
  const getMerged = db.prepare<{ seq: bigint }, [string]>("SELECT seq FROM merged WHERE period = ?");
  const keyUse = db.prepare<{ account_id: string; at: bigint }, [string]>(
    "SELECT account_id, at FROM key_use WHERE key_id = ?",
  );

  const reader = usageReader(db);

  return {
    ...reader,
    mergedUpTo: (period: string): number => Number(getMerged.get(period)?.seq ?? 0n),
    /** Takes deltas of a period into the sums, all or none; `seq` is the last of them. */
    merge(period: string, seq: number, deltas: readonly UsageDelta[]): void {
      transact(db, () => {
        for (const { key, sums } of rowsOf(deltas)) upsert.run(...key, ...sums);
        for (const [, account, [keyId = ""], , lastAt] of deltas)
          if (keyId !== "") useKey.run(keyId, account, lastAt);
        for (const [, account, dimensions] of deltas)
          for (const kind of NAME_KINDS) {
            const name = dimensions[DIMENSIONS.indexOf(kind)] ?? "";
            if (name !== "") useName.run(kind, name, account);
          }
        setMerged.run(period, seq);
      });
      for (const hour of new Set(deltas.map(([of]) => of))) reader.changed(hour);
    },
    /** When a key was last used. */
    keyUsedAt(keyId: string): number | undefined {
      const row = keyUse.get(keyId);
      return row ? Number(row.at) : undefined;
    },
    /** Accounts that have requests of the filter's key or else its user or else its project. */
    accountsWith(filter: RequestFilter, limit: number): string[] {
      if (filter.keyId !== undefined) {
        const row = keyUse.get(filter.keyId);
        return row ? [row.account_id] : [];
      }
      const [kind, name] = nameWanted(filter);
      return namedBy.all(kind, name, limit).map(({ account_id }) => account_id);
    },
    /** Requests that arrived on some days, by their numbers. */
    requestsBetween(fromDay: number, toDay: number): number {
      const rows = db.query<{ n: bigint | null }, [number, string]>(
        `SELECT sum(requests) AS n FROM usage_sum WHERE span = ${SPANS.day} AND bucket = ? AND account_id = ?`,
      );
      let total = 0;
      for (let day = fromDay; day < toDay; day++) total += Number(rows.get(day, TOTAL)?.n ?? 0n);
      return total;
    },
    close: () => db.close(),
  };
}
