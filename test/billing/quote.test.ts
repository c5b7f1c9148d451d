import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { priceUsageCeiling } from "../../src/billing/price-usage.ts";
import { outputTokensFor, quote } from "../../src/billing/quote.ts";
import { anyPrice, NO_RATES, priceOf, usageOf } from "./prices.ts";
import { PROPERTY } from "./property.ts";

const MILLION = 1_000_000n;
const facts = { inputTokens: 2_024, contextTokens: 100_000, outputTokensMax: 500, choices: 1 };

describe("quote", () => {
  test("counts every byte as a token, the template above them, and the whole output limit", () => {
    const price = priceOf({ input: MILLION, output: 10n * MILLION });
    expect(quote({ ...facts, price })).toBe(BigInt(1_000 + 1_024 + 5_000));
  });

  test("takes the dearest kind of input and of output", () => {
    const price = priceOf({
      input: MILLION,
      cacheWrite1h: 2n * MILLION,
      output: MILLION,
      reasoning: 3n * MILLION,
    });
    expect(quote({ ...facts, price })).toBe(BigInt(2 * 2_024 + 3 * 500));
  });

  test("no input is larger than the context window, no output either", () => {
    const price = priceOf({ input: MILLION, output: MILLION });
    expect(quote({ ...facts, price, inputTokens: 10_000_000 })).toBe(100_500n);
    expect(quote({ ...facts, price, outputTokensMax: 10_000_000 })).toBe(102_024n);
  });

  test("every choice may be as long as the limit", () => {
    const price = priceOf({ output: MILLION });
    expect(quote({ ...facts, price, choices: 4 })).toBe(2_000n);
  });

  test("takes the dearest tier that the input can reach", () => {
    const dear = { ...NO_RATES, input: 5n * MILLION };
    const price = (aboveInputTokens: number) =>
      priceOf({ input: MILLION }, { tiers: [{ aboveInputTokens, rates: dear }] });
    expect(quote({ ...facts, price: price(2_024) })).toBe(2_024n);
    expect(quote({ ...facts, price: price(2_023) })).toBe(5n * 2_024n);
  });

  test("a cheaper tier above does not lower the bound: the input may stay below it", () => {
    const price = priceOf({ input: 5n * MILLION }, { tiers: [{ aboveInputTokens: 10, rates: NO_RATES }] });
    expect(quote({ ...facts, price })).toBe(5n * 2_024n);
  });

  test("searches are held for, and leave less for the answer", () => {
    const price = priceOf({ output: MILLION, searches: 7n * MILLION });
    expect(quote({ ...facts, price, searches: 3 })).toBe(521n);
    expect(outputTokensFor(400n, { ...facts, price, searches: 3 })).toBe(379);
  });

  test("a free model needs no hold; the price of a request is always in it", () => {
    expect(quote({ ...facts, price: priceOf({}) })).toBe(0n);
    expect(quote({ ...facts, price: priceOf({}, { perRequest: 9n }) })).toBe(9n);
  });

  test("the other way round: the limit that a hold pays for is the largest whose bound it covers", () => {
    fc.assert(
      fc.property(
        anyPrice,
        fc.nat(50_000),
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 1, max: 4 }),
        fc.bigInt({ min: 0n, max: 20_000_000_000n }),
        (price, inputTokens, outputTokensMax, choices, holdNanos) => {
          const asked = { price, inputTokens, contextTokens: 200_000, outputTokensMax, choices };
          const tokens = outputTokensFor(holdNanos, asked);
          if (tokens < 0) {
            expect(quote({ ...asked, outputTokensMax: 0 })).toBeGreaterThan(holdNanos);
            return;
          }
          expect(quote({ ...asked, outputTokensMax: tokens })).toBeLessThanOrEqual(holdNanos);
          if (tokens < outputTokensMax)
            expect(quote({ ...asked, outputTokensMax: tokens + 1 })).toBeGreaterThan(holdNanos);
        },
      ),
      PROPERTY,
    );
  });

  test("rounds up", () => {
    expect(quote({ ...facts, price: priceOf({ input: 1n }) })).toBe(1n);
  });

  test("property: covers every usage that the body and the limits allow", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        anyPrice,
        fc.nat(400_000),
        fc.integer({ min: 1, max: 500_000 }),
        fc.nat(100_000),
        fc.integer({ min: 1, max: 8 }),
        fc.tuple(share, share, share, share, share),
        (price, bodyBytes, contextTokens, outputTokensMax, choices, shares) => {
          const bound = quote({
            price,
            inputTokens: bodyBytes + 1_024,
            contextTokens,
            outputTokensMax,
            choices,
          });
          let inputLeft = Math.floor(Math.min(bodyBytes + 1_024, contextTokens) * shares[0]);
          const takeInput = (part: number) => {
            const taken = Math.floor(inputLeft * part);
            inputLeft -= taken;
            return taken;
          };
          const output = Math.floor(Math.min(outputTokensMax, contextTokens) * choices * shares[3]);
          const reasoning = Math.floor(output * shares[4]);
          const usage = usageOf({
            cacheRead: takeInput(shares[1]),
            cacheWrite5m: takeInput(shares[2]),
            audioInput: takeInput(shares[4]),
            input: inputLeft,
            output: output - reasoning,
            reasoning,
          });
          expect(bound >= priceUsageCeiling(price, usage)).toBe(true);
        },
      ),
      PROPERTY,
    );
  });
});
