import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { newId } from "../../src/base/id.ts";
import { hashCode, type NewCode } from "../../src/billing/codes.ts";
import { BEGAN_AT, differencesOf, type MoneyFixture, newAccount, type OpenMoney } from "./money-fixture.ts";

/** What every store of redemption codes must do. */
export function codeContract(name: string, open: OpenMoney): void {
  describe(`redemption codes: ${name}`, () => {
    let fixture: MoneyFixture;
    let alice: string;
    let bob: string;
    beforeEach(async () => {
      fixture = await open();
      alice = (await newAccount(fixture, "alice")).walletId;
      bob = (await newAccount(fixture, "bob")).walletId;
    });
    afterEach(() => fixture.dispose());

    async function addCode(text: string, more: Partial<NewCode> = {}): Promise<NewCode> {
      const code = {
        codeId: newId(),
        hash: hashCode("s", text),
        hint: text.slice(-3),
        batch: "b",
        nanos: 25n,
        expiresAt: undefined,
        createdAt: 1,
        ...more,
      };
      await fixture.codes.add([code]);
      return code;
    }

    test("is money once, whoever asks at the same time", async () => {
      const { hash } = await addCode("one");
      const asked = [alice, bob, alice, bob].map(
        async (walletId) => await fixture.codes.redeem(hash, walletId, BEGAN_AT),
      );
      const kinds = (await Promise.all(asked)).map(({ kind }) => kind);
      expect(kinds.toSorted()).toEqual(["redeemed", "used", "used", "used"]);
      const balances = [alice, bob].map(async (id) => await fixture.wallets.balance(id, BEGAN_AT));
      expect((await Promise.all(balances)).toSorted()).toEqual([0n, 25n]);
      expect(await differencesOf(fixture)).toEqual([]);
    });

    test("is worth nothing when it is unknown, expired or revoked", async () => {
      const expired = await addCode("two", { expiresAt: BEGAN_AT });
      const revoked = await addCode("three", { batch: "c" });
      expect(await fixture.codes.revoke({ batch: "c" }, 2)).toBe(1);
      expect(await fixture.codes.revoke({ codeId: revoked.codeId }, 2)).toBe(0);
      const redeem = async (hash: Uint8Array) => (await fixture.codes.redeem(hash, alice, BEGAN_AT)).kind;
      expect(await redeem(hashCode("s", "none"))).toBe("unknown");
      expect(await redeem(expired.hash)).toBe("expired");
      expect(await redeem(revoked.hash)).toBe("revoked");
      expect(await fixture.wallets.balance(alice, BEGAN_AT)).toBe(0n);
    });

    test("is listed by batch, the newest first, with who redeemed it", async () => {
      const first = await addCode("four");
      await addCode("five");
      await addCode("six", { batch: "other" });
      await fixture.codes.redeem(first.hash, bob, 7);
      const rows = await fixture.codes.list({ batch: "b", limit: 10 });
      expect(rows.map(({ hint, account, redeemedAt }) => [hint, account, redeemedAt])).toEqual([
        ["ive", undefined, undefined],
        ["our", "bob", 7],
      ]);
      expect(await fixture.codes.list({ limit: 2 })).toHaveLength(2);
    });
  });
}
