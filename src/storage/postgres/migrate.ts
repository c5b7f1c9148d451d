import type { SQL } from "bun";
import { firstRow } from "./connection.ts";
import { MIGRATIONS } from "./migrations.ts";

/** Any number, the same in every version: the name of the lock under which tables are changed. */
const LOCK = 5_177_301_942n;

/** Brings the tables to this version, once, however many nodes start together. */
export async function migrate(sql: SQL): Promise<void> {
  await sql.begin(async (transaction) => {
    await transaction.unsafe("SELECT pg_advisory_xact_lock($1::bigint)", [LOCK]);
    await transaction.unsafe("CREATE TABLE IF NOT EXISTS quoin_schema (version int NOT NULL)").simple();
    const row = await firstRow<{ version: number }>(transaction, "SELECT version FROM quoin_schema");
    const version = row?.version ?? 0;
    if (version > MIGRATIONS.length) {
      throw new Error(
        `this database was written by a newer Quoin (schema ${version}, known here: ${MIGRATIONS.length}); start that version.`,
      );
    }
    if (version === MIGRATIONS.length) return;
    for (const step of MIGRATIONS.slice(version)) await transaction.unsafe(step).simple();
    const write = row
      ? "UPDATE quoin_schema SET version = $1::int"
      : "INSERT INTO quoin_schema VALUES ($1::int)";
    await transaction.unsafe(write, [MIGRATIONS.length]);
  });
}
