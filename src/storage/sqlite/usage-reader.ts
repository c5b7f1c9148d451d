import type { Database } from "bun:sqlite";
import { isFaulty, type RequestFilter } from "../../history/search.ts";
import {
  type ActiveAccounts,
  activeOf,
  BUCKET_MS,
  inParts,
  type UsageBucket,
  type UsageQuery,
  type UsageSpan,
  type UsageVisitor,
} from "../../history/usage.ts";
import {
  ACCOUNTS_FROM,
  asksForEach,
  dimensionsWanted,
  EACH,
  EVERYONE,
  HOURS_A_DAY,
  planUsage,
  SPANS,
  TOTAL,
  type UsagePlan,
  wholeBuckets,
} from "../../history/usage-plan.ts";
import { SUM_COLUMNS, sumsOfRow } from "../../history/usage-sums.ts";
import { type BucketRows, bucketRows } from "./bucket-rows.ts";

const SUMS = SUM_COLUMNS.map((name) => `sum(${name}) AS ${name}`).join(", ");

/** What to read of each bucket. */
interface Read extends Omit<UsagePlan, "column"> {
  readonly column: string;
  readonly buckets: readonly number[];
}

function whose({ accountId }: Read): string {
  return `span = ?1 AND bucket = ?2 AND account_id ${accountId === undefined ? ">=" : "="} ?3`;
}

/** As a JSON list in one order, so that the same names are the same question. */
const namesIn = (names: readonly string[]): string => JSON.stringify(names.toSorted());

/** The names of the groups that were charged most over all buckets. */
function mostCharged(db: Database, read: Read, groupsMax: number): string {
  const query = db.query<{ name: string; charged: bigint; requests: bigint }, [number, number, string]>(
    `SELECT ${read.column} AS name, sum(charged) AS charged, sum(requests) AS requests FROM usage_sum
     WHERE ${whose(read)} GROUP BY 1 HAVING count(*) > 0`,
  );
  const totals = new Map<string, { charged: bigint; requests: bigint }>();
  for (const bucket of read.buckets) {
    for (const row of query.all(read.span, bucket, read.accountId ?? ACCOUNTS_FROM)) {
      const known = totals.get(row.name) ?? { charged: 0n, requests: 0n };
      totals.set(row.name, {
        charged: known.charged + row.charged,
        requests: known.requests + row.requests,
      });
    }
  }
  const sorted = [...totals].sort(
    ([, a], [, b]) => Number(b.charged - a.charged) || Number(b.requests - a.requests),
  );
  return namesIn(sorted.slice(0, groupsMax).map(([name]) => name));
}

/** Of all accounts over some days, from an index that has nothing else. */
function mostChargedDays(db: Database, [first = 0, ...others]: readonly number[], groupsMax: number): string {
  const query = db.query<{ name: string }, [number, number, number]>(
    `SELECT key_id AS name FROM usage_sum INDEXED BY usage_each
     WHERE span = ${SPANS.day} AND account_id = '${EACH}' AND bucket >= ? AND bucket <= ?
     GROUP BY 1 ORDER BY sum(charged) DESC, sum(requests) DESC, 1 LIMIT ?`,
  );
  return namesIn(query.all(first, others.at(-1) ?? first, groupsMax).map(({ name }) => name));
}

/** Of days that follow each other, from an index that has nothing else; a name without an id is of requests of nobody. */
const ACTIVE_DAYS = `FROM usage_sum INDEXED BY usage_each
  WHERE span = ${SPANS.day} AND account_id = '${EACH}' AND bucket BETWEEN ?1 ->> 0 AND ?1 ->> '$[#-1]' AND key_id <> ''`;

/** Which rows say who was there. */
function activeRows({ span, accountId, column }: Read): string {
  if (accountId === EACH && span === SPANS.day) return ACTIVE_DAYS;
  const whose = accountId === EACH ? `= '${EACH}'` : `>= '${ACCOUNTS_FROM}'`;
  return `FROM usage_sum WHERE span = ${span} AND bucket IN (SELECT value FROM json_each(?1))
    AND account_id ${whose} AND ${column} <> ''`;
}

