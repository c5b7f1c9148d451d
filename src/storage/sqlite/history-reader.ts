import { Database } from "bun:sqlite";
import { closeSync, existsSync, fdatasyncSync, mkdirSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import { idBytes, idText, leastId, timeOfId } from "../../base/id.ts";
import type { RequestRecord } from "../../core/request-record.ts";
import { STRETCH_MS } from "../../history/facets.ts";
import type { HistoryQueries, HistorySize } from "../../history/queries.ts";
import {
  type Interval,
  type Range,
  type RequestIndex,
  searchOver,
  type Times,
} from "../../history/search-plan.ts";
import { BUCKET_MS, inOne } from "../../history/usage.ts";
import type { UsageDelta } from "../../history/usage-sums.ts";
import { decodeRecord, type StoredRecord } from "../record-text.ts";
import { periodBounds, periodsIn } from "./history-period.ts";
import { openUsageTables, type UsageTables } from "./usage-tables.ts";

/** Deltas taken in one transaction: few enough that a question waits some tens of milliseconds at most. */
const DELTAS_A_MERGE = 64;

interface ReadPeriod {
  readonly name: string;
  readonly db: Database;
  readonly from: string;
  readonly to: string;
}

/** The files of a history, opened to be read, newest first; what was dropped is let go. */
function periodFiles(folder: string) {
  const open = new Map<string, ReadPeriod>();
  function openOne(name: string): ReadPeriod {
    const db = new Database(join(folder, `${name}.db`), {
      readwrite: true,
      safeIntegers: true,
      strict: true,
    });
    db.exec("PRAGMA query_only = 1; PRAGMA busy_timeout = 5000;");
    const { from, to } = periodBounds(name);
    const period = { name, db, from: leastId(from), to: leastId(to) };
    open.set(name, period);
    return period;
  }
  return {
    all(): ReadPeriod[] {
      const names = existsSync(folder) ? periodsIn(folder) : [];
      for (const [name, { db }] of open) {
        if (names.includes(name)) continue;
        db.close();
        open.delete(name);
      }
      return names.map((name) => open.get(name) ?? openOne(name));
    },
    close(): void {
      for (const { db } of open.values()) db.close();
    },
  };
}

type PeriodFiles = ReturnType<typeof periodFiles>;

const COLUMNS = "request_id, account_id, record";
/** Rows of before there were facets pass until those are filled in. */
const PASSES = "((what & ?3) = ?4 AND (who & ?5) = ?6 OR what IS NULL)";

function scanOne({ db }: ReadPeriod, { accountId, from, to, mask }: Range, limit: number): RequestRecord[] {
  const values = [idBytes(from), idBytes(to), mask.what, mask.whatIs, mask.who, mask.whoIs, limit];
  const where = `request_id >= ?1 AND request_id < ?2 AND ${PASSES}`;
  if (accountId === undefined) {
    const query = db.query<StoredRecord, typeof values>(
      `SELECT ${COLUMNS} FROM request WHERE ${where} ORDER BY request_id DESC LIMIT ?7`,
    );
    return query.all(...values).map(decodeRecord);
  }
  const ids = db.query<{ request_id: Uint8Array }, typeof values>(
    `SELECT request_id FROM request WHERE account_id = ?8 AND ${where} ORDER BY request_id DESC LIMIT ?7`,
  );
  const one = db.query<StoredRecord, [Uint8Array]>(`SELECT ${COLUMNS} FROM request WHERE request_id = ?`);
  return ids
    .all(...values, idBytes(accountId))
    .map(({ request_id }) => one.get(request_id))
    .filter((row) => row !== null)
    .map(decodeRecord);
}

/** Records before the first period or after the last lie in none: ids and times differ by a moment. */
function scan(files: PeriodFiles, range: Range, limit: number): RequestRecord[] {
  const rows: RequestRecord[] = [];
  for (const period of files.all()) {
    if (rows.length >= limit) break;
    if (mayHold(period, range)) rows.push(...scanOne(period, range, limit - rows.length));
  }
  return rows;
}

const MOMENT_MS = 1_000;

function mayHold(period: ReadPeriod, { from, to }: Interval): boolean {
  const bounds = periodBounds(period.name);
  return timeOfId(to) > bounds.from - MOMENT_MS && timeOfId(from) < bounds.to + MOMENT_MS;
}

/** Stretches with all of the marks, newest first, as long as they are asked for. */
function* markedIn(
  db: Database,
  marks: readonly number[],
  from: number,
  before: number,
): Generator<number, void> {
  const joins = marks
    .slice(1)
    .map((_, at) => ` JOIN mark m${at} ON m${at}.value = ?${at + 4} AND m${at}.stretch = m.stretch`);
  const query = db.query<{ stretch: bigint }, number[]>(
    `SELECT m.stretch FROM mark m${joins.join("")} WHERE m.value = ?1 AND m.stretch >= ?2 AND m.stretch < ?3
     ORDER BY m.stretch DESC`,
  );
  const [first = 0, ...rest] = marks;
  for (const { stretch } of query.iterate(first, from, before, ...rest)) yield Number(stretch);
}

function marked(
  files: PeriodFiles,
  marks: readonly number[],
  { from, before }: Times,
  limit: number,
  counts: (start: number) => boolean = () => true,
): number[] {
  const [first, last] = [Math.ceil(from / STRETCH_MS), Math.ceil(before / STRETCH_MS)];
  const starts = new Set<number>();
  for (const { db } of files.all()) {
    // One more: the last of a month may be the first of the next one, too.
    const wanted = starts.size + limit + 1;
    if (starts.size >= limit) break;
    for (const stretch of markedIn(db, marks, first, last)) {
      if (starts.size >= wanted) break;
      if (counts(stretch * STRETCH_MS)) starts.add(stretch * STRETCH_MS);
    }
  }
  return [...starts].sort((a, b) => b - a).slice(0, limit);
}

/** The id before which so many requests of the interval are, in the newest files that reach so far. */
function idBefore(files: PeriodFiles, interval: Interval, rows: number): string | undefined {
  let left = rows;
  for (const period of files.all()) {
    if (!mayHold(period, interval)) continue;
    const range = [idBytes(interval.from), idBytes(interval.to)] as const;
    const where = "request_id >= ?1 AND request_id < ?2";
    const query = period.db.query<{ request_id: Uint8Array }, [Uint8Array, Uint8Array, number]>(
      `SELECT request_id FROM request WHERE ${where} ORDER BY request_id DESC LIMIT 1 OFFSET ?3`,
    );
    const found = query.get(...range, left);
    if (found) return idText(found.request_id);
    const count = period.db.query<{ n: bigint }, [Uint8Array, Uint8Array]>(
      `SELECT count(*) AS n FROM request WHERE ${where}`,
    );
    left -= Number(count.get(...range)?.n ?? 0n);
  }
  return undefined;
}

/** @param sums those of usage, up to date: some searches ask for them */
function indexOver(files: PeriodFiles, sums: () => UsageTables): RequestIndex {
  return {
    scan: (range, limit) => scan(files, range, limit),
    scanIntervals(range, intervals, limit) {
      const rows: RequestRecord[] = [];
      for (const interval of intervals) {
        if (rows.length >= limit) break;
        rows.push(...scan(files, { ...range, ...interval }, limit - rows.length));
      }
      return rows;
    },
    marked: (marks, times, limit) => marked(files, marks, times, limit),
    markedInHours(marks, filter, times, limit) {
      const has = sums().hoursOf(filter);
      return marked(files, marks, times, limit, (start) => has(start) || has(start + STRETCH_MS));
    },
    hoursOf(filter, { from, before }, limit) {
      const [first, last] = [Math.ceil(from / BUCKET_MS.hour), Math.ceil(before / BUCKET_MS.hour)];
      return sums()
        .hoursWith(filter, first, last, limit)
        .map((hour) => hour * BUCKET_MS.hour);
    },
    accountsWith: (filter, limit) => sums().accountsWith(filter, limit),
    idBefore: (interval, rows) => idBefore(files, interval, rows),
  };
}

function sizeOf(folder: string, files: PeriodFiles, usage: UsageTables): HistorySize {
  let rows = 0;
  let bytes = 0;
  let oldestAt: number | undefined;
  for (const { name, db } of files.all()) {
    const { from, to } = periodBounds(name);
    rows += usage.requestsBetween(from / BUCKET_MS.day, to / BUCKET_MS.day);
    for (const end of ["", "-wal"]) bytes += bytesOf(join(folder, `${name}.db${end}`));
    const oldest = db
      .query<{ id: Uint8Array | null }, []>("SELECT min(request_id) AS id FROM request")
      .get()?.id;
    if (oldest) oldestAt = timeOfId(oldest.toHex());
  }
  return { rows, bytes: bytes + bytesOf(join(folder, "usage.db")), oldestAt };
}

const bytesOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** What was read of a file is on the disk when it returns: a power cut must not undo records whose sums are kept. */
function syncLog(file: string): void {
  const handle = openSync(`${file}-wal`, "r+");
  try {
    fdatasyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Takes what one period has that the sums have not. @returns the last delta that they have */
function mergePeriod(folder: string, { name, db }: ReadPeriod, usage: UsageTables): number {
  const query = db.query<{ seq: bigint; deltas: string }, [number, number]>(
    "SELECT seq, deltas FROM usage_delta WHERE seq > ? ORDER BY seq LIMIT ?",
  );
  for (;;) {
    const seq = usage.mergedUpTo(name);
    const rows = query.all(seq, DELTAS_A_MERGE);
    const last = rows.at(-1);
    if (!last) return seq;
    syncLog(join(folder, `${name}.db`));
    usage.merge(
      name,
      Number(last.seq),
      rows.flatMap(({ deltas }) => JSON.parse(deltas) as UsageDelta[]),
    );
  }
}

export interface HistoryReader extends HistoryQueries {
  /** Brings the sums of usage up to date. @returns for each period the last delta that they have */
  merge(): Promise<ReadonlyMap<string, number>>;
  close(): void;
}

/** What people ask of a home's history. It reads the files for itself, and is meant for a thread of its own. */
export function openHistoryReader(folder: string): HistoryReader {
  mkdirSync(folder, { recursive: true });
  const files = periodFiles(folder);
  const usage = openUsageTables(folder);
  const merge = () => new Map(files.all().map((period) => [period.name, mergePeriod(folder, period, usage)]));
  return {
    async searchRequests(search) {
      let isMerged = false;
      const index = indexOver(files, () => {
        if (!isMerged) merge();
        isMerged = true;
        return usage;
      });
      return await searchOver(index, search, Date.now());
    },
    async findRequest(id) {
      for (const { db } of files.all()) {
        const query = db.query<StoredRecord, [Uint8Array]>(
          `SELECT ${COLUMNS} FROM request WHERE request_id = ?`,
        );
        const row = query.get(idBytes(id));
        if (row) return decodeRecord(row);
      }
      return undefined;
    },
    async usageOver(asked) {
      merge();
      return await inOne((visit) => usage.usageParts(asked, visit));
    },
    async usageParts(asked, visit) {
      merge();
      usage.usageParts(asked, visit);
    },
    async activeAccounts(asked) {
      merge();
      return usage.activeAccounts(asked);
    },
    async lastUsed(keyIds) {
      merge();
      const uses = keyIds.map((keyId): [string, number | undefined] => [keyId, usage.keyUsedAt(keyId)]);
      return new Map(uses.filter((pair): pair is [string, number] => pair[1] !== undefined));
    },
    async size() {
      merge();
      return sizeOf(folder, files, usage);
    },
    merge: async () => merge(),
    close() {
      files.close();
      usage.close();
    },
  };
}
