import type { SQL } from "bun";
import { leastId } from "../../base/id.ts";

/** Months made ahead: a node that runs longer than that without a start leaves rows to the default partition. */
const MONTHS_AHEAD = 12;

/**
 * Rows are never changed, and an index alone answers for those that a vacuum has seen: by the server's own default that
 * waits for a fifth of a table, which in a month that is over never comes.
 */
export const VACUUMED_OFTEN = "(autovacuum_vacuum_insert_scale_factor = 0.02)";

/** Partitions of this month and the next ones, by the ids' own time; those that cannot be made leave the default. */
export async function ensurePartitions(sql: SQL, now: number): Promise<void> {
  const first = new Date(now);
  for (const table of ["charge", "request"]) {
    for (let ahead = 0; ahead < MONTHS_AHEAD; ahead++) {
      const from = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + ahead, 1);
      const to = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + ahead + 1, 1);
      const name = `${table}_${new Date(from).toISOString().slice(0, 7).replace("-", "_")}`;
      await sql.unsafe(
        `DO $$ BEGIN
           IF to_regclass('${name}') IS NULL THEN
             PERFORM pg_advisory_xact_lock(5177301943);
             CREATE TABLE IF NOT EXISTS ${name} PARTITION OF ${table} FOR VALUES FROM ('${leastId(from)}') TO ('${leastId(to)}') WITH ${VACUUMED_OFTEN};
           END IF;
         EXCEPTION WHEN check_violation THEN NULL; -- The default has rows of that month already, and keeps them.
         END $$`,
      );
    }
  }
}
