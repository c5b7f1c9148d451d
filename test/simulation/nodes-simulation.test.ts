import { expect, test } from "bun:test";
import { explain, runSeeds, SEEDS_MS, seedRange } from "./run-seeds.ts";
import { sharedMemory } from "./store-server.ts";
import { type Setup, simulate } from "./world.ts";

const setup: Setup = { storage: (clock) => sharedMemory(clock) };

test(
  "no fault breaks a promise of the ledger while nodes share its store",
  async () => {
    const started = performance.now();
    const run = await runSeeds(seedRange(800), setup);
    if (run.failure) throw new Error(await explain(run.failure, setup), { cause: run.failure.cause });
    const seconds = (performance.now() - started) / 1_000;
    const { seeds, finished, told, cut, errorKept } = run;
    console.log(
      `one to three nodes: ${seeds} seeds, ${Math.round(seeds / seconds)} a second: ${finished} answers finished, ` +
        `${told} refused or failed (${errorKept} of them charged), ${cut} cut`,
    );
    expect(finished).toBeGreaterThan(seeds);
  },
  { timeout: SEEDS_MS },
);

test("a lost answer of a lease or a return costs no running request its charge", async () => {
  const losing: Setup = { ...setup, onlyLoses: /^(?:lease|give back)/ };
  const run = await runSeeds({ first: 1, count: 400 }, losing);
  if (run.failure) throw new Error(await explain(run.failure, losing), { cause: run.failure.cause });
  expect([run.voided, run.finished > 1_000]).toEqual([0, true]);
});

test("the same seed is the same run, however many nodes there are", async () => {
  const traces = [[], []] as [string[], string[]];
  for (const trace of traces) await simulate(3, setup, trace);
  expect(traces[0].length).toBeGreaterThan(20);
  expect(traces[0]).toEqual(traces[1]);
});
