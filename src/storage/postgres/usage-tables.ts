import type { SQL } from "bun";
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
import { DIMENSIONS, SUM_COLUMNS, sumsOfRow } from "../../history/usage-sums.ts";
import { firstRow, type Queries, rowsOf } from "./connection.ts";

/** Any number: the name of the lock under which one node merges at a time. */
const LOCK = 5_177_301_944n;
/** Deltas taken in one transaction. */
const DELTAS_A_MERGE = 256;

const KEPT_OF_ALL = new Set(["model", "upstream", "program"]);
/** Of an account all names are kept, of everyone some, of the total none; one of many accounts lies where keys do. */
const NAMES = DIMENSIONS.map((name) => {
  const each = name === "key_id" ? " WHEN owner = 3 THEN account_id" : "";
  return `CASE WHEN owner <= ${KEPT_OF_ALL.has(name) ? 1 : 0} THEN ${name}${each} ELSE '' END AS ${name}`;
});
const SUMS = SUM_COLUMNS.map((name) => `coalesce(sum(${name}), 0)::bigint AS ${name}`).join(", ");

/** Takes the oldest deltas into the sums of hours and days, of accounts and of all. Answers how many it took. */
const MERGE = `
  WITH gone AS (
    DELETE FROM usage_delta
    WHERE delta_id IN (SELECT delta_id FROM usage_delta ORDER BY delta_id LIMIT ${DELTAS_A_MERGE}) RETURNING deltas),
  given AS MATERIALIZED (
    SELECT e.* FROM gone CROSS JOIN LATERAL jsonb_to_recordset(gone.deltas::jsonb) AS e(
      hour int, account_id text, ${DIMENSIONS.map((name) => `${name} text,`).join(" ")}
      ${SUM_COLUMNS.map((name) => `${name} bigint,`).join(" ")} last_at bigint)),
  used AS (
    INSERT INTO key_use SELECT key_id, max(account_id), max(last_at) FROM given WHERE key_id <> '' GROUP BY 1 ORDER BY 1
    ON CONFLICT (key_id) DO UPDATE SET at = greatest(key_use.at, excluded.at), account_id = excluded.account_id),
  spread AS (
    SELECT span, CASE owner WHEN 0 THEN account_id WHEN 1 THEN '${EVERYONE}' WHEN 2 THEN '${TOTAL}' ELSE '${EACH}' END AS account_id,
      CASE span WHEN ${SPANS.hour} THEN hour ELSE hour / ${HOURS_A_DAY} END AS bucket,
      ${NAMES.join(", ")}, ${SUM_COLUMNS.join(", ")}
    FROM given CROSS JOIN (VALUES (${SPANS.hour}), (${SPANS.day})) s(span) CROSS JOIN (VALUES (0), (1), (2), (3)) o(owner)),
  added AS (
    INSERT INTO usage_sum (span, account_id, bucket, ${DIMENSIONS.join(", ")}, ${SUM_COLUMNS.join(", ")})
    SELECT span, account_id, bucket, ${DIMENSIONS.join(", ")}, ${SUMS} FROM spread
    GROUP BY span, account_id, bucket, ${DIMENSIONS.join(", ")} ORDER BY 1, 2, 3
    ON CONFLICT (span, account_id, bucket, ${DIMENSIONS.join(", ")})
    DO UPDATE SET ${SUM_COLUMNS.map((name) => `${name} = usage_sum.${name} + excluded.${name}`).join(", ")})
  SELECT count(*) AS n FROM gone`;

/** Brings the sums up to date; nodes take turns. */
export async function mergeUsage(sql: SQL): Promise<void> {
  for (;;) {
    if ((await rowsOf(sql, "SELECT 1 FROM usage_delta LIMIT 1")).length === 0) return;
    const taken = await sql.begin(async (transaction) => {
      await transaction.unsafe("SELECT pg_advisory_xact_lock($1::bigint)", [LOCK]);
      return await firstRow<{ n: bigint }>(transaction, MERGE);
    });
    if (Number(taken?.n ?? 0n) < DELTAS_A_MERGE) return;
  }
}