function countActive(db: Database, read: Read): ActiveAccounts {
  const rows = activeRows(read);
  const query = db.query<{ bucket: bigint | null; accounts: bigint }, [string]>(
    `SELECT NULL AS bucket, count(*) AS accounts FROM (SELECT 1 ${rows} GROUP BY ${read.column})
     UNION ALL
     SELECT * FROM (SELECT bucket, count(${read.accountId === EACH ? "*" : `DISTINCT ${read.column}`}) ${rows} GROUP BY 1 ORDER BY 1)`,
  );
  return activeOf(query.all(JSON.stringify(read.buckets)), read.widthMs);
}

/**
 * The rows of one bucket, of some groups alone where there are names. Of all, and of each account, there is one row:
 * nothing is to be summed.
 */
function rowsReader(db: Database, read: Read, names: string | undefined) {
  const isAlone = read.accountId === EACH || read.accountId === TOTAL;
  const sums = isAlone ? SUM_COLUMNS.join(", ") : SUMS;
  const { span, accountId = ACCOUNTS_FROM, column, widthMs } = read;
  const named = names === undefined ? "" : ` AND ${column} IN (SELECT value FROM json_each(?4))`;
  const query = db.query<Record<string, bigint | string>, (number | string)[]>(
    `SELECT ${column} AS name, ${sums} FROM usage_sum WHERE ${whose(read)}${named}
     ${isAlone ? "" : "GROUP BY 1 HAVING count(*) > 0"} ORDER BY 1`,
  );
  return (bucket: number): UsageBucket[] =>
    query
      .all(span, bucket, accountId, ...(names === undefined ? [] : [names]))
      .map((row) => ({ at: bucket * widthMs, group: String(row.name), ...sumsOfRow(row) }));
}

/** Rows that are kept for the next who asks, some kilobyte each. */
const KEPT_ROWS_MAX = 10_000;

/** What was read before; others may write, too, which the database's own counter tells. */
function keptRows(db: Database): () => BucketRows<UsageBucket> {
  const kept = bucketRows<UsageBucket>(KEPT_ROWS_MAX);
  const version = db.prepare<{ data_version: bigint }, []>("PRAGMA data_version");
  let seen: bigint | undefined;
  return () => {
    const now = version.get()?.data_version;
    if (now !== seen) kept.forget();
    seen = now;
    return kept;
  };
}

/** Whether an hour or a day, by its number, has requests of the filter's account that may be meant; asked once each. */
function bucketReader(db: Database, filter: RequestFilter) {
  const wanted = dimensionsWanted(filter);
  const also = wanted.map(([name]) => ` AND ${name} = ?`).join("");
  const query = db.query<{ found: bigint }, (number | string)[]>(
    `SELECT 1 AS found FROM usage_sum WHERE span = ? AND bucket = ? AND account_id = ?${also}${isFaulty(filter) ? " AND faulty > 0" : ""} LIMIT 1`,
  );
  const values = [filter.accountId ?? EVERYONE, ...wanted.map(([, value]) => value)];
  const known = { hour: new Map<number, boolean>(), day: new Map<number, boolean>() };
  return (span: keyof typeof SPANS, bucket: number): boolean => {
    const has = known[span].get(bucket) ?? query.get(SPANS[span], bucket, ...values) !== null;
    known[span].set(bucket, has);
    return has;
  };
}

/** The number of the first hour, or day, that has sums. */
function oldestReader(db: Database) {
  const oldestHour = db.prepare<{ bucket: bigint | null }, []>(
    `SELECT min(bucket) AS bucket FROM usage_sum WHERE span = ${SPANS.hour}`,
  );
  return (bucket: UsageQuery["bucket"]): number => {
    const hour = Number(oldestHour.get()?.bucket ?? Number.MAX_SAFE_INTEGER);
    return bucket === "hour" ? hour : Math.floor(hour / HOURS_A_DAY);
  };
}

/** Which hours have requests of a filter. */
function hourSearch(db: Database, oldestBucket: ReturnType<typeof oldestReader>) {
  return {
    /** Of numbers of hours from one on and before another, the newest with such requests. */
    hoursWith(filter: RequestFilter, from: number, before: number, limit: number): number[] {
      const first = Math.max(from, oldestBucket("hour"));
      const has = bucketReader(db, filter);
      const found: number[] = [];
      for (let hour = before - 1; hour >= first && found.length < limit; hour--) {
        const day = Math.floor(hour / HOURS_A_DAY);
        if (!has("day", day)) hour = day * HOURS_A_DAY;
        else if (has("hour", hour)) found.push(hour);
      }
      return found;
    },
    /** Tells of times whether the hour of each has such requests. */
    hoursOf(filter: RequestFilter): (at: number) => boolean {
      const has = bucketReader(db, filter);
      return (at) => has("hour", Math.floor(at / BUCKET_MS.hour));
    },
  };
}

