import { afterAll, describe, expect, test } from "bun:test";
import { MUTANTS } from "./mutants.ts";
import { runSeeds } from "./run-seeds.ts";

/** Each is found in far fewer; the margin is for scenarios that will change. */
const SEEDS_MAX = 1_000;

describe("the auditor finds", () => {
  const found: number[] = [];
  afterAll(() => {
    console.log(
      `${found.length} planted mistakes, each found within ${Math.max(...found)} seeds: ${found.join(", ")}`,
    );
  });
  for (const { name, setup, caughtBy } of MUTANTS) {
    test(name, async () => {
      const { failure } = await runSeeds({ first: 1, count: SEEDS_MAX }, setup);
      if (failure) found.push(failure.seed);
      expect(String(failure?.cause)).toMatch(caughtBy);
    });
  }
});
