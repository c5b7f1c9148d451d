import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { compilePrice, parseUsdNanos, readPrice } from "../../src/config/prices.ts";

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
  const usd = (fields: Parameters<typeof readPrice<string>>[0]) =>
    compilePrice(readPrice(fields, parseUsdNanos));

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
        searches: 0n,
      },
      tiers: [],
      perRequest: 0n,
    });
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
