import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type Allowance, budgetIdOf } from "../../src/billing/budgets.ts";
import {
  BEGAN_AT,
  differencesOf,
  type MoneyFixture,
  newAccount,
  type OpenMoney,
  spend,
} from "./money-fixture.ts";

const DAY_MS = 86_400_000;

/** What every store of budgets must do. */
export function budgetContract(name: string, open: OpenMoney): void {
  describe(`budgets: ${name}`, () => {
    let fixture: MoneyFixture;
    let accountId: string;
    let budgetId: string;
    beforeEach(async () => {
      fixture = await open();
      ({ accountId } = await newAccount(fixture, "alice"));
      budgetId = budgetIdOf(accountId, "key:1:day");
    });
    afterEach(() => fixture.dispose());

    const allow = (nanos: bigint, more: Partial<Allowance> = {}) =>
      fixture.budgets.allow({
        budgetId,
        accountId,
        nanos,
        expiresAt: BEGAN_AT + DAY_MS,
        at: BEGAN_AT,
        ...more,
      });
    const left = (now = BEGAN_AT) => fixture.budgets.left(budgetId, now);

    test("an allowance is made once a period, also when it is asked for at the same time", async () => {
      await Promise.all([1, 2, 3].map(async () => await allow(100n)));
      expect(await left()).toBe(100n);
      expect(await allow(100n, { expiresAt: BEGAN_AT + 2 * DAY_MS })).toBe(true);
      expect(await left(BEGAN_AT + DAY_MS)).toBe(100n);
      expect(await differencesOf(fixture)).toEqual([]);
    });

    test("what is spent is not there any more, and is no money of the account", async () => {
      await allow(100n);
      await spend(fixture, budgetId, 30n);
      expect(await left()).toBe(70n);
      expect(await differencesOf(fixture)).toEqual([]);
    });

    test("it grows and shrinks with its limit, by no more than is free", async () => {
      await allow(100n);
      await spend(fixture, budgetId, 60n);
      expect(await allow(250n)).toBe(true);
      expect(await left()).toBe(190n);
      expect(await allow(90n)).toBe(true);
      expect(await left()).toBe(30n);
      expect(await allow(50n)).toBe(false);
      expect(await left()).toBe(0n);
      expect(await allow(80n)).toBe(true);
      expect(await left()).toBe(20n);
      expect(await differencesOf(fixture)).toEqual([]);
    });
  });
}