/** How many requests the rows of each account have, one by one, in some hours or days. */
function eachReader(db: Database) {
  const ofBucket = db.prepare<{ n: bigint | null }, [number, number]>(
    `SELECT sum(requests) AS n FROM usage_sum WHERE span = ? AND bucket = ? AND account_id = '${EACH}'`,
  );
  // Of days there is an index that has nothing else, where the rows themselves are a hundred times as much to read.
  const ofDays = db.prepare<{ bucket: bigint; n: bigint }, [number, number]>(
    `SELECT bucket, sum(requests) AS n FROM usage_sum INDEXED BY usage_each
     WHERE span = ${SPANS.day} AND account_id = '${EACH}' AND bucket BETWEEN ? AND ? GROUP BY 1`,
  );
  return (span: number, buckets: readonly number[]): ((bucket: number) => bigint) => {
    if (span !== SPANS.day) return (bucket) => ofBucket.get(span, bucket)?.n ?? 0n;
    const days = ofDays.all(Math.min(...buckets), Math.max(...buckets));
    const known = new Map(days.map(({ bucket, n }) => [Number(bucket), n]));
    return (bucket) => known.get(bucket) ?? 0n;
  };
}

/** Tells whether the rows of each account have all requests that the total has. */
function wholeReader(db: Database): (span: number, buckets: readonly number[]) => boolean {
  const requestsOfAll = db.prepare<{ n: bigint | null }, [number, number]>(
    `SELECT sum(requests) AS n FROM usage_sum WHERE span = ? AND bucket = ? AND account_id = '${TOTAL}'`,
  );
  const requestsOfEach = eachReader(db);
  const whole = wholeBuckets();
  return (span, buckets) => {
    const unknown = whole.unknown(span, buckets);
    if (unknown.length === 0) return true;
    const ofEach = requestsOfEach(span, unknown);
    for (const bucket of unknown) {
      if (ofEach(bucket) !== (requestsOfAll.get(span, bucket)?.n ?? 0n)) return false;
      whole.note(span, bucket);
    }
    return true;
  };
}

/** Reads the sums hour by hour, or day by day: rows of one account lie together there. */
export function usageReader(db: Database) {
  const oldestBucket = oldestReader(db);
  const isWhole = wholeReader(db);
  const kept = keptRows(db);

  function readOf(asked: UsageQuery): Read {
    const { span, from, to } = planUsage(asked);
    const first = Math.max(from, oldestBucket(asked.bucket));
    const buckets = Array.from({ length: Math.max(0, to - first) }, (_, at) => first + at);
    const plan = planUsage(asked, asksForEach(asked) && isWhole(span, buckets));
    return { ...plan, column: plan.column ?? "''", buckets };
  }

  function namesOf(read: Read, groupsMax: number | undefined): string | undefined {
    if (groupsMax === undefined) return undefined;
    const ofDays = read.accountId === EACH && read.span === SPANS.day;
    return ofDays ? mostChargedDays(db, read.buckets, groupsMax) : mostCharged(db, read, groupsMax);
  }

  function usageParts(asked: UsageQuery, visit: UsageVisitor): void {
    const read = readOf(asked);
    const names = namesOf(read, asked.groupsMax);
    const rowsOf = rowsReader(db, read, names);
    const question = JSON.stringify([read.accountId, read.column, names]);
    const parts = inParts(visit);
    const known = kept();
    for (const bucket of read.buckets) {
      for (const row of known.rowsOf(read.span, bucket, question, () => rowsOf(bucket))) parts.add(row);
    }
    parts.end();
  }

  return {
    usageParts,
    /** Told of every hour that this connection adds to. */
    changed(hour: number): void {
      const known = kept();
      known.changed(SPANS.hour, hour);
      known.changed(SPANS.day, Math.floor(hour / HOURS_A_DAY));
    },
    activeAccounts: (asked: UsageSpan) => countActive(db, readOf({ ...asked, groupBy: "account" })),
    ...hourSearch(db, oldestBucket),
  };
}
