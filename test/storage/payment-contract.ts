import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { PaymentState } from "../../src/billing/payments.ts";
import {
  BEGAN_AT,
  differencesOf,
  type MoneyFixture,
  newAccount,
  type OpenMoney,
  spend,
} from "./money-fixture.ts";

/** What every store of payments must do. */
export function paymentContract(name: string, open: OpenMoney): void {
  describe(`payments: ${name}`, () => {
    let fixture: MoneyFixture;
    let walletId: string;
    let events = 0;
    beforeEach(async () => {
      fixture = await open();
      ({ walletId } = await newAccount(fixture, "alice"));
    });
    afterEach(() => fixture.dispose());

    function state(paid: bigint, refunded = 0n, disputed = 0n, objectId = "pi_1"): PaymentState {
      return { objectId, walletId, paidNanos: paid, refundedNanos: refunded, disputedNanos: disputed };
    }

    async function pay(payment: PaymentState, eventId = `evt_${++events}`): Promise<string> {
      const moves = await fixture.payments.look(eventId, payment.objectId);
      return moves === undefined ? "known" : await fixture.payments.apply(eventId, payment, moves, BEGAN_AT);
    }
    const balance = () => fixture.wallets.balance(walletId, BEGAN_AT);
    const debt = () => fixture.payments.debt(walletId);

    /** Leases fail and take nothing while a wallet is frozen. */
    async function canSpend(): Promise<boolean> {
      const epoch = await fixture.ledger.register();
      const asked = { walletId, epoch, turn: 1, needNanos: 1n, wantNanos: 1n };
      const { grants } = await fixture.ledger.lease(asked);
      if (grants.length > 0) await fixture.ledger.giveBack([{ walletId, epoch, turn: 2, grants }]);
      return grants.length > 0;
    }

    test("an event counts once, and says so before the provider is asked", async () => {
      expect(await pay(state(100n), "evt_a")).toBe("applied");
      expect(await pay(state(100n), "evt_a")).toBe("known");
      expect(await fixture.payments.apply("evt_a", state(100n), 0, BEGAN_AT)).toBe("known");
      expect(await balance()).toBe(100n);
    });

    test("sums count, not steps: repeats and any order come to the same", async () => {
      await pay(state(100n, 30n));
      await pay(state(100n, 30n));
      expect(await balance()).toBe(70n);
      await pay(state(100n, 100n));
      await pay(state(100n, 100n));
      expect([await balance(), await debt()]).toEqual([0n, 0n]);
      expect(await differencesOf(fixture)).toEqual([]);
    });

    test("a state that was read before another was written does nothing, and keeps its event for later", async () => {
      const moves = await fixture.payments.look("evt_old", "pi_1");
      await pay(state(100n, 60n));
      const late = fixture.payments.apply("evt_old", state(100n), moves ?? -1, BEGAN_AT);
      expect(await late).toBe("changed");
      expect(await balance()).toBe(40n);
      expect(await pay(state(100n, 60n), "evt_old")).toBe("applied");
      expect(await balance()).toBe(40n);
    });

    test("a refund takes the payment's own money, then other bought money, never given money", async () => {
      await pay(state(100n));
      await fixture.wallets.grant({ walletId, nanos: 50n, source: "top-up", grantKey: "t", at: 1 });
      await fixture.wallets.grant({ walletId, nanos: 9n, source: "demo", grantKey: "d", at: 1 });
      await spend(fixture, walletId, 89n);
      await pay(state(100n, 100n));
      expect([await balance(), await debt()]).toEqual([0n, 30n]);
      expect(await differencesOf(fixture)).toEqual([]);
    });

    test("what is spent already becomes debt: the wallet is frozen until bought money has paid it", async () => {
      await pay(state(100n));
      await spend(fixture, walletId, 80n);
      await pay(state(100n, 0n, 100n));
      expect([await balance(), await debt(), await canSpend()]).toEqual([0n, 80n, false]);
      await fixture.wallets.grant({ walletId, nanos: 30n, source: "demo", grantKey: "given", at: 1 });
      expect([await balance(), await debt(), await canSpend()]).toEqual([30n, 80n, false]);
      const topUp = { walletId, nanos: 50n, source: "top-up" as const, grantKey: "bought", at: 1 };
      expect(await fixture.wallets.grant(topUp)).toBe(true);
      expect(await fixture.wallets.grant(topUp)).toBe(false);
      expect([await balance(), await debt()]).toEqual([30n, 30n]);
      await pay(state(45n, 0n, 0n, "pi_2"));
      expect([await balance(), await debt(), await canSpend()]).toEqual([45n, 0n, true]);
      expect(await differencesOf(fixture)).toEqual([]);
    });

    test("a top-up that all went into a debt is made once, though it is told again when nothing is owed", async () => {
      await pay(state(100n));
      await spend(fixture, walletId, 100n);
      await pay(state(100n, 100n));
      const topUp = { walletId, nanos: 60n, source: "top-up" as const, grantKey: "first", at: 1 };
      expect(await fixture.wallets.grant(topUp)).toBe(true);
      expect(await fixture.wallets.grant({ ...topUp, nanos: 40n, grantKey: "second" })).toBe(true);
      expect([await fixture.wallets.grant(topUp), await balance(), await debt()]).toEqual([false, 0n, 0n]);
      expect(await differencesOf(fixture)).toEqual([]);
    });

    test("a dispute that is won gives back", async () => {
      await pay(state(100n));
      await spend(fixture, walletId, 40n);
      await pay(state(100n, 0n, 100n));
      expect([await balance(), await debt()]).toEqual([0n, 40n]);
      await pay(state(100n));
      expect([await balance(), await debt(), await canSpend()]).toEqual([60n, 0n, true]);
      expect(await differencesOf(fixture)).toEqual([]);
    });

    test("money that comes out of leases pays what is owed", async () => {
      await pay(state(100n));
      const epoch = await fixture.ledger.register();
      const asked = { walletId, epoch, turn: 1, needNanos: 60n, wantNanos: 60n };
      const { grants } = await fixture.ledger.lease(asked);
      await pay(state(100n, 100n));
      expect(await debt()).toBe(60n);
      await fixture.ledger.giveBack([{ walletId, epoch, turn: 2, grants }]);
      await fixture.payments.collectDebts(BEGAN_AT);
      expect([await balance(), await debt()]).toEqual([0n, 0n]);
      await fixture.payments.collectDebts(BEGAN_AT);
      expect(await differencesOf(fixture)).toEqual([]);
    });

    test("events of one payment at the same time come to what the last one says", async () => {
      await pay(state(100n));
      const both = [40n, 40n, 40n].map(async (refunded) => await pay(state(100n, refunded)));
      const outcomes = await Promise.all(both);
      expect(outcomes).toContain("applied");
      expect(await balance()).toBe(60n);
      expect(await differencesOf(fixture)).toEqual([]);
    });

    test("a payment of an unknown wallet is refused, and its event can come again", async () => {
      const stray = { ...state(5n), walletId: "a".repeat(32) };
      const refused = async () => await pay(stray, "evt_stray");
      await expect(refused()).rejects.toThrow(`names the wallet ${"a".repeat(32)}, which does not exist`);
      expect(await pay(state(5n), "evt_stray")).toBe("applied");
    });
  });
}
