import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { chargeRows, voidRow } from "../../src/billing/charge-rows.ts";
import {
  freeOf,
  type Leg,
  lesser,
  type Reservation,
  type Slice,
  splitAmount,
  takeLegs,
} from "../../src/billing/reservation.ts";
import { NO_USAGE } from "../../src/core/usage.ts";
import { usageOf } from "./prices.ts";
import { PROPERTY } from "./property.ts";

function slice(lotId: string, granted: bigint, spent = 0n, reserved = 0n): Slice {
  return { lotId, granted, spent, reserved };
}

function legsOf(...holds: readonly bigint[]): Leg[] {
  return holds.map((holdNanos, index) => ({
    slice: slice(`lot${index}`, holdNanos, 0n, holdNanos),
    holdNanos,
  }));
}

const amount = fc.bigInt({ min: 0n, max: 50n });

describe("takeLegs", () => {
  test("takes from the first that has any, and what is missing from the next", () => {
    const slices = [slice("used", 10n, 10n), slice("a", 10n, 3n, 2n), slice("b", 10n)];
    const legs = takeLegs(slices, 8n, 0);
    expect(legs?.map((leg) => [leg.slice.lotId, leg.holdNanos])).toEqual([
      ["a", 5n],
      ["b", 3n],
    ]);
    expect(slices.map((each) => each.reserved)).toEqual([0n, 7n, 3n]);
  });

  test("a hold of nothing takes no leg", () => {
    expect(takeLegs([slice("a", 10n)], 0n, 0)).toEqual([]);
  });

  test("property: takes exactly the need, within what is free, or nothing at all", () => {
    const anySlice = fc
      .tuple(amount, amount, amount)
      .map(([granted, spent, reserved]) => slice("lot", granted + spent + reserved, spent, reserved));
    fc.assert(
      fc.property(fc.array(anySlice, { maxLength: 5 }), amount, (slices, needNanos) => {
        const free = slices.map(freeOf);
        const total = free.reduce((sum, nanos) => sum + nanos, 0n);
        const legs = takeLegs(slices, needNanos, 0);
        const taken = slices.map((each, index) => (free[index] ?? 0n) - freeOf(each));
        if (total < needNanos) {
          expect(legs).toBeUndefined();
          expect(taken.every((nanos) => nanos === 0n)).toBe(true);
          return;
        }
        expect(legs?.reduce((sum, leg) => sum + leg.holdNanos, 0n)).toBe(needNanos);
        expect(legs?.every((leg) => leg.holdNanos > 0n)).toBe(true);
        expect(slices.every((each) => freeOf(each) >= 0n)).toBe(true);
      }),
      PROPERTY,
    );
  });
});

describe("splitAmount", () => {
  test("fills the legs in order", () => {
    expect(splitAmount(legsOf(5n, 5n, 5n), 7n)).toEqual([5n, 2n, 0n]);
  });

  test("property: the parts are the amount, each within its hold", () => {
    fc.assert(
      fc.property(fc.array(amount, { minLength: 1, maxLength: 5 }), amount, (holds, asked) => {
        const total = holds.reduce((sum, hold) => sum + hold, 0n);
        const nanos = lesser(asked, total);
        const parts = splitAmount(legsOf(...holds), nanos);
        expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(nanos);
        expect(parts.every((part, index) => part >= 0n && part <= (holds[index] ?? 0n))).toBe(true);
      }),
      PROPERTY,
    );
  });
});

describe("chargeRows", () => {
  const usage = usageOf({ input: 3, output: 4 });

  function reservationOf(legs: Leg[]): Reservation {
    const holdNanos = legs.reduce((sum, leg) => sum + leg.holdNanos, 0n);
    return { requestId: "r", walletId: "w", epoch: 4, legs, holdNanos, state: "settling", budgets: [] };
  }

  function rowsFor(legs: Leg[], pricedNanos: bigint) {
    return chargeRows(reservationOf(legs), { pricedNanos, priceVersion: 9, usage }, 1_234);
  }

  test("one row for each lot that pays, the usage with the first", () => {
    const rows = rowsFor(legsOf(5n, 5n, 5n), 7n);
    expect(rows.map((row) => [row.leg, row.lotId, row.amountNanos, row.pricedNanos, row.usage])).toEqual([
      [0, "lot0", 5n, 5n, usage],
      [1, "lot1", 2n, 2n, NO_USAGE],
    ]);
    expect(rows[0]).toMatchObject({
      requestId: "r",
      walletId: "w",
      epoch: 4,
      state: "posted",
      priceVersion: 9,
      at: 1_234,
    });
  });

  test("what the hold did not cover stands in the first row's price, and is not charged", () => {
    const rows = rowsFor(legsOf(5n, 5n), 13n);
    expect(rows.map((row) => [row.amountNanos, row.pricedNanos])).toEqual([
      [5n, 8n],
      [5n, 5n],
    ]);
  });

  test("a usage that costs nothing has one row of nothing", () => {
    expect(rowsFor(legsOf(5n, 5n), 0n).map((row) => [row.leg, row.lotId, row.amountNanos])).toEqual([
      [0, "lot0", 0n],
    ]);
  });

  test("a request without a hold has a row without a lot", () => {
    expect(rowsFor([], 3n)).toMatchObject([{ leg: 0, lotId: null, amountNanos: 0n, pricedNanos: 3n }]);
  });

  test("property: the rows sum to the charge and to the price", () => {
    fc.assert(
      fc.property(fc.array(amount, { maxLength: 4 }), amount, (holds, pricedNanos) => {
        const legs = legsOf(...holds.filter((hold) => hold > 0n));
        const hold = legs.reduce((sum, leg) => sum + leg.holdNanos, 0n);
        const rows = rowsFor(legs, pricedNanos);
        const charged = rows.reduce((sum, row) => sum + row.amountNanos, 0n);
        expect(charged).toBe(lesser(pricedNanos, hold));
        expect(rows.reduce((sum, row) => sum + row.pricedNanos, 0n)).toBe(pricedNanos);
        expect(rows.map((row) => row.leg)).toEqual(rows.map((_, index) => index));
      }),
      PROPERTY,
    );
  });

  test("a void costs nothing, of no lot, under the same id and epoch", () => {
    const settlement = { pricedNanos: 3n, priceVersion: 9, usage };
    const [first] = chargeRows(reservationOf(legsOf(5n)), settlement, 1_234);
    const row = first && voidRow(first);
    expect(row).toMatchObject({
      requestId: "r",
      leg: 0,
      state: "void",
      epoch: 4,
      lotId: null,
      amountNanos: 0n,
      pricedNanos: 0n,
    });
  });
});
