import { describe, expect, test } from "bun:test";
import { parseUsd } from "../../src/core/money.ts";
import { roughUsdInWords, usdInWords } from "../../src/core/usd-in-words.ts";

/** What OpenCode 1.18 looks for in an error's words (read in its bundle). */
const TRIED_AGAIN = /429|500|502|503|504|524/;

describe("an amount in an error's words", () => {
  test.each<[bigint, string, string]>([
    [0n, "$0.00", "$0.00"],
    [7n, "$0.000000007", "$0.000000007"],
    [429n, "$0.00000042", "$0.00000043"],
    [7_524_000n, "$0.0075", "$0.0076"],
    [9_990_001n, "$0.0099", "$0.01"],
    [99_999_999n, "$0.099", "$0.10"],
    [100_000_001n, "$0.10", "$0.11"],
    [5_024_290_000n, "$5.02", "$5.03"],
    [499_999_000_000n, "$499.99", "$5.00 hundred"],
  ])("%d, roughly", (nanos, down, up) => {
    expect(roughUsdInWords(nanos, "down")).toBe(down);
    expect(roughUsdInWords(nanos, "up")).toBe(up);
  });

  test.each([
    ["250", "$250.00"],
    ["5.02", "$5.02"],
    ["500", "$5.00 hundred"],
    ["502", "$5.02 hundred"],
    ["429.50", "$4.295 hundred"],
    ["1429", "$14.29 hundred"],
    ["50000", "$50.00 thousand"],
    ["500000", "$0.50 million"],
    ["500000000", "$0.50 billion"],
    ["0.0502", "5.02 cents"],
    ["502.502", "about $5.00 hundred"],
  ])("%s, all of it", (usd, said) => {
    expect(usdInWords(parseUsd(usd))).toBe(said);
  });

  test("looks like no status, whatever it is", () => {
    const said = new Set<string>();
    for (let nanos = 1n; nanos < 10n ** 18n; nanos += nanos / 90n + 1n)
      for (const text of [roughUsdInWords(nanos, "up"), roughUsdInWords(nanos, "down"), usdInWords(nanos)])
        said.add(text);
    for (let dollars = 1n; dollars < 6_000n; dollars++) said.add(usdInWords(dollars * 1_000_000_000n));
    for (let cents = 1n; cents < 6_000n; cents++) said.add(usdInWords(cents * 10_000_000n));
    expect([...said].filter((text) => TRIED_AGAIN.test(text))).toEqual([]);
  });
});
