import type { Database } from "bun:sqlite";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { BackgroundStep } from "../../base/background-steps.ts";
import type { RequestRecord } from "../../core/request-record.ts";
import type { HistoryStore } from "../../history/recorder.ts";
import { decodeRecord, type StoredRecord } from "../record-text.ts";
import { openPeriod, type Period, periodOf, periodsIn } from "./history-period.ts";

export interface SqliteHistoryStore extends HistoryStore {
  /** Every record since a time, oldest first; for proofs. */
  each(sinceMs: number, visit: (record: RequestRecord) => void): void;
  /** What the sums of usage have taken of each period. */
  noteMerged(seqs: ReadonlyMap<string, number>): void;
  /** Whether records came since it was last asked. */
  takeUnmerged(): boolean;
  periods(): string[];
  /** What brings files of before there were facets up to date. */
  steps(): BackgroundStep[];
  /** Deletes a period's file. */
  drop(period: string): void;
  close(): void;
}

/** Where the files of a home's history lie. */
export function historyFolder(home: string): string {
  return join(home, "history");
}

/** Few: nothing else is done in this process meanwhile. */
const ROWS_A_PIECE = 200;

function fillStep([name, period]: [string, Period]): BackgroundStep {
  return {
    name: `facets and sums of requests of ${name}`,
    run: (position) => period.fillFacets(position, ROWS_A_PIECE),
  };
}

function visitEach(db: Database, sinceMs: number, visit: (record: RequestRecord) => void): void {
  const query = db.query<StoredRecord, []>(
    "SELECT request_id, account_id, record FROM request ORDER BY request_id",
  );
  for (const row of query.iterate()) {
    const record = decodeRecord(row);
    if (record.at >= sinceMs) visit(record);
  }
}

export function openSqliteHistory(home: string): SqliteHistoryStore {
  const folder = historyFolder(home);
  mkdirSync(folder, { recursive: true });
  const periods = new Map(periodsIn(folder).map((name) => [name, openPeriod(folder, name)]));

  function periodNamed(name: string): Period {
    const known = periods.get(name);
    if (known) return known;
    const made = openPeriod(folder, name);
    periods.set(name, made);
    return made;
  }

  function newestFirst(): Period[] {
    return [...periods.entries()].sort(([a], [b]) => (a < b ? 1 : -1)).map(([, period]) => period);
  }

  /** Of the newest period that has it. */
  function findIn(look: (period: Period) => StoredRecord | null): RequestRecord | undefined {
    for (const period of newestFirst()) {
      const row = look(period);
      if (row) return decodeRecord(row);
    }
    return undefined;
  }

  let unmerged = periods.size > 0;
  return {
    insert(records) {
      unmerged = true;
      for (const [name, group] of Map.groupBy(records, (record) => periodOf(record.at)))
        periodNamed(name).insert(group);
    },
    list({ accountId, limit }) {
      const rows: StoredRecord[] = [];
      for (const period of newestFirst()) {
        if (rows.length < limit) rows.push(...period.newest(accountId, limit - rows.length));
      }
      return rows.map(decodeRecord);
    },
    find: (id) => findIn((period) => period.find(id)),
    findAnswer: (accountId, answerId) => findIn((period) => period.findAnswer(accountId, answerId)),
    each(sinceMs, visit) {
      for (const { db } of newestFirst().reverse()) visitEach(db, sinceMs, visit);
    },
    takeUnmerged() {
      const had = unmerged;
      unmerged = false;
      return had;
    },
    periods: () => [...periods.keys()],
    steps: () => [...periods].filter(([, { isOld }]) => isOld).map(fillStep),
    drop(name) {
      periods.get(name)?.close();
      periods.delete(name);
      for (const end of ["", "-wal", "-shm"]) rmSync(join(folder, `${name}.db${end}`), { force: true });
    },
    noteMerged(seqs) {
      for (const [name, seq] of seqs) periods.get(name)?.noteMerged(seq);
    },
    close() {
      for (const period of periods.values()) period.close();
    },
  };
}
