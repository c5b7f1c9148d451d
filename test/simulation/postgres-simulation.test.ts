import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { hasPostgres } from "../support/postgres.ts";
import { type SimulatedDatabase, simulatedDatabase } from "./postgres-server.ts";
import { explain, runSeeds, SEEDS_MS, seedRange } from "./run-seeds.ts";
import type { Setup } from "./world.ts";

describe.if(hasPostgres("the simulation on PostgreSQL"))("nodes that share a database", () => {
  let database: SimulatedDatabase;
  beforeAll(async () => {
    database = await simulatedDatabase();
  }, 60_000);
  afterAll(() => database.close());

  test(
    "no fault breaks a promise of the ledger on PostgreSQL",
    async () => {
      const setup: Setup = { real: true, storage: (clock, random) => database.storage(clock, random) };
      const started = performance.now();
      const run = await runSeeds(seedRange(200), setup);
      if (run.failure) throw new Error(await explain(run.failure, setup), { cause: run.failure.cause });
      const seconds = (performance.now() - started) / 1_000;
      const { seeds, finished, told, cut } = run;
      console.log(
        `PostgreSQL: ${seeds} seeds, ${Math.round(seeds / seconds)} a second: ${finished} answers finished, ` +
          `${told} refused or failed, ${cut} cut`,
      );
      expect(finished).toBeGreaterThan(seeds);
    },
    { timeout: SEEDS_MS },
  );
});
