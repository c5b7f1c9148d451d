import fc from "fast-check";
import { PPM_OF_ONE, type Price, type Rates } from "../../src/core/price.ts";
import { NO_USAGE, type Usage } from "../../src/core/usage.ts";

export const NO_RATES: Rates = {
  input: 0n,
  cacheRead: 0n,
  cacheWrite5m: 0n,
  cacheWrite1h: 0n,
  audioInput: 0n,
  output: 0n,
  reasoning: 0n,
  audioOutput: 0n,
  imageOutput: 0n,
  searches: 0n,
  characters: 0n,
  seconds: 0n,
};

export function priceOf(rates: Partial<Rates>, rest: Partial<Price> = {}): Price {
  return { rates: { ...NO_RATES, ...rates }, tiers: [], perRequest: 0n, multiplierPpm: PPM_OF_ONE, ...rest };
}

export function usageOf(usage: Partial<Usage>): Usage {
  return { ...NO_USAGE, ...usage };
}

const rate = fc.bigInt({ min: 0n, max: 100_000_000_000n });

const anyRates: fc.Arbitrary<Rates> = fc.record({
  input: rate,
  cacheRead: rate,
  cacheWrite5m: rate,
  cacheWrite1h: rate,
  audioInput: rate,
  output: rate,
  reasoning: rate,
  audioOutput: rate,
  imageOutput: rate,
  searches: rate,
  characters: rate,
  seconds: rate,
});

export const anyPrice: fc.Arbitrary<Price> = fc.record({
  rates: anyRates,
  tiers: fc
    .array(fc.record({ aboveInputTokens: fc.nat(300_000), rates: anyRates }), { maxLength: 3 })
    .map((tiers) => tiers.sort((a, b) => a.aboveInputTokens - b.aboveInputTokens)),
  perRequest: fc.bigInt({ min: 0n, max: 1_000_000_000n }),
  multiplierPpm: fc.oneof(fc.constant(PPM_OF_ONE), fc.bigInt({ min: 0n, max: 3_000_000n })),
});

const units = fc.nat(1_000_000);

export const anyUsage: fc.Arbitrary<Usage> = fc.record({
  input: units,
  cacheRead: units,
  cacheWrite5m: units,
  cacheWrite1h: units,
  audioInput: units,
  output: units,
  reasoning: units,
  audioOutput: units,
  imageOutput: units,
  searches: fc.nat(100),
  characters: units,
  seconds: fc.nat(100_000),
});
