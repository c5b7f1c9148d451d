import { expect, test } from "bun:test";
import { seeded } from "./random.ts";
import { explain, runSeeds, SEEDS_MS, seedRange } from "./run-seeds.ts";
import { drawScenario, NO_FAULTS } from "./scenario.ts";
import { memoryStorage } from "./store-server.ts";
import { type Setup, simulate, simulateScenario } from "./world.ts";

const setup: Setup = { storage: (clock) => memoryStorage(clock) };

test(
  "no fault breaks a promise of the ledger",
  async () => {
    const started = performance.now();
    const run = await runSeeds(seedRange(1_000), setup);
    if (run.failure) throw new Error(await explain(run.failure, setup), { cause: run.failure.cause });
    const seconds = (performance.now() - started) / 1_000;
    const { seeds, finished, told, cut, errorKept } = run;
    console.log(
      `${seeds} seeds, ${Math.round(seeds / seconds)} a second: ${finished} answers finished, ` +
        `${told} refused or failed (${errorKept} of them charged), ${cut} cut`,
    );
    expect(finished).toBeGreaterThan(seeds);
  },
  { timeout: SEEDS_MS },
);

test("a crash at any single wait of the node breaks no promise", async () => {
  const seed = 21;
  const scenario = { ...drawScenario(seeded(seed)), crashes: [], rates: NO_FAULTS, outages: [], pauses: [] };
  const { steps, finished } = await simulateScenario(scenario, seed, setup);
  expect(finished).toBeGreaterThan(5);
  for (let atStep = 1; atStep <= steps; atStep++) {
    for (const before of [true, false]) {
      const crashes = [{ node: 0, atStep, downMs: 300, before }];
      await simulateScenario({ ...scenario, crashes }, seed, setup).catch((cause: unknown) => {
        throw new Error(`crash ${before ? "before" : "after"} step ${atStep}: ${String(cause)}`, { cause });
      });
    }
  }
});

test("the same seed is the same run", async () => {
  const traces = [[], []] as [string[], string[]];
  for (const trace of traces) await simulate(7, setup, trace);
  expect(traces[0].length).toBeGreaterThan(20);
  expect(traces[0]).toEqual(traces[1]);
});
