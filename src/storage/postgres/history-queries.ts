import type { SQL } from "bun";
import { leastId, timeOfId } from "../../base/id.ts";
import type { RequestRecord } from "../../core/request-record.ts";
import { STRETCH_MS } from "../../history/facets.ts";
import type { HistoryQueries, HistorySize } from "../../history/queries.ts";
import type { RequestFilter } from "../../history/search.ts";
import {
  type Interval,
  type Range,
  type RequestIndex,
  searchOver,
  type Times,
} from "../../history/search-plan.ts";
import type { HistoryUpkeep } from "../../history/upkeep.ts";
import { BUCKET_MS, inOne } from "../../history/usage.ts";
import { nameWanted } from "../../history/usage-plan.ts";
import { firstRow, idOf, rowsOf } from "./connection.ts";
import { type RequestRow, recordOfRow } from "./history-store.ts";
import { usageReader } from "./usage-reader.ts";
import { hoursCondition, hoursWith, mergeUsage, requestsSince } from "./usage-tables.ts";

const COLUMNS = "r.request_id, r.account_id, r.record";

/**
 * Rows of before there were facets pass until those are filled in. As a CASE, which the planner takes to hold for
 * half of the rows: of conditions on bits it expects next to none, and would sort what the index has in order.
 */
const passes = (row: string): string =>
  `CASE WHEN (${row}.what & $1::bigint) = $2::bigint AND (${row}.who & $3::bigint) = $4::bigint OR ${row}.what IS NULL
     THEN true ELSE false END`;

/** Ids of one interval. The index of accounts has all that is asked here, so an account's are read there alone. */
function idsIn(low: string, high: string, ofAccount: boolean): string {
  return `SELECT q.request_id FROM request q WHERE q.request_id >= ${low} AND q.request_id < ${high} AND ${passes("q")}
    ${ofAccount ? "AND q.account_id = $6::uuid" : ""} ORDER BY q.request_id DESC LIMIT $5::int`;
}

/** Interval by interval, in their order: it ends with the one that has the last row that is wanted. */
function idsInEach(low: string, high: string, ofAccount: boolean): string {
  return `SELECT f.request_id FROM unnest(${low}::text::uuid[], ${high}::text::uuid[]) AS i(low, high)
    CROSS JOIN LATERAL (${idsIn("i.low", "i.high", ofAccount)}) f LIMIT $5::int`;
}

async function scanIntervals(
  sql: SQL,
  { accountId, mask }: Range,
  intervals: readonly Interval[],
  limit: number,
): Promise<RequestRecord[]> {
  const [only] = intervals;
  if (!only) return [];
  const ofAccount = accountId !== undefined;
  const values = [mask.what, mask.whatIs, mask.who, mask.whoIs, limit, ...(ofAccount ? [accountId] : [])];
  const [low, high] = [`$${values.length + 1}`, `$${values.length + 2}`];
  const array = (end: keyof Interval) => `{${intervals.map((interval) => interval[end]).join(",")}}`;
  const single = intervals.length === 1;
  const ids = single ? idsIn(`${low}::uuid`, `${high}::uuid`, ofAccount) : idsInEach(low, high, ofAccount);
  // With its bounds, so that the months beside are not looked at for each id.
  const rows = await rowsOf<RequestRow>(
    sql,
    `SELECT ${COLUMNS} FROM request r WHERE r.request_id = ANY (ARRAY(${ids}))
       AND r.request_id >= $${values.length + 3}::uuid AND r.request_id < $${values.length + 4}::uuid`,
    [
      ...values,
      ...(single ? [only.from, only.to] : [array("from"), array("to")]),
      ...[intervals.at(-1)?.from, only.to],
    ],
  );
  return rows.map(recordOfRow).sort((a, b) => (a.id < b.id ? 1 : -1));
}

const HOUR_OF = (stretch: string): string => `(${stretch} * ${STRETCH_MS} / ${BUCKET_MS.hour})::int`;

