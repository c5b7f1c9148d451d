/** What characters, seconds and vectors cost, from the text of quoin.yaml to the nano. */
import { describe, expect, test } from "bun:test";
import { priceUsage } from "../../src/billing/price-usage.ts";
import { quote } from "../../src/billing/quote.ts";
import { compilePrice, parseUsdNanos, readPrice } from "../../src/config/prices.ts";
import type { Usage } from "../../src/core/usage.ts";
import { usageOf } from "./prices.ts";

type Declared = Parameters<typeof readPrice<string>>[0];

const priceOf = (declared: Declared) => compilePrice(readPrice(declared, parseUsdNanos)).base;

/** Vendors' own list prices, and sums done by hand. */
const VECTORS: readonly (readonly [Declared, Partial<Usage>, bigint])[] = [
  // tts-1: $15 for a million characters.
  [{ characters: "15" }, { characters: 1 }, 15_000n],
  [{ characters: "15" }, { characters: 4_096 }, 61_440_000n],
  [{ characters: "30" }, { characters: 4_096 }, 122_880_000n],
  [{ characters: "0.000001" }, { characters: 499 }, 0n],
  [{ characters: "0.000001" }, { characters: 500 }, 1n],
  // whisper-1: $0.006 for a minute.
  [{ minute: "0.006" }, { seconds: 1 }, 100_000n],
  [{ minute: "0.006" }, { seconds: 60 }, 6_000_000n],
  [{ minute: "0.006" }, { seconds: 7_201 }, 720_100_000n],
  // $0.04 for an hour of a faster one: no whole nano for a second.
  [{ minute: "0.000666667" }, { seconds: 1 }, 11_111n],
  [{ minute: "0.000666667" }, { seconds: 3_600 }, 40_000_020n],
  [{ minute: "0.000000001" }, { seconds: 29 }, 0n],
  [{ minute: "0.000000001" }, { seconds: 60 }, 1n],
  // gpt-4o-transcribe: text and audio apart.
  [
    { input: "2.5", audio_input: "6", output: "10" },
    { input: 14, audioInput: 1_200, output: 180 },
    9_035_000n,
  ],
  // gpt-4o-mini-tts: $0.60 of text, $12 of audio.
  [{ input: "0.6", output: "12" }, { input: 20, audioOutput: 1_250 }, 15_012_000n],
  // text-embedding-3-small and -large.
  [{ input: "0.02" }, { input: 8_191 }, 163_820n],
  [{ input: "0.13" }, { input: 3 }, 390n],
  // Everything at once, and the request itself.
  [
    { input: "1", characters: "15", minute: "0.006", request: "0.001" },
    { input: 10, characters: 10, seconds: 10 },
    2_160_000n,
  ],
];

describe("golden prices", () => {
  test.each(VECTORS)("%j of %j", (declared, usage, nanos) => {
    expect(priceUsage(priceOf(declared), usageOf(usage))).toBe(nanos);
  });

  test("no token price makes characters or seconds cost anything, and the other way round", () => {
    expect(priceUsage(priceOf({ input: "1", output: "1" }), usageOf({ characters: 100, seconds: 100 }))).toBe(
      0n,
    );
    expect(
      priceUsage(priceOf({ characters: "1", minute: "1" }), usageOf({ input: 100, audioOutput: 9 })),
    ).toBe(0n);
  });

  test("what is held covers what is charged", () => {
    for (const [declared, usage, nanos] of VECTORS) {
      const { input, audioInput, output, audioOutput, characters, seconds } = usageOf(usage);
      const hold = quote({
        price: priceOf(declared),
        inputTokens: input + audioInput,
        contextTokens: 1_000_000,
        outputTokensMax: output + audioOutput,
        choices: 1,
        characters,
        seconds,
      });
      expect(hold).toBeGreaterThanOrEqual(nanos);
    }
  });

  test("a period replaces a minute's price too", () => {
    const { periods } = compilePrice(
      readPrice({ minute: "0.006", periods: [{ from: "2026-12-01", minute: "0.003" }] }, parseUsdNanos),
    );
    expect(periods[0]?.price.rates.seconds).toBe(50_000_000_000n);
  });
});
