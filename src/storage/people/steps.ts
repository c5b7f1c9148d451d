import type { Awaitable } from "../../base/awaitable.ts";

/** An id among the values of a statement: 16 bytes in SQLite, a uuid in PostgreSQL. */
export interface IdValue {
  readonly id: string;
}

export type Value = string | number | bigint | null | Uint8Array | IdValue;

/**
 * A statement in the SQL that SQLite and PostgreSQL both read: `$1` for values, with PostgreSQL's casts, which
 * SQLite is not shown. Columns whose names end with `_id` hold ids, and come back as our 32 digits.
 */
export interface Statement {
  readonly text: string;
  readonly values: readonly Value[];
}

/**
 * Work on the tables as a generator of statements: SQLite runs it in one turn of the loop, so that nothing else
 * comes between, PostgreSQL over its connection; the text of both is one.
 */
export type Steps<Result> = Generator<Statement, Result, readonly object[]>;

export interface Runner {
  /** Outside a transaction: for one statement that only reads. */
  read<Result>(steps: Steps<Result>): Awaitable<Result>;
  /**
   * In one transaction, durable when it is done; an error undoes all of it.
   * @throws UniqueTaken where somebody else wrote a value in the same moment that only one row may have
   */
  write<Result>(steps: Steps<Result>): Awaitable<Result>;
}

/** Steps that look whether a value is taken may all find it free; the database lets one of them have it. */
export class UniqueTaken extends Error {}

export function idValue(id: string): IdValue {
  return { id };
}

export function idOrNull(id: string | undefined): IdValue | null {
  return id === undefined ? null : { id };
}

/** The rows that a statement answers; `Row` says what its columns are. */
export function* rows<Row extends object>(text: string, ...values: readonly Value[]): Steps<readonly Row[]> {
  return (yield { text, values }) as readonly Row[];
}

export function* first<Row extends object>(
  text: string,
  ...values: readonly Value[]
): Steps<Row | undefined> {
  return (yield* rows<Row>(text, ...values))[0];
}

/** Whether a statement that ends in RETURNING 1 did anything. */
export function* did(text: string, ...values: readonly Value[]): Steps<boolean> {
  return (yield* rows(text, ...values)).length > 0;
}

/** A time that may be missing. */
export function timeOf(at: bigint | null): number | undefined {
  return at === null ? undefined : Number(at);
}