/** Whether the rows of each account, one by one, have all requests that the total has. */
async function eachIsWhole(sql: Queries, { span, from, to }: UsagePlan): Promise<boolean> {
  const requests = (owner: string) =>
    `(SELECT coalesce(sum(requests), 0) FROM usage_sum WHERE span = $1::smallint AND account_id = '${owner}'
       AND bucket >= $2::int AND bucket < $3::int)`;
  const statement = `SELECT ${requests(EACH)} = ${requests(TOTAL)} AS whole`;
  return (await firstRow<{ whole: boolean }>(sql, statement, [span, from, to]))?.whole ?? false;
}

/** The names of the groups that were charged most; undefined where all are wanted. */
async function mostCharged(
  sql: Queries,
  column: string,
  where: string,
  values: readonly unknown[],
  groupsMax: number | undefined,
): Promise<string[] | undefined> {
  if (groupsMax === undefined) return undefined;
  const rows = await rowsOf<{ name: string }>(
    sql,
    `SELECT ${column} AS name FROM usage_sum WHERE ${where}
     GROUP BY 1 ORDER BY sum(charged) DESC, sum(requests) DESC, 1 LIMIT $5::int`,
    [...values, groupsMax],
  );
  return rows.map(({ name }) => name);
}

export async function usageOver(sql: Queries, asked: UsageQuery): Promise<UsageBucket[]> {
  const byEach = asksForEach(asked) && (await eachIsWhole(sql, planUsage(asked)));
  const plan = planUsage(asked, byEach);
  const { span, from, to, widthMs, accountId } = plan;
  const column = plan.column ?? "''";
  const whose = accountId === undefined ? 'account_id COLLATE "C" >= $4' : "account_id = $4";
  const where = `span = $1::smallint AND bucket >= $2::int AND bucket < $3::int AND ${whose}`;
  const values = [span, from, to, accountId ?? ACCOUNTS_FROM];
  const names = await mostCharged(sql, column, where, values, asked.groupsMax);
  // As an expression, so that the rows are walked once and not once for each name.
  const named =
    names && ` AND ${column} || '' = ANY(ARRAY(SELECT jsonb_array_elements_text($5::text::jsonb)))`;
  const rows = await rowsOf<Record<string, bigint | string>>(
    sql,
    `SELECT bucket, ${column} AS name, ${SUMS} FROM usage_sum WHERE ${where}${named ?? ""}
     GROUP BY 1, 2 ORDER BY 1, 2`,
    names ? [...values, JSON.stringify(names)] : values,
  );
  return rows.map((row) => ({
    at: Number(row.bucket) * widthMs,
    group: String(row.name),
    ...sumsOfRow(row),
  }));
}

/** Of numbers of hours from one on and before another, the newest with such requests of the filter's account. */
export async function hoursWith(
  sql: Queries,
  filter: RequestFilter,
  from: number,
  before: number,
  limit: number,
): Promise<number[]> {
  const wanted = dimensionsWanted(filter);
  const also = wanted.map(([name], at) => ` AND ${name} = $${at + 5}`).join("");
  const rows = await rowsOf<{ bucket: number }>(
    sql,
    `SELECT DISTINCT bucket FROM usage_sum
     WHERE span = ${SPANS.hour} AND account_id = $1 AND bucket >= $2::int AND bucket < $3::int${also}
       ${isFaulty(filter) ? "AND faulty > 0" : ""}
     ORDER BY bucket DESC LIMIT $4::int`,
    [filter.accountId ?? EVERYONE, from, before, limit, ...wanted.map(([, value]) => value)],
  );
  return rows.map(({ bucket }) => Number(bucket));
}

/** Requests that arrived on a day or later, by its number. */
export async function requestsSince(sql: Queries, day: number): Promise<number> {
  const row = await firstRow<{ n: bigint }>(
    sql,
    `SELECT coalesce(sum(requests), 0)::bigint AS n FROM usage_sum
     WHERE span = ${SPANS.day} AND account_id = '${TOTAL}' AND bucket >= $1::int`,
    [day],
  );
  return Number(row?.n ?? 0n);
}
