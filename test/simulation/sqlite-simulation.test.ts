import { expect, test } from "bun:test";
import { explain, runSeeds, seedRange } from "./run-seeds.ts";
import { sqliteStorage } from "./sqlite-server.ts";
import type { Setup } from "./world.ts";

const setup: Setup = {
  embedded: true,
  storage: (clock, random) =>
    sqliteStorage({
      clock,
      random,
      transparent: random.chance(0.5),
      onFatal: (cause) => {
        throw new Error(`the ledger gave up on its disk: ${String(cause)}`, { cause });
      },
    }),
};

test(
  "no crash and no power cut breaks a promise of the ledger on SQLite",
  async () => {
    const started = performance.now();
    const run = await runSeeds(seedRange(100), setup);
    if (run.failure) throw new Error(await explain(run.failure, setup), { cause: run.failure.cause });
    const seconds = (performance.now() - started) / 1_000;
    const { seeds, finished, told, cut } = run;
    console.log(
      `SQLite: ${seeds} seeds, ${Math.round(seeds / seconds)} a second: ${finished} answers finished, ` +
        `${told} refused or failed, ${cut} cut`,
    );
    expect(finished).toBeGreaterThan(seeds);
  },
  { timeout: 600_000 },
);
