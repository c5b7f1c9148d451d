import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { compilePrice, parseUsdNanos, readPrice } from "../../src/config/prices.ts";
import { priceAt } from "../../src/core/price.ts";

describe("parseUsdNanos", () => {
  test.each([
    ["0.15", 150_000_000n],
    ["0", 0n],
    ["15", 15_000_000_000n],
    ["0.000000001", 1n],
    ["999999999.999999999", 999_999_999_999_999_999n],
    ["00.10", 100_000_000n],
  ])("%s", (text, nanos) => {
    expect(parseUsdNanos(text)).toBe(nanos);
  });

  const hostile = [
    "",
    " ",
    ".",
    ".5",
    "1.",
    "-1",
    "+1",
    "1e3",
    "0x10",
    "1_000",
    "1,5",
    "NaN",
    "Infinity",
    "１",
    "٣",
    "0.15\n",
  ];
  test.each([...hostile, " 0.15", "0.0000000001", "1000000000", "1.2.3", "0.1f", "$1"])(
    "refuses %j",
    (text) => {
      expect(() => parseUsdNanos(text)).toThrow("must be USD as a decimal string");
    },
  );

  test("does not repeat what it refuses", () => {
    expect(() => parseUsdNanos("sk-secret")).toThrow(/^(?!.*sk-secret)/);
  });

  test("agrees with integer arithmetic on any amount", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }),
        fc.integer({ min: 0, max: 9 }),
        (nanos, decimals) => {
          const unit = 10n ** BigInt(9 - decimals);
          const cut = (nanos / unit) * unit;
          const fraction = (cut % 10n ** 9n).toString().padStart(9, "0").slice(0, decimals);
          const text = `${cut / 10n ** 9n}${decimals > 0 ? `.${fraction}` : ""}`;
          return parseUsdNanos(text) === cut;
        },
      ),
    );
  });
});

describe("compilePrice", () => {
  const dated = (fields: Parameters<typeof readPrice<string>>[0]) =>
    compilePrice(readPrice(fields, parseUsdNanos));
  const usd = (fields: Parameters<typeof readPrice<string>>[0]) => dated(fields).base;

  test("prices absent kinds as the kind they are part of", () => {
    expect(usd({ input: "1", output: "2" })).toEqual({
      rates: {
        input: 1_000_000_000n,
        cacheRead: 1_000_000_000n,
        cacheWrite5m: 1_000_000_000n,
        cacheWrite1h: 1_000_000_000n,
        audioInput: 1_000_000_000n,
        output: 2_000_000_000n,
        reasoning: 2_000_000_000n,
        audioOutput: 2_000_000_000n,
        imageOutput: 2_000_000_000n,
        searches: 0n,
        characters: 0n,
        seconds: 0n,
      },
      tiers: [],
      perRequest: 0n,
      multiplierPpm: 1_000_000n,
    });
  });

  test("holds from its moment until another, and inherits what it does not name", () => {
    const price = dated({
      input: "1",
      output: "2",
      tiers: [{ above_input_tokens: 100, input: "3" }],
      periods: [
        { from: "2026-12-01", until: "2026-12-02T08:00:00Z", input: "0.5" },
        { from: "2027-01-01", output: "9" },
      ],
    });
    const inputAt = (moment: string) => {
      const { rates, tiers } = priceAt(price, Date.parse(moment));
      return [rates.input, rates.output, tiers[0]?.rates.input].map((nanos) => Number(nanos) / 1e9);
    };
    expect(inputAt("2026-11-30T23:59:59.999Z")).toEqual([1, 2, 3]);
    expect(inputAt("2026-12-01T00:00:00Z")).toEqual([0.5, 2, 3]);
    expect(inputAt("2026-12-02T07:59:59.999Z")).toEqual([0.5, 2, 3]);
    expect(inputAt("2026-12-02T08:00:00Z")).toEqual([1, 2, 3]);
    expect(inputAt("2030-01-01T00:00:00Z")).toEqual([1, 9, 3]);
  });

  test("takes request and search as USD each", () => {
    const price = usd({ input: "0", output: "0", request: "0.005", search: "0.01" });
    expect(price.perRequest).toBe(5_000_000n);
    expect(price.rates.searches).toBe(10_000_000n * 1_000_000n);
  });

  test("keeps what a tier does not name at the base price, in ascending order", () => {
    const price = usd({
      input: "1",
      output: "2",
      cache_read: "0.1",
      tiers: [
        { above_input_tokens: 200, input: "4" },
        { above_input_tokens: 100, input: "3", output: "5" },
      ],
    });
    expect(price.tiers.map((tier) => tier.aboveInputTokens)).toEqual([100, 200]);
    expect(price.tiers[0]?.rates).toMatchObject({
      input: 3_000_000_000n,
      output: 5_000_000_000n,
      cacheRead: 100_000_000n,
    });
    expect(price.tiers[1]?.rates).toMatchObject({
      input: 4_000_000_000n,
      output: 2_000_000_000n,
      reasoning: 2_000_000_000n,
    });
  });
});
