import type { SQL } from "bun";
import {
  type ActiveAccounts,
  activeOf,
  inParts,
  type UsageQuery,
  type UsageSpan,
  type UsageVisitor,
} from "../../history/usage.ts";
import {
  ACCOUNTS_FROM,
  asksForEach,
  EACH,
  planUsage,
  SPANS,
  TOTAL,
  type UsagePlan,
  wholeBuckets,
} from "../../history/usage-plan.ts";
import { DIMENSIONS, MONEY_COLUMNS, SUM_COLUMNS, sumsOfRow } from "../../history/usage-sums.ts";
import { type Queries, rowsOf } from "./connection.ts";
import { WITHOUT_JIT } from "./usage-tables.ts";

/** Counts are far below 2^53, and quicker to read as such; money is exact. */
const ALONE = SUM_COLUMNS.map((name, at) =>
  MONEY_COLUMNS.has(at) ? `s.${name}` : `s.${name}::float8 AS ${name}`,
).join(", ");
const SUMS = SUM_COLUMNS.map((name, at) =>
  MONEY_COLUMNS.has(at) ? `sum(s.${name})::bigint AS ${name}` : `sum(s.${name}::float8) AS ${name}`,
).join(", ");
/** Rows of one account each have no other names. */
const NO_NAMES = DIMENSIONS.filter((name) => name !== "key_id")
  .map((name) => `r.${name} = ''`)
  .join(" AND ");

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The rows of a plan as a condition, and its values. */
function rowsWanted({ span, from, to, accountId }: UsagePlan): Statement {
  const whose = accountId === undefined ? 's.account_id COLLATE "C" >= $4' : "s.account_id = $4";
  return {
    text: `s.span = $1::smallint AND s.bucket >= $2::int AND s.bucket < $3::int AND ${whose}`,
    values: [span, from, to, accountId ?? ACCOUNTS_FROM],
  };
}

/**
 * Days of each account have an index of their own (history-steps.ts); as literals, so that the planner sees that it
 * has all of them. Hours have none: there are too many.
 */
function isIndexed({ accountId, span }: UsagePlan): boolean {
  return accountId === EACH && span === SPANS.day;
}

const INDEXED = `s.span = ${SPANS.day} AND s.account_id = '${EACH}' AND s.bucket >= $2::int AND s.bucket < $3::int
  AND $1::smallint = ${SPANS.day} AND $4 = '${EACH}'`;

/** The names of the groups that were charged most. */
async function mostCharged(sql: Queries, plan: UsagePlan, groupsMax: number): Promise<string[]> {
  const { text, values } = rowsWanted(plan);
  const rows = await rowsOf<{ name: string }>(
    sql,
    `SELECT ${nameIn(plan)} AS name FROM usage_sum s WHERE ${isIndexed(plan) ? INDEXED : text}
     GROUP BY 1 ORDER BY sum(s.charged) DESC, sum(s.requests) DESC, 1 LIMIT $5::int`,
    [...values, groupsMax],
  );
  return rows.map(({ name }) => name);
}

function nameIn({ column }: UsagePlan): string {
  return column === undefined ? "''" : `s.${column}`;
}

/** Names without an id are of requests of nobody. */
async function countActive(sql: Queries, plan: UsagePlan): Promise<ActiveAccounts> {
  const { text, values } = rowsWanted(plan);
  const name = nameIn(plan);
  const rows = `FROM usage_sum s WHERE ${isIndexed(plan) ? INDEXED : text} AND ${name} <> ''`;
  const found = await rowsOf<{ bucket: number | null; accounts: bigint }>(
    sql,
    `SELECT NULL::int AS bucket, count(*) AS accounts FROM (SELECT 1 ${rows} GROUP BY ${name}) n
     UNION ALL
     SELECT s.bucket, count(${plan.accountId === EACH ? "*" : `DISTINCT ${name}`}) ${rows} GROUP BY 1
     ORDER BY 1 NULLS FIRST`,
    values,
  );
  return activeOf(found, plan.widthMs);
}

/** The rows of some accounts, each of which is looked up: of all of them these are few. */
const LOOKED_UP = `generate_series($2::int, $3::int - 1) AS b(bucket)
  CROSS JOIN jsonb_array_elements_text($5::text::jsonb) AS n(name)
  CROSS JOIN LATERAL (
    SELECT * FROM usage_sum r WHERE r.span = $1::smallint AND r.account_id = $4 AND r.bucket = b.bucket
      AND r.key_id = n.name AND ${NO_NAMES} LIMIT 1) s`;

