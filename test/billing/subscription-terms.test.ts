import { describe, expect, test } from "bun:test";
import {
  monthCredit,
  monthPrice,
  type PaidInvoice,
  partCredit,
  partPrice,
  readInvoices,
  restOfMonth,
} from "../../src/billing/subscription-terms.ts";
import type { SoldPlan } from "../../src/core/model.ts";

const CENT = 10_000_000n;
const USD = 100n * CENT;
const DAY_MS = 86_400_000;

const TEAM: SoldPlan = {
  ...{ name: "Team", isOffered: true, seatsMin: 1, graceDays: 7 },
  ...{ monthNanos: 20n * USD, seatNanos: 8n * USD },
  credit: { nanos: 10n * USD, carryOver: false },
};
const SOLO: SoldPlan = { ...TEAM, name: "Solo", monthNanos: 5n * USD, seatNanos: undefined };
const soldOf = (planId: string) => ({ team: TEAM, solo: SOLO })[planId];

describe("prices of a month", () => {
  test("are the plan's own and that of its seats; credit is for each seat, or once", () => {
    expect(monthPrice(TEAM, 3)).toBe(44n * USD);
    expect(monthPrice(SOLO)).toBe(5n * USD);
    expect(monthCredit(TEAM, 3)).toBe(30n * USD);
    expect(monthCredit(SOLO)).toBe(10n * USD);
  });

  test("a part of a UTC month counts its days, today included, in every length of month", () => {
    expect(restOfMonth(Date.UTC(2026, 10, 1))).toEqual({ left: 30n, of: 30n });
    expect(restOfMonth(Date.UTC(2026, 10, 30, 23, 59))).toEqual({ left: 1n, of: 30n });
    expect(restOfMonth(Date.UTC(2028, 1, 29))).toEqual({ left: 1n, of: 29n });
    expect(restOfMonth(Date.UTC(2026, 11, 2))).toEqual({ left: 30n, of: 31n });
  });

  test("a part's price is whole cents, half up; its credit is rounded down", () => {
    expect(partPrice(20n * USD, { left: 1n, of: 30n })).toBe(67n * CENT);
    expect(partPrice(20n * USD, { left: 30n, of: 30n })).toBe(20n * USD);
    expect(partPrice(CENT, { left: 1n, of: 2n })).toBe(CENT);
    expect(partPrice(CENT, { left: 1n, of: 3n })).toBe(0n);
    expect(partCredit(10n, { left: 1n, of: 3n })).toBe(3n);
  });
});

describe("what invoices have bought", () => {
  const START = Date.UTC(2026, 10, 1);
  const MONTH_MS = 30 * DAY_MS;
  const invoice = (id: string, month: number, more: Partial<PaidInvoice> = {}): PaidInvoice => ({
    id,
    choice: { planId: "team", seats: 2 },
    from: START + month * MONTH_MS,
    to: START + (month + 1) * MONTH_MS,
    isChange: false,
    ...more,
  });
  const half = START + MONTH_MS / 2;
  const more = invoice("in_2", 0, { choice: { planId: "team", seats: 5 }, from: half, isChange: true });

  test("a month brings its credit once, under the invoice's name, until after its end", () => {
    const bought = readInvoices("w", [invoice("in_1", 0)], soldOf);
    expect(bought?.paidUntil).toBe(START + MONTH_MS);
    expect(bought?.credits).toEqual([
      { key: "plan:w:in_1", nanos: 20n * USD, expiresAt: START + MONTH_MS + 6 * 3_600_000 },
    ]);
  });

  test("more seats in its middle bring half of what they are more; the next month all of it", () => {
    const next = invoice("in_3", 1, { choice: { planId: "team", seats: 5 } });
    const bought = readInvoices("w", [invoice("in_1", 0), more, next], soldOf);
    expect(bought?.credits.map(({ key, nanos }) => [key, nanos])).toEqual([
      ["plan:w:in_1", 20n * USD],
      ["plan:w:in_2", 15n * USD],
      ["plan:w:in_3", 50n * USD],
    ]);
    expect(bought).toMatchObject({ choice: { seats: 5 }, paidUntil: START + 2 * MONTH_MS });
  });

  test("a change to less brings nothing, and one whose month is not told any more brings nothing", () => {
    const less = invoice("in_2", 0, {
      choice: { planId: "solo", seats: undefined },
      from: half,
      isChange: true,
    });
    expect(readInvoices("w", [invoice("in_1", 0), less], soldOf)?.credits).toHaveLength(1);
    expect(readInvoices("w", [more], soldOf)).toMatchObject({ choice: { seats: 5 }, credits: [] });
    expect(readInvoices("w", [], soldOf)).toBeUndefined();
  });

  test("a plan that is not sold any more stays what it is, without credit", () => {
    const gone = invoice("in_1", 0, { choice: { planId: "gone", seats: undefined } });
    expect(readInvoices("w", [gone], soldOf)).toMatchObject({ choice: { planId: "gone" }, credits: [] });
  });
});
