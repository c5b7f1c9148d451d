import type { SQL } from "bun";
import type { BackgroundStep, StepState, StepStates } from "../../base/background-steps.ts";
import { marksOf, STRETCH_MS } from "../../history/facets.ts";
import { ACCOUNTS_FROM, EACH, NAME_KINDS, SPANS } from "../../history/usage-plan.ts";
import { gatherBatch } from "../../history/usage-sums.ts";
import { firstRow, idOf, type Queries, rowsOf } from "./connection.ts";
import { namedDelta, type RequestRow, recordOfRow } from "./history-store.ts";

/** How far changes of data in the background have come. */
export const STEP_STATES = `
  CREATE TABLE data_step (name text PRIMARY KEY, position text NOT NULL, rows bigint NOT NULL, done boolean NOT NULL)`;

export function postgresStepStates(sql: SQL): StepStates {
  return {
    async read() {
      const rows = await rowsOf<{ name: string; position: string; rows: bigint; done: boolean }>(
        sql,
        "SELECT name, position, rows, done FROM data_step",
      );
      return new Map(rows.map(({ name, rows: n, ...state }) => [name, { ...state, rows: Number(n) }]));
    },
    async write(name, { position, rows, done }) {
      await sql.unsafe(
        `INSERT INTO data_step VALUES ($1, $2, $3::bigint, $4::boolean)
         ON CONFLICT (name) DO UPDATE SET position = excluded.position, rows = excluded.rows, done = excluded.done`,
        [name, position, rows, done],
      );
    },
  };
}

const ROWS_A_PIECE = 500;
const LEAST = "0".repeat(32);

/** Locked, so that of two nodes one finds them done. */
const UNFILLED = `
  SELECT request_id, account_id, record FROM request WHERE request_id > $1::uuid AND what IS NULL
  ORDER BY request_id LIMIT ${ROWS_A_PIECE} FOR UPDATE`;

async function fillSome(transaction: Queries, position: string): Promise<StepState> {
  const rows = await rowsOf<RequestRow>(transaction, UNFILLED, [position === "" ? LEAST : position]);
  const last = rows.at(-1);
  if (!last) return { position, rows: 0, done: true };
  const records = rows.map(recordOfRow);
  const { facets, deltas } = gatherBatch(records);
  const entries = records.map(({ id }, at) => ({ id, ...facets[at] }));
  await transaction.unsafe(
    `UPDATE request r SET what = e.what, who = e.who
     FROM jsonb_to_recordset($1::text::jsonb) AS e(id uuid, what bigint, who bigint) WHERE r.request_id = e.id`,
    [JSON.stringify(entries)],
  );
  const marks = records.flatMap(({ at }, index) =>
    marksOf(facets[index]?.what ?? 0).map((value) => ({ value, stretch: Math.floor(at / STRETCH_MS) })),
  );
  await transaction.unsafe(
    `INSERT INTO request_mark SELECT DISTINCT e.value, e.stretch
     FROM jsonb_to_recordset($1::text::jsonb) AS e(value int, stretch bigint) ORDER BY 1, 2 ON CONFLICT DO NOTHING`,
    [JSON.stringify(marks)],
  );
  await transaction.unsafe("INSERT INTO usage_delta (deltas) VALUES ($1)", [
    JSON.stringify(deltas.map(namedDelta)),
  ]);
  return { position: idOf(last.request_id), rows: rows.length, done: rows.length < ROWS_A_PIECE };
}

const VALID = `SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass($1)`;

/** A partition whose index of accounts has no facets yet. */
const UNINDEXED = `
  SELECT t.relid::regclass::text AS name FROM pg_partition_tree('request') t
  WHERE t.isleaf AND NOT EXISTS (
    SELECT 1 FROM pg_inherits h JOIN pg_index i ON i.indexrelid = h.inhrelid
    WHERE h.inhparent = 'request_search'::regclass AND i.indrelid = t.relid) LIMIT 1`;

/** Any number: the name of the lock under which one node makes indexes and the like. */
const LOCK = 5_177_301_945n;

async function indexSome(queries: Queries): Promise<StepState> {
  const partition = await firstRow<{ name: string }>(queries, UNINDEXED);
  if (!partition) {
    await queries.unsafe("DROP INDEX IF EXISTS request_account");
    return { position: "", rows: 0, done: true };
  }
  const index = `${partition.name}_search`;
  const left = await firstRow<{ valid: boolean }>(queries, VALID, [index]);
  // What was cut off in the middle is of no use.
  if (left?.valid === false) await queries.unsafe(`DROP INDEX ${index}`);
  const columns = `${partition.name} (account_id, request_id) INCLUDE (what, who)`;
  await queries.unsafe(`CREATE INDEX CONCURRENTLY IF NOT EXISTS ${index} ON ${columns}`);
  await queries.unsafe(`ALTER INDEX request_search ATTACH PARTITION ${index}`);
  return { position: partition.name, rows: 1, done: false };
}

/** In the order in which merges do it: neither waits for the other while it is waited for. */
const FILL_NAMES = `
  INSERT INTO name_use SELECT DISTINCT kind, name, account_id FROM usage_sum
  CROSS JOIN LATERAL (VALUES ${NAME_KINDS.map((kind) => `('${kind}', ${kind})`).join(", ")}) n(kind, name)
  WHERE span = ${SPANS.day} AND account_id COLLATE "C" >= '${ACCOUNTS_FROM}' AND name <> ''
  ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING`;

async function nameAll(queries: Queries): Promise<StepState> {
  await queries.unsafe(FILL_NAMES);
  return { position: "", rows: 0, done: true };
}

/** Days of each account by account, with what ranks them; without the index the same is read from the table. */
async function indexEach(queries: Queries): Promise<StepState> {
  const left = await firstRow<{ valid: boolean }>(queries, VALID, ["usage_each"]);
  // What was cut off in the middle is of no use.
  if (left?.valid === false) await queries.unsafe("DROP INDEX usage_each");
  await queries.unsafe(
    `CREATE INDEX CONCURRENTLY IF NOT EXISTS usage_each ON usage_sum (key_id, bucket) INCLUDE (charged, requests)
     WHERE span = ${SPANS.day} AND account_id = '${EACH}'`,
  );
  return { position: "", rows: 0, done: true };
}

/** On a connection of its own, which may take its time. */
async function alone(sql: SQL, work: (queries: Queries) => Promise<StepState>): Promise<StepState> {
  const connection = await sql.reserve();
  try {
    const lock = await firstRow<{ got: boolean }>(
      connection,
      "SELECT pg_try_advisory_lock($1::bigint) AS got",
      [LOCK],
    );
    if (!lock?.got) return { position: "", rows: 0, done: false };
    await connection.unsafe("SET statement_timeout = 0");
    const state = await work(connection);
    await connection.unsafe("RESET statement_timeout");
    await connection.unsafe("SELECT pg_advisory_unlock($1::bigint)", [LOCK]);
    return state;
  } catch (fault) {
    // It ends with its lock and its settings.
    await connection.close();
    throw fault;
  } finally {
    connection.release();
  }
}

/** What brings a history of earlier versions up to date. */
export function postgresHistorySteps(sql: SQL): BackgroundStep[] {
  return [
    {
      name: "facets and sums of old requests",
      run: (position) => sql.begin((transaction) => fillSome(transaction, position)),
    },
    { name: "index of accounts with facets", run: () => alone(sql, indexSome) },
    { name: "accounts of users and projects", run: () => alone(sql, nameAll) },
    { name: "index of accounts' days", run: () => alone(sql, indexEach) },
  ];
}
