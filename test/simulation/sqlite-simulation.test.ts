import { expect, test } from "bun:test";
import { seeded } from "./random.ts";
import { explain, runSeeds, SEEDS_MS, seedRange } from "./run-seeds.ts";
import { drawScenario } from "./scenario.ts";
import { type SqliteStorage, sqliteNodes, sqliteStorage } from "./sqlite-server.ts";
import { type Setup, simulateScenario } from "./world.ts";

/** `quoin ledger prove` must agree with the auditor on whatever a run leaves behind. */
async function proveAndDispose(storage: SqliteStorage): Promise<void> {
  const proof = await storage.prove();
  await storage.dispose();
  const broken = proof.checks.filter((check) => check.differences.length > 0);
  if (!proof.ok) throw new Error(`ledger prove: ${JSON.stringify(broken)}`);
}

const onFatal = (cause: unknown) => {
  throw new Error(`the ledger gave up on its disk: ${String(cause)}`, { cause });
};

const setup: Setup = {
  embedded: true,
  storage(clock, random) {
    const storage = sqliteStorage({ clock, random, transparent: random.chance(0.5), onFatal });
    return { ...storage, dispose: () => proveAndDispose(storage) };
  },
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
  { timeout: SEEDS_MS },
);

const workers: Setup = {
  near: true,
  real: true,
  storage(clock, random) {
    const storage = sqliteNodes({ clock, random, transparent: random.chance(0.5), onFatal });
    return { ...storage, dispose: () => proveAndDispose(storage) };
  },
};

test(
  "no crash of a worker breaks a promise of the ledger on SQLite",
  async () => {
    const run = await runSeeds(seedRange(60), workers);
    if (run.failure) throw new Error(await explain(run.failure, workers), { cause: run.failure.cause });
    const { seeds, finished, told, cut } = run;
    console.log(
      `SQLite with workers: ${seeds} seeds: ${finished} finished, ${told} refused or failed, ${cut} cut`,
    );
    expect(finished).toBeGreaterThan(seeds);
  },
  { timeout: SEEDS_MS },
);

test(
  "a crash at any single wait of the node breaks no promise on SQLite",
  async () => {
    const { QUOIN_SIM_STRIDE: stride = "9" } = process.env;
    const seed = 21;
    const scenario = { ...drawScenario(seeded(seed)), crashes: [], pauses: [] };
    const { steps } = await simulateScenario(scenario, seed, setup);
    for (let atStep = 1; atStep <= steps; atStep += Number(stride)) {
      const crashes = [{ node: 0, atStep, downMs: 300, before: atStep % 2 === 0 }];
      await simulateScenario({ ...scenario, crashes }, seed, setup).catch((cause: unknown) => {
        throw new Error(`crash at step ${atStep}: ${String(cause)}`, { cause });
      });
    }
  },
  { timeout: 60_000 },
);
