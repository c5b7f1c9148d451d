import { expect, test } from "bun:test";
import { explain, runSeeds, seedRange } from "./run-seeds.ts";
import { type SqliteStorage, sqliteStorage } from "./sqlite-server.ts";
import type { Setup } from "./world.ts";

/** `quoin ledger prove` must agree with the auditor on whatever a run leaves behind. */
async function proveAndDispose(storage: SqliteStorage): Promise<void> {
  const proof = await storage.prove();
  await storage.dispose();
  const broken = proof.checks.filter((check) => check.differences.length > 0);
  if (!proof.ok) throw new Error(`ledger prove: ${JSON.stringify(broken)}`);
}

const setup: Setup = {
  embedded: true,
  storage(clock, random) {
    const onFatal = (cause: unknown) => {
      throw new Error(`the ledger gave up on its disk: ${String(cause)}`, { cause });
    };
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
  { timeout: 600_000 },
);