/** Stretches with all of the marks; of those, where a filter is given, the ones that touch one of its hours. */
async function marked(
  sql: SQL,
  marks: readonly number[],
  { from, before }: Times,
  limit: number,
  within?: RequestFilter,
): Promise<number[]> {
  const [first = 0, ...rest] = marks;
  const values = [first, Math.ceil(from / STRETCH_MS), Math.ceil(before / STRETCH_MS), limit, ...rest];
  const joins = rest.map(
    (_, at) => ` JOIN request_mark m${at} ON m${at}.value = $${at + 5}::int AND m${at}.stretch = m.stretch`,
  );
  const touched = within && hoursCondition(within, values.length + 1);
  const bucket = `s.bucket IN (${HOUR_OF("m.stretch")}, ${HOUR_OF("(m.stretch + 1)")})`;
  const rows = await rowsOf<{ stretch: bigint }>(
    sql,
    `SELECT m.stretch FROM request_mark m${joins.join("")}
     WHERE m.value = $1::int AND m.stretch >= $2::bigint AND m.stretch < $3::bigint
       ${touched ? `AND EXISTS (SELECT 1 FROM usage_sum s WHERE ${touched.where} AND ${bucket})` : ""}
     ORDER BY m.stretch DESC LIMIT $4::int`,
    [...values, ...(touched?.values ?? [])],
  );
  return rows.map(({ stretch }) => Number(stretch) * STRETCH_MS);
}

async function accountsWith(sql: SQL, filter: RequestFilter, limit: number): Promise<string[]> {
  const { keyId } = filter;
  const [statement, values] =
    keyId === undefined
      ? ["name_use WHERE kind = $1 AND name = $2 ORDER BY 1 LIMIT $3::int", [...nameWanted(filter), limit]]
      : ["key_use WHERE key_id = $1", [keyId]];
  const rows = await rowsOf<{ account_id: string }>(sql, `SELECT account_id FROM ${statement}`, values);
  return rows.map(({ account_id }) => account_id);
}

async function idBefore(sql: SQL, { from, to }: Interval, rows: number): Promise<string | undefined> {
  const row = await firstRow<{ request_id: string }>(
    sql,
    `SELECT request_id FROM request WHERE request_id >= $1::uuid AND request_id < $2::uuid
     ORDER BY request_id DESC LIMIT 1 OFFSET $3::int`,
    [from, to, rows],
  );
  return row && idOf(row.request_id);
}

/** @param merged brings the sums up to date, which are asked for by some searches only */
function indexIn(sql: SQL, merged: () => Promise<void>): RequestIndex {
  return {
    scan: (range, limit) => scanIntervals(sql, range, [range], limit),
    scanIntervals: (range, intervals, limit) => scanIntervals(sql, range, intervals, limit),
    marked: (marks, times, limit) => marked(sql, marks, times, limit),
    async markedInHours(marks, filter, times, limit) {
      await merged();
      return await marked(sql, marks, times, limit, filter);
    },
    async hoursOf(filter, { from, before }, limit) {
      await merged();
      const [first, last] = [Math.ceil(from / BUCKET_MS.hour), Math.ceil(before / BUCKET_MS.hour)];
      return (await hoursWith(sql, filter, Math.max(0, first), last, limit)).map(
        (hour) => hour * BUCKET_MS.hour,
      );
    },
    async accountsWith(filter, limit) {
      await merged();
      return await accountsWith(sql, filter, limit);
    },
    idBefore: (interval, rows) => idBefore(sql, interval, rows),
  };
}

async function sizeOf(sql: SQL): Promise<HistorySize> {
  const oldest = await firstRow<{ request_id: string }>(
    sql,
    "SELECT request_id FROM request ORDER BY request_id LIMIT 1",
  );
  const size = await firstRow<{ bytes: bigint }>(
    sql,
    `SELECT (coalesce(sum(pg_total_relation_size(relid)), 0) + pg_total_relation_size('usage_sum')
       + pg_total_relation_size('request_mark'))::bigint AS bytes FROM pg_partition_tree('request')`,
  );
  const oldestAt = oldest && timeOfId(idOf(oldest.request_id));
  const rows = oldestAt === undefined ? 0 : await requestsSince(sql, Math.floor(oldestAt / BUCKET_MS.day));
  return { rows, bytes: Number(size?.bytes ?? 0n), oldestAt };
}

