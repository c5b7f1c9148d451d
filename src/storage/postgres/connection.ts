import { SQL } from "bun";
import { withoutDashes } from "../../base/id.ts";
import { StoreAway } from "../../core/errors.ts";

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

/** Connections that are made anew when those that there are have gone silent. */
export interface RenewablePool {
  /** Always of the newest connections. */
  readonly sql: SQL;
  /** What still waits for an answer is rejected, and asked for anew by whoever needs it. */
  renew(): void;
}

/** The client itself waits for ever on a connection whose other end has gone without a word. */
export function renewablePool(url: string, connectionsMax?: number): RenewablePool {
  let current = openPool(url, connectionsMax);
  return {
    sql: new Proxy(current, {
      get(_, name) {
        const member: unknown = Reflect.get(current, name);
        return typeof member === "function" ? member.bind(current) : member;
      },
    }),
    renew() {
      const silent = current;
      current = openPool(url, connectionsMax);
      // Its statements are rejected one by one; that closing it says so too adds nothing.
      silent.close({ timeout: 0 }).catch(() => undefined);
    },
  };
}

/** The client's own words for a connection, and classes 08, 53 and 57P of SQLSTATE: PostgreSQL ends, begins or is full. */
function isAway(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  const { code, errno } = cause as { readonly code?: unknown; readonly errno?: unknown };
  return /^ERR_POSTGRES_CONNECTION/.test(String(code)) || /^(?:08|53|57P)/.test(String(errno));
}

/**
 * The same pool for what a request waits for: a statement that takes longer than `ms`, or has no connection,
 * rejects with StoreAway. It gives promises only: no `.simple()`.
 */
export function impatient(sql: SQL, ms: number): SQL {
  return new Proxy(sql, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (name !== "unsafe" || typeof member !== "function") return member;
      return async (...args: unknown[]) => {
        try {
          return await answeredWithin(ms, "a request's question", member.apply(target, args));
        } catch (cause) {
          if (isAway(cause)) throw new StoreAway("PostgreSQL is out of reach", { cause });
          throw cause;
        }
      };
    },
  });
}

/** Rejects with StoreAway when `work` takes longer than `ms`; whether it was done is then unknown. */
export async function answeredWithin<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new StoreAway(`PostgreSQL did not answer ${what} within ${ms} ms`)),
    ms,
  );
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
