import { describe, expect, test } from "bun:test";
import {
  type Currency,
  formatMinor,
  formatRate,
  minorOf,
  partOfPayment,
  rateAt,
  shownNanos,
} from "../../src/core/currency.ts";

const USD = 1_000_000_000n;
const EUR: Currency = {
  code: "EUR",
  rates: [
    { from: 1_000, ppm: 920_000n },
    { from: 2_000, ppm: 940_000n },
  ],
};

describe("a second currency", () => {
  test("has the rate of the moment, and none before its first", () => {
    expect([999, 1_000, 1_999, 2_000].map((at) => rateAt(EUR, at))).toEqual([
      undefined,
      920_000n,
      920_000n,
      940_000n,
    ]);
  });

  test("is paid in its least units, half up", () => {
    expect(minorOf(25n * USD, 920_000n, "EUR")).toBe(2_300n);
    expect(minorOf(10_000_000n, 500_000n, "EUR")).toBe(1n);
    expect(minorOf(10_000_000n, 499_999n, "EUR")).toBe(0n);
    expect(minorOf(25n * USD, 155_200_000n, "JPY")).toBe(3_880n);
    expect([formatMinor(2_300n, "EUR"), formatMinor(5n, "EUR"), formatMinor(3_880n, "JPY")]).toEqual([
      "23.00",
      "0.05",
      "3880",
    ]);
  });

  test("is shown to the nano, half away from zero", () => {
    expect(shownNanos(USD, 920_000n)).toBe(920_000_000n);
    expect([shownNanos(1n, 500_000n), shownNanos(-1n, 500_000n), shownNanos(1n, 499_999n)]).toEqual([
      1n,
      -1n,
      0n,
    ]);
    expect([formatRate(920_000n), formatRate(155_200_000n), formatRate(1_000_000n)]).toEqual([
      "0.92",
      "155.2",
      "1",
    ]);
  });

  test("parts of a payment are never more than it, and all of it is all of it", () => {
    const credit = 25n * USD + 1n;
    for (const minor of [1n, 3n, 7n, 2_300n]) {
      expect(partOfPayment(credit, minor, minor)).toBe(credit);
      expect(partOfPayment(credit, 0n, minor)).toBe(0n);
      expect(partOfPayment(credit, minor - 1n, minor) < credit).toBe(true);
    }
  });
});
