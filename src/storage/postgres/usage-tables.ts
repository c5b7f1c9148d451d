import type { SQL } from "bun";
import { isFaulty, type RequestFilter } from "../../history/search.ts";
import {
  dimensionsWanted,
  EACH,
  EVERYONE,
  HOURS_A_DAY,
  NAME_KINDS,
  SPANS,
  TOTAL,
} from "../../history/usage-plan.ts";
import { DIMENSIONS, SUM_COLUMNS } from "../../history/usage-sums.ts";
import { firstRow, type Queries, rowsOf } from "./connection.ts";

/** Any number: the name of the lock under which one node merges at a time. */
const LOCK = 5_177_301_944n;
/**
 * Sixty columns compiled to machine code take a hundred milliseconds, for what runs three: PostgreSQL does so from a
 * guess of many rows on.
 */
export const WITHOUT_JIT = "SET LOCAL jit = off";
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
  named AS (
    INSERT INTO name_use SELECT DISTINCT kind, name, account_id FROM given
    CROSS JOIN LATERAL (VALUES ${NAME_KINDS.map((kind) => `('${kind}', ${kind})`).join(", ")}) n(kind, name)
    WHERE name <> '' ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING),
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
      await transaction.unsafe(`${WITHOUT_JIT}; SELECT pg_advisory_xact_lock(${LOCK})`).simple();
      return await firstRow<{ n: bigint }>(transaction, MERGE);
    });
    if (Number(taken?.n ?? 0n) < DELTAS_A_MERGE) return;
  }
}

interface Condition {
  readonly where: string;
  readonly values: readonly string[];
}

/** Which rows of hours `s` say that the filter's account has such requests; `first`: the number of its first value. */
export function hoursCondition(filter: RequestFilter, first: number): Condition {
  const wanted = dimensionsWanted(filter);
  const also = wanted.map(([name], at) => ` AND s.${name} = $${first + 1 + at}`).join("");
  return {
    where: `s.span = ${SPANS.hour} AND s.account_id = $${first}${also}${isFaulty(filter) ? " AND s.faulty > 0" : ""}`,
    values: [filter.accountId ?? EVERYONE, ...wanted.map(([, value]) => value)],
  };
}

/** Of numbers of hours from one on and before another, the newest with such requests of the filter's account. */
export async function hoursWith(
  sql: Queries,
  filter: RequestFilter,
  from: number,
  before: number,
  limit: number,
): Promise<number[]> {
  const { where, values } = hoursCondition(filter, 4);
  const rows = await rowsOf<{ bucket: number }>(
    sql,
    `SELECT DISTINCT s.bucket FROM usage_sum s WHERE ${where} AND s.bucket >= $1::int AND s.bucket < $2::int
     ORDER BY s.bucket DESC LIMIT $3::int`,
    [from, before, limit, ...values],
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
