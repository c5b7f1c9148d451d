import { expect, test } from "bun:test";
import { explain, runSeeds, seedRange } from "./run-seeds.ts";
import { memoryStorage } from "./store-server.ts";
import { type Setup, simulate } from "./world.ts";

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
  { timeout: 600_000 },
);

test("the same seed is the same run", async () => {
  const traces = [[], []] as [string[], string[]];
  for (const trace of traces) await simulate(7, setup, trace);
  expect(traces[0].length).toBeGreaterThan(20);
  expect(traces[0]).toEqual(traces[1]);
});
