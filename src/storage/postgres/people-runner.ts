import type { SQL } from "bun";
import { type Runner, type Statement, type Steps, UniqueTaken, type Value } from "../people/steps.ts";
import { idOf, type Queries, rowsOf } from "./connection.ts";

function bound(value: Value): unknown {
  return typeof value === "object" && value !== null && "id" in value ? value.id : value;
}

function withIds(row: Record<string, unknown>): object {
  for (const [name, value] of Object.entries(row))
    if (name.endsWith("_id") && typeof value === "string") row[name] = idOf(value);
  return row;
}

async function run(sql: Queries, { text, values }: Statement): Promise<object[]> {
  const found = await rowsOf<Record<string, unknown>>(sql, text, values.map(bound));
  return found.map(withIds);
}

async function drive<Result>(sql: Queries, steps: Steps<Result>): Promise<Result> {
  let turn = steps.next();
  while (!turn.done) turn = steps.next(await run(sql, turn.value));
  return turn.value;
}

const UNIQUE_VIOLATION = "23505";

async function orTaken<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (cause) {
    const isTaken = cause instanceof Error && "errno" in cause && cause.errno === UNIQUE_VIOLATION;
    throw isTaken ? new UniqueTaken("another row has that value", { cause }) : cause;
  }
}

/** Runs steps on a connection of the pool; what changes something in a transaction of its own. */
export function postgresRunner(sql: SQL): Runner {
  return {
    read: (steps) => drive(sql, steps),
    write: (steps) => orTaken(sql.begin((transaction) => drive(transaction, steps))),
  };
}
