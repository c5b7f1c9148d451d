import { describe, expect, test } from "bun:test";
import { formatUsdRoughly } from "../../src/core/money.ts";

/** What OpenCode 1.18 looks for in an error's words (read in its bundle). */
const TRIED_AGAIN = /429|500|502|503|504|524/;

describe("an amount in an error's words", () => {
  test.each<[bigint, string, string]>([
    [0n, "0.00", "0.00"],
    [7n, "0.000000007", "0.000000007"],
    [429n, "0.00000042", "0.00000043"],
    [7_524_000n, "0.0075", "0.0076"],
    [9_990_001n, "0.0099", "0.01"],
    [99_999_999n, "0.099", "0.10"],
    [100_000_001n, "0.10", "0.11"],
    [5_024_290_000n, "5.02", "5.03"],
  ])("%d", (nanos, down, up) => {
    expect(formatUsdRoughly(nanos, "down")).toBe(down);
    expect(formatUsdRoughly(nanos, "up")).toBe(up);
  });

  test("looks like no status below a hundred dollars", () => {
    for (let nanos = 1n; nanos < 100_000_000_000n; nanos += nanos / 300n + 1n) {
      for (const towards of ["up", "down"] as const)
        expect(formatUsdRoughly(nanos, towards)).not.toMatch(TRIED_AGAIN);
    }
  });
});
