import { SQL } from "bun";
import { withoutDashes } from "../../base/id.ts";

/** What runs statements: the pool, or one transaction of it. */
export type Queries = Pick<SQL, "unsafe">;

/** Statements of one node at once; PostgreSQL's own limit is shared by all nodes. */
const CONNECTIONS_MAX = 10;
const CONNECT_TIMEOUT_S = 5;

/**
 * A pool on one database, connected when it is first used. Integers of eight bytes come back as bigint.
 * No statement and no forgotten transaction holds its locks for ever: both have a limit in the server.
 */
export function openPool(url: string, connectionsMax = CONNECTIONS_MAX): SQL {
  return new SQL(url, {
    bigint: true,
    max: connectionsMax,
    connectionTimeout: CONNECT_TIMEOUT_S,
    connection: {
      application_name: "quoin",
      statement_timeout: 60_000,
      idle_in_transaction_session_timeout: 60_000,
    },
  });
}

/** The rows that a statement answers, in the types that its columns have. */
export async function rowsOf<Row>(
  sql: Queries,
  statement: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const rows: Row[] = await sql.unsafe(statement, [...values]);
  return rows;
}

export async function firstRow<Row>(
  sql: Queries,
  statement: string,
  values: readonly unknown[] = [],
): Promise<Row | undefined> {
  const [row] = await rowsOf<Row>(sql, statement, values);
  return row;
}

/** An id as PostgreSQL writes it, in our own form of 32 digits. */
export function idOf(uuid: string): string {
  return withoutDashes(uuid);
}

/** Rejects when `work` takes longer than `ms`; whether it was done is then unknown. */
export async function answeredWithin<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`PostgreSQL did not answer ${what} within ${ms} ms`)), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