/** Of all, and of each account, there is one row for a bucket: nothing is to be summed. */
function rowsAlone(plan: UsagePlan, names: readonly string[] | undefined): Statement {
  const { text, values } = rowsWanted(plan);
  const columns = `SELECT s.bucket, ${nameIn(plan)} AS name, ${ALONE} FROM`;
  return names
    ? { text: `${columns} ${LOOKED_UP} ORDER BY 1, 2`, values: [...values, JSON.stringify(names)] }
    : { text: `${columns} usage_sum s WHERE ${text} ORDER BY 1, 2`, values };
}

function rowsSummed(plan: UsagePlan, names: readonly string[] | undefined): Statement {
  const { text, values } = rowsWanted(plan);
  const name = nameIn(plan);
  // As an expression, so that the rows are walked once and not once for each name.
  const named = names && ` AND ${name} || '' = ANY(ARRAY(SELECT jsonb_array_elements_text($5::text::jsonb)))`;
  return {
    text: `SELECT s.bucket, ${name} AS name, ${SUMS} FROM usage_sum s WHERE ${text}${named ?? ""}
      GROUP BY 1, 2 ORDER BY 1, 2`,
    values: names ? [...values, JSON.stringify(names)] : values,
  };
}

type Row = Readonly<Record<string, bigint | number | string>>;

/** Read in one go: a few milliseconds of the loop, and few round trips, each of which waits its turn in a busy process. */
const ROWS_A_FETCH = 400;

/** Rows some at a time, so that nothing else waits for thousands of them to be read. */
async function fetchEach(
  sql: SQL,
  { text, values }: Statement,
  visit: (rows: readonly Row[]) => void,
): Promise<void> {
  await sql.begin(async (transaction) => {
    await transaction.unsafe(WITHOUT_JIT);
    await transaction.unsafe(`DECLARE found NO SCROLL CURSOR FOR ${text}`, [...values]);
    for (;;) {
      const rows = await rowsOf<Row>(transaction, `FETCH FORWARD ${ROWS_A_FETCH} FROM found`);
      visit(rows);
      if (rows.length < ROWS_A_FETCH) return;
    }
  });
}

/** Reads the sums of hours and days. */
export function usageReader(sql: SQL) {
  const whole = wholeBuckets();

  /** Whether the rows of each account, one by one, have all requests that the total has. */
  async function eachIsWhole(plan: UsagePlan): Promise<boolean> {
    const { span, from, to } = plan;
    const unknown = whole.unknown(
      span,
      Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at),
    );
    const [first] = unknown;
    const last = unknown.at(-1);
    if (first === undefined || last === undefined) return true;
    const each = { ...plan, accountId: EACH, from: first, to: last + 1 };
    const { text, values } = rowsWanted(each);
    const rows = await rowsOf<{ bucket: number }>(
      sql,
      `SELECT t.bucket FROM usage_sum t LEFT JOIN (
         SELECT s.bucket, sum(s.requests) AS requests FROM usage_sum s WHERE ${isIndexed(each) ? INDEXED : text} GROUP BY 1
       ) e ON e.bucket = t.bucket
       WHERE t.span = $1::smallint AND t.account_id = '${TOTAL}' AND t.bucket >= $2::int AND t.bucket < $3::int
         AND t.requests IS DISTINCT FROM e.requests`,
      values,
    );
    const lacking = new Set(rows.map(({ bucket }) => Number(bucket)));
    for (const bucket of unknown) if (!lacking.has(bucket)) whole.note(span, bucket);
    return lacking.size === 0;
  }

  async function planOf(asked: UsageQuery): Promise<UsagePlan> {
    return planUsage(asked, asksForEach(asked) && (await eachIsWhole(planUsage(asked))));
  }

  return {
    async activeAccounts(asked: UsageSpan): Promise<ActiveAccounts> {
      return await countActive(sql, await planOf({ ...asked, groupBy: "account" }));
    },
    async usageParts(asked: UsageQuery, visit: UsageVisitor): Promise<void> {
      const plan = await planOf(asked);
      const { groupsMax } = asked;
      const names = groupsMax === undefined ? undefined : await mostCharged(sql, plan, groupsMax);
      const isAlone = plan.accountId === EACH || plan.accountId === TOTAL;
      const parts = inParts(visit);
      await fetchEach(sql, (isAlone ? rowsAlone : rowsSummed)(plan, names), (rows) => {
        for (const row of rows)
          parts.add({ at: Number(row.bucket) * plan.widthMs, group: String(row.name), ...sumsOfRow(row) });
      });
      parts.end();
    },
  };
}
