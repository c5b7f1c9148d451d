import type { Database } from "bun:sqlite";
import { isFaulty, type RequestFilter } from "../../history/search.ts";
import type { UsageBucket, UsageQuery } from "../../history/usage.ts";
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
} from "../../history/usage-plan.ts";
import { SUM_COLUMNS, sumsOfRow } from "../../history/usage-sums.ts";

const SUMS = SUM_COLUMNS.map((name) => `sum(${name}) AS ${name}`).join(", ");

/** What to read of each bucket. */
interface Read extends Omit<UsagePlan, "column"> {
  readonly column: string;
  readonly buckets: readonly number[];
}

function whose({ accountId }: Read): string {
  return `span = ?1 AND bucket = ?2 AND account_id ${accountId === undefined ? ">=" : "="} ?3`;
}

/** The names of the groups that were charged most over all buckets, as a JSON list. */
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
  return JSON.stringify(sorted.slice(0, groupsMax).map(([name]) => name));
}

/** Whether the rows of each account, one by one, have all requests that the total has. */
function eachIsWhole(db: Database, { span, buckets }: Pick<Read, "span" | "buckets">): boolean {
  const requests = db.query<{ n: bigint | null }, [number, number, string]>(
    "SELECT sum(requests) AS n FROM usage_sum WHERE span = ? AND bucket = ? AND account_id = ?",
  );
  return buckets.every(
    (bucket) => requests.get(span, bucket, EACH)?.n === requests.get(span, bucket, TOTAL)?.n,
  );
}

/** Reads the sums hour by hour, or day by day: rows of one account lie together there. */
export function usageReader(db: Database) {
  const oldestHour = db.prepare<{ bucket: bigint | null }, []>(
    `SELECT min(bucket) AS bucket FROM usage_sum WHERE span = ${SPANS.hour}`,
  );
  function oldestBucket(bucket: UsageQuery["bucket"]): number {
    const hour = Number(oldestHour.get()?.bucket ?? Number.MAX_SAFE_INTEGER);
    return bucket === "hour" ? hour : Math.floor(hour / HOURS_A_DAY);
  }

  function readOf(asked: UsageQuery): Read {
    const { span, from, to } = planUsage(asked);
    const first = Math.max(from, oldestBucket(asked.bucket));
    const buckets = Array.from({ length: Math.max(0, to - first) }, (_, at) => first + at);
    const plan = planUsage(asked, asksForEach(asked) && eachIsWhole(db, { span, buckets }));
    return { ...plan, column: plan.column ?? "''", buckets };
  }

  return {
    usageOver(asked: UsageQuery): UsageBucket[] {
      const read = readOf(asked);
      const { span, widthMs, accountId = ACCOUNTS_FROM, column } = read;
      const { groupsMax } = asked;
      const names = groupsMax === undefined ? null : mostCharged(db, read, groupsMax);
      const rows = db.query<Record<string, bigint | string>, [number, number, string, string | null]>(
        `SELECT ${column} AS name, ${SUMS} FROM usage_sum
         WHERE ${whose(read)} AND (?4 IS NULL OR ${column} IN (SELECT value FROM json_each(?4)))
         GROUP BY 1 HAVING count(*) > 0 ORDER BY 1`,
      );
      return read.buckets.flatMap((bucket) =>
        rows
          .all(span, bucket, accountId, names)
          .map((row) => ({ at: bucket * widthMs, group: String(row.name), ...sumsOfRow(row) })),
      );
    },
    /** Of numbers of hours from one on and before another, the newest with such requests. */
    hoursWith(filter: RequestFilter, from: number, before: number, limit: number): number[] {
      const wanted = dimensionsWanted(filter);
      const also = wanted.map(([name]) => ` AND ${name} = ?`).join("");
      const has = db.query<{ found: bigint }, (number | string)[]>(
        `SELECT 1 AS found FROM usage_sum WHERE span = ${SPANS.hour} AND bucket = ? AND account_id = ?${also}${isFaulty(filter) ? " AND faulty > 0" : ""} LIMIT 1`,
      );
      const values = wanted.map(([, value]) => value);
      const found: number[] = [];
      const first = Math.max(from, oldestBucket("hour"));
      for (let hour = before - 1; hour >= first && found.length < limit; hour--)
        if (has.get(hour, filter.accountId ?? EVERYONE, ...values)) found.push(hour);
      return found;
    },
  };
}