/**
 * One merge of this node at a time. Who asks while one runs waits for the next, which has all that was there; all who
 * wait share it, and no connections are held by waiting.
 */
function mergesInTurn(sql: SQL): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  function begin(): Promise<void> {
    running = mergeUsage(sql).finally(() => {
      running = undefined;
    });
    return running;
  }
  return () => {
    if (!running) return begin();
    const go = (): Promise<void> => {
      next = undefined;
      return begin();
    };
    // What became of the one before is told to those who asked for that.
    next ??= running.then(go, go);
    return next;
  };
}

/** What people ask of the history in PostgreSQL, which does the work beside the nodes. */
export function postgresHistoryQueries(sql: SQL): HistoryQueries {
  const usage = usageReader(sql);
  const merge = mergesInTurn(sql);
  return {
    async searchRequests(search) {
      let merged: Promise<void> | undefined;
      const index = indexIn(sql, () => {
        merged ??= merge();
        return merged;
      });
      return await searchOver(index, search, Date.now());
    },
    async findRequest(id) {
      const row = await firstRow<RequestRow>(
        sql,
        `SELECT ${COLUMNS} FROM request r WHERE request_id = $1::uuid`,
        [id],
      );
      return row && recordOfRow(row);
    },
    async usageOver(asked) {
      await merge();
      return await inOne((visit) => usage.usageParts(asked, visit));
    },
    async usageParts(asked, visit) {
      await merge();
      await usage.usageParts(asked, visit);
    },
    async activeAccounts(asked) {
      await merge();
      return await usage.activeAccounts(asked);
    },
    async lastUsed(keyIds) {
      await merge();
      const rows = await rowsOf<{ key_id: string; at: bigint }>(
        sql,
        "SELECT key_id, at FROM key_use WHERE key_id = ANY($1::text::text[])",
        [`{${keyIds.join(",")}}`],
      );
      return new Map(rows.map(({ key_id, at }) => [key_id, Number(at)]));
    },
    async size() {
      await merge();
      return await sizeOf(sql);
    },
  };
}

const PARTITION = /^request_(\d{4})_(\d{2})$/;

/** Months' partitions that end at a time or before. */
async function oldPartitions(sql: SQL, before: number): Promise<string[]> {
  const rows = await rowsOf<{ name: string }>(
    sql,
    "SELECT relid::regclass::text AS name FROM pg_partition_tree('request')",
  );
  return rows
    .map(({ name }) => name)
    .filter((name) => {
      const [, year, month] = PARTITION.exec(name) ?? [];
      return year !== undefined && Date.UTC(Number(year), Number(month), 1) <= before;
    })
    .sort();
}

async function dropMonths(sql: SQL, before: number): Promise<string[]> {
  const names = await oldPartitions(sql, before);
  for (const name of names) {
    await sql.begin(async (transaction) => {
      // Writers wait behind whoever waits for this lock: better to try again later than to hold them up.
      await transaction.unsafe("SET LOCAL lock_timeout = '2s'");
      await transaction.unsafe(`DROP TABLE IF EXISTS ${name}`);
    });
  }
  const month = new Date(before);
  const start = Date.UTC(month.getUTCFullYear(), month.getUTCMonth(), 1);
  await sql.unsafe("DELETE FROM request_other WHERE request_id < $1::uuid", [leastId(start)]);
  await sql.unsafe("DELETE FROM request_mark WHERE stretch < $1::bigint", [Math.floor(start / STRETCH_MS)]);
  return names;
}

export function postgresHistoryUpkeep(sql: SQL): HistoryUpkeep {
  return { merge: () => mergeUsage(sql), drop: (before) => dropMonths(sql, before) };
}
