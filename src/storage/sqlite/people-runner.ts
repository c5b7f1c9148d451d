import type { Database, SQLQueryBindings } from "bun:sqlite";
import { idBytes, idText } from "../../base/id.ts";
import type { Runner, Statement, Steps, Value } from "../people/steps.ts";
import { durably } from "./database.ts";

/** `WHERE a = $1::uuid FOR UPDATE` → `WHERE a = ?1`: here a transaction locks everything anyway. */
function inSqlite(text: string): string {
  return text
    .replaceAll(/::[a-z]+/g, "")
    .replaceAll(/\$(?=\d)/g, "?")
    .replaceAll(/ FOR UPDATE\b/g, "");
}

function bound(value: Value): SQLQueryBindings {
  return typeof value === "object" && value !== null && "id" in value ? idBytes(value.id) : value;
}

function withIds(row: Record<string, unknown>): object {
  for (const [name, value] of Object.entries(row))
    if (name.endsWith("_id") && value instanceof Uint8Array) row[name] = idText(value);
  return row;
}

/** Runs steps on the database's one connection, each to its end at once. */
export function sqliteRunner(db: Database): Runner {
  const texts = new Map<string, string>();

  function run({ text, values }: Statement): object[] {
    const known = texts.get(text) ?? inSqlite(text);
    texts.set(text, known);
    const found = db.query<Record<string, unknown>, SQLQueryBindings[]>(known).all(...values.map(bound));
    return found.map(withIds);
  }

  function drive<Result>(steps: Steps<Result>): Result {
    let turn = steps.next();
    while (!turn.done) turn = steps.next(run(turn.value));
    return turn.value;
  }

  return { read: drive, write: (steps) => durably(db, () => drive(steps)) };
}
