import { expect, test } from "bun:test";
import fc from "fast-check";
import { explainCharge, multiplierPpmOf } from "../../src/billing/explain-charge.ts";
import { priceUsage } from "../../src/billing/price-usage.ts";
import { multiplyPrice, PPM_OF_ONE } from "../../src/core/price.ts";
import { anyPrice, anyUsage, NO_RATES, priceOf, usageOf } from "./prices.ts";
import { PROPERTY } from "./property.ts";

const PRICE = priceOf({ input: 1_000_000_000n, output: 4_000_000_000n }, { perRequest: 700n });

test("each kind that was used has a line, and so has the request", () => {
  const explained = explainCharge(PRICE, usageOf({ input: 10, output: 5 }), 30_700n, [PPM_OF_ONE]);
  expect(explained).toEqual({
    multiplierPpm: PPM_OF_ONE,
    lines: [
      { kind: "input", units: 10, nanosPerMillion: 1_000_000_000n, nanos: 10_000n },
      { kind: "output", units: 5, nanosPerMillion: 4_000_000_000n, nanos: 20_000n },
      { kind: "request", units: 1, nanosPerMillion: 700_000_000n, nanos: 700n },
    ],
  });
});

test("a request with much input has the rates of its tier", () => {
  const tiered = {
    ...PRICE,
    tiers: [{ aboveInputTokens: 9, rates: { ...NO_RATES, input: 2_000_000_000n } }],
  };
  const explained = explainCharge(tiered, usageOf({ input: 10 }), 20_700n, [PPM_OF_ONE]);
  expect(explained?.lines[0]).toMatchObject({ nanosPerMillion: 2_000_000_000n, nanos: 20_000n });
});

test("what is paid of the price list is what gives the charge", () => {
  fc.assert(
    fc.property(anyPrice, anyUsage, fc.bigInt({ min: 1n, max: 3_000_000n }), (price, usage, ppm) => {
      const charge = priceUsage(multiplyPrice(price, ppm), usage);
      const explained = explainCharge(price, usage, charge, [PPM_OF_ONE, ppm]);
      if (!explained) throw new Error("the price of the usage is not explained");
      expect(priceUsage(multiplyPrice(price, explained.multiplierPpm), usage)).toBe(charge);
    }),
    PROPERTY,
  );
});

test("a charge that is not the price of the usage is not explained", () => {
  expect(explainCharge(PRICE, usageOf({ input: 10 }), 10_699n, [PPM_OF_ONE])).toBeUndefined();
});

test("a request of before multipliers were written down tells its own where its charge shows it", () => {
  const usage = usageOf({ input: 10 });
  const record = (chargeNanos: bigint) => ({ at: 0, usage, chargeNanos, multiplier: undefined });
  const price = { base: PRICE, periods: [] };
  const listed = { price, multiplierPpms: [900_000n] };
  expect(multiplierPpmOf(record(10_700n), listed)).toBe(PPM_OF_ONE);
  expect(multiplierPpmOf(record(9_630n), listed)).toBe(900_000n);
  expect(multiplierPpmOf(record(1n), listed)).toBeUndefined();
  expect(multiplierPpmOf(record(1n), { price, multiplierPpms: [] })).toBe(PPM_OF_ONE);
  expect(multiplierPpmOf(record(9_630n), { price: undefined, multiplierPpms: [900_000n] })).toBeUndefined();
  const told = { ...record(1n), multiplier: { ppm: 5n, plan: undefined } };
  expect(multiplierPpmOf(told, listed)).toBe(5n);
});
