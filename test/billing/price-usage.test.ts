import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { priceUsage, priceUsageCeiling } from "../../src/billing/price-usage.ts";
import type { UsageKind } from "../../src/core/usage.ts";
import { anyPrice, anyUsage, NO_RATES, priceOf, usageOf } from "./prices.ts";
import { PROPERTY } from "./property.ts";

const MILLION = 1_000_000n;

describe("priceUsage", () => {
  test("prices every kind at its own rate", () => {
    const kinds = Object.keys(NO_RATES) as UsageKind[];
    for (const [index, kind] of kinds.entries()) {
      const price = priceOf({ [kind]: BigInt(index + 1) * MILLION });
      expect(priceUsage(price, usageOf({ [kind]: 10 }))).toBe(BigInt(10 * (index + 1)));
    }
  });

  test("is real list prices to the nano", () => {
    const price = priceOf({ input: 3_000_000_000n, cacheRead: 300_000_000n, output: 15_000_000_000n });
    expect(priceUsage(price, usageOf({ input: 1_234, cacheRead: 50_001, output: 777 }))).toBe(30_357_300n);
  });

  test.each([
    [499_999n, 0n, 1n],
    [500_000n, 1n, 1n],
    [1_499_999n, 1n, 2n],
    [1_500_000n, 2n, 2n],
    [2_000_000n, 2n, 2n],
    [2_000_001n, 2n, 3n],
  ])("of %p millionths it makes %p nanos, and %p for a hold", (millionths, nearest, ceiling) => {
    const price = priceOf({ input: millionths });
    expect(priceUsage(price, usageOf({ input: 1 }))).toBe(nearest);
    expect(priceUsageCeiling(price, usageOf({ input: 1 }))).toBe(ceiling);
  });

  test("rounds the sum once, not each kind", () => {
    const price = priceOf({ input: 400_000n, output: 400_000n });
    expect(priceUsage(price, usageOf({ input: 1, output: 1 }))).toBe(1n);
  });

  test("nothing used costs what the request itself costs", () => {
    expect(priceUsage(priceOf({ input: 5n }), usageOf({}))).toBe(0n);
    expect(priceUsage(priceOf({ input: 5n }, { perRequest: 7n }), usageOf({}))).toBe(7n);
  });

  test("a tier holds for the whole request once all its input passes the bound", () => {
    const tiers = [
      { aboveInputTokens: 100, rates: { ...NO_RATES, input: 2n * MILLION, output: 20n * MILLION } },
      { aboveInputTokens: 200, rates: { ...NO_RATES, input: 3n * MILLION, output: 30n * MILLION } },
    ];
    const price = priceOf({ input: MILLION, output: 10n * MILLION }, { tiers });
    expect(priceUsage(price, usageOf({ input: 100, output: 1 }))).toBe(110n);
    expect(priceUsage(price, usageOf({ input: 101, output: 1 }))).toBe(222n);
    expect(priceUsage(price, usageOf({ input: 51, cacheRead: 50, output: 1 }))).toBe(122n);
    expect(priceUsage(price, usageOf({ input: 50, cacheRead: 100, audioInput: 51, output: 1 }))).toBe(180n);
    expect(priceUsage(price, usageOf({ input: 1, output: 1_000 }))).toBe(10_001n);
  });

  test("property: off by at most half a nano from the exact sum, and the ceiling is never below it", () => {
    fc.assert(
      fc.property(anyPrice, anyUsage, (price, usage) => {
        const all =
          usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h + usage.audioInput;
        const tier = price.tiers.findLast(({ aboveInputTokens }) => all > aboveInputTokens);
        const rates = tier?.rates ?? price.rates;
        const kinds = Object.keys(usage) as UsageKind[];
        const listed = kinds.reduce(
          (sum, kind) => sum + rates[kind] * BigInt(usage[kind]),
          price.perRequest * MILLION,
        );
        const exact = listed * price.multiplierPpm;
        const divisor = MILLION * MILLION;
        const nearest = priceUsage(price, usage) * divisor;
        expect(nearest - exact <= divisor / 2n && exact - nearest < divisor / 2n + 1n).toBe(true);
        const ceiling = priceUsageCeiling(price, usage) * divisor;
        expect(ceiling >= exact && ceiling - exact < divisor).toBe(true);
      }),
      PROPERTY,
    );
  });
});
