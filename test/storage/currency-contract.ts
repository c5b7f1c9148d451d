import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { BEGAN_AT, differencesOf, type MoneyFixture, newAccount, type OpenMoney } from "./money-fixture.ts";

/** What every store of currencies must do. */
export function currencyContract(name: string, open: OpenMoney): void {
  describe(`currencies: ${name}`, () => {
    let fixture: MoneyFixture;
    let accountId: string;
    let walletId: string;
    beforeEach(async () => {
      fixture = await open();
      ({ accountId, walletId } = await newAccount(fixture, "alice"));
    });
    afterEach(() => fixture.dispose());

    test("an account is shown one, another, or none", async () => {
      const { currencies } = fixture;
      expect(await currencies.shownTo(accountId)).toBeUndefined();
      await currencies.show(accountId, "EUR");
      await currencies.show(accountId, "JPY");
      expect(await currencies.shownTo(accountId)).toBe("JPY");
      await currencies.show(accountId, undefined);
      expect(await currencies.shownTo(accountId)).toBeUndefined();
    });

    test("what a payment was paid in is kept with it, once, and that of no other wallet", async () => {
      const paidIn = { code: "EUR", minor: 2_300n, ppm: 920_000n };
      const payment = { objectId: "pi_1", walletId, refundedNanos: 0n, disputedNanos: 0n, paidIn };
      await fixture.payments.apply("e1", { ...payment, paidNanos: 25_000n }, 0, BEGAN_AT);
      const later = { ...payment, paidNanos: 25_000n, refundedNanos: 10_000n };
      await fixture.payments.apply("e2", { ...later, paidIn: { ...paidIn, ppm: 1n } }, 1, BEGAN_AT);
      const usd = { objectId: "pi_2", walletId, paidNanos: 5n, refundedNanos: 0n, disputedNanos: 0n };
      await fixture.payments.apply("e3", usd, 0, BEGAN_AT);
      expect([...(await fixture.currencies.paidBy(walletId))]).toEqual([["pi_1", paidIn]]);
      const other = await newAccount(fixture, "bob");
      expect((await fixture.currencies.paidBy(other.walletId)).size).toBe(0);
      expect(await fixture.wallets.balance(walletId, BEGAN_AT)).toBe(15_005n);
      expect(await differencesOf(fixture)).toEqual([]);
    });
  });
}
