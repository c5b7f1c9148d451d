import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { newId } from "../../src/base/id.ts";
import { type MoneyFixture, newAccount, type OpenMoney, spend } from "./money-fixture.ts";

/** What every store of receipts, and of the price lists that they name, must do. */
export function receiptContract(name: string, open: OpenMoney): void {
  describe(`receipts and price lists: ${name}`, () => {
    let fixture: MoneyFixture;
    let walletId: string;
    beforeEach(async () => {
      fixture = await open();
      ({ walletId } = await newAccount(fixture, "alice"));
    });
    afterEach(() => fixture.dispose());

    test("a price list has one version, the next one the next", async () => {
      const versions = [];
      for (const content of ["first", "second", "first"])
        versions.push(await fixture.prices.versionOf(content, 4));
      expect(versions).toEqual([1, 2, 1]);
      expect(await fixture.receipts.prices(2)).toEqual({ content: "second", since: 4 });
      expect(await fixture.receipts.prices(3)).toBeUndefined();
    });

    test("a price list that two ask for at once has one version", async () => {
      const asked = [1, 2, 3].map(async () => await fixture.prices.versionOf("same", 4));
      expect(new Set(await Promise.all(asked)).size).toBe(1);
    });

    test("legs come in order with where their money came from; what was paid back, too", async () => {
      await fixture.wallets.grant({ walletId, nanos: 30n, source: "demo", grantKey: "d", at: 1 });
      await fixture.wallets.grant({ walletId, nanos: 30n, source: "top-up", grantKey: "t", at: 1 });
      const requestId = await spend(fixture, walletId, 40n);
      const legs = await fixture.receipts.legs(requestId);
      expect(legs.map(({ leg, state, source, amountNanos }) => [leg, state, source, amountNanos])).toEqual([
        [0, "posted", "demo", 30n],
        [1, "posted", "top-up", 10n],
      ]);
      expect(await fixture.receipts.transfers(requestId)).toEqual([]);
      await fixture.ledger.reverse(requestId);
      const back = await fixture.receipts.transfers(requestId);
      expect(back.map(({ key, kind, nanos }) => [key, kind, nanos])).toEqual([
        [`reversal:${requestId}:0`, "reversal", 30n],
        [`reversal:${requestId}:1`, "reversal", 10n],
      ]);
      expect(await fixture.receipts.legs(newId())).toEqual([]);
    });

    test("keys that sign are kept, the newest first", async () => {
      for (const since of [1, 2]) {
        const publicKey = { kid: `k${since}`, kty: "OKP" as const, crv: "Ed25519" as const, x: "x" };
        await fixture.receipts.addKey({ publicKey, sealed: new Uint8Array([since]), since });
      }
      const keys = await fixture.receipts.keys();
      expect(keys.map(({ publicKey, since }) => [publicKey.kid, since])).toEqual([
        ["k2", 2],
        ["k1", 1],
      ]);
      expect([...(keys[0]?.sealed ?? [])]).toEqual([2]);
    });
  });
}
