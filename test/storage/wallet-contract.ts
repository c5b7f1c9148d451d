import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { hintOf, newKey } from "../../src/accounts/key-format.ts";
import { hashKey } from "../../src/accounts/key-verifier.ts";
import { newId } from "../../src/base/id.ts";
import type { Grant } from "../../src/billing/wallets.ts";
import {
  BEGAN_AT,
  differencesOf,
  type MoneyFixture,
  newAccount,
  type OpenMoney,
  spend,
} from "./money-fixture.ts";

const DAY_MS = 86_400_000;

/** What every store of wallets must do. */
export function walletContract(name: string, open: OpenMoney): void {
  describe(`wallets: ${name}`, () => {
    let fixture: MoneyFixture;
    let walletId: string;
    beforeEach(async () => {
      fixture = await open();
      ({ walletId } = await newAccount(fixture, "alice"));
    });
    afterEach(() => fixture.dispose());

    function grantOf(nanos: bigint, more: Partial<Grant> = {}): Grant {
      return { walletId, nanos, source: "top-up", grantKey: `top-up:${nanos}`, at: BEGAN_AT, ...more };
    }
    const balance = (now = BEGAN_AT) => fixture.wallets.balance(walletId, now);

    test("a grant is made once, also when it is asked for at the same time", async () => {
      const grant = grantOf(100n);
      const made = await Promise.all([1, 2, 3].map(async () => await fixture.wallets.grant(grant)));
      expect(made.filter(Boolean)).toHaveLength(1);
      expect(await balance()).toBe(100n);
      expect(await differencesOf(fixture)).toEqual([]);
    });

    test("a balance is what is neither spent nor expired", async () => {
      await fixture.wallets.grant(grantOf(100n));
      await fixture.wallets.grant(
        grantOf(50n, { source: "monthly", expiresAt: BEGAN_AT + 10, grantKey: `monthly:${walletId}:p:1` }),
      );
      expect([await balance(), await balance(BEGAN_AT + 10)]).toEqual([150n, 100n]);
      await spend(fixture, walletId, 70n);
      expect([await balance(), await balance(BEGAN_AT + 10)]).toEqual([80n, 80n]);
    });

    test("what is free in an expired lot goes, once, and not before its time", async () => {
      const expiresAt = BEGAN_AT + 1_000;
      await fixture.wallets.grant(
        grantOf(50n, { source: "monthly", expiresAt, grantKey: `monthly:${walletId}:p:1` }),
      );
      await fixture.wallets.grant(grantOf(100n));
      await spend(fixture, walletId, 20n);
      await fixture.setNow(expiresAt - 1);
      expect(await fixture.wallets.expire(expiresAt - 1)).toBe(0);
      await fixture.setNow(expiresAt);
      expect(await fixture.wallets.expire(expiresAt)).toBe(1);
      expect(await fixture.wallets.expire(expiresAt)).toBe(0);
      expect(await balance(expiresAt)).toBe(100n);
      const [line] = await fixture.wallets.statement(walletId, 1);
      expect(line).toMatchObject({ kind: "expiry", nanos: -30n, at: expiresAt });
      expect(await differencesOf(fixture)).toEqual([]);
    });

    test("a statement holds every movement, the newest first; a period has its opening", async () => {
      await fixture.wallets.grant(grantOf(100n, { at: 1 }));
      const requestId = await spend(fixture, walletId, 30n);
      await fixture.wallets.grant(grantOf(10n, { at: 9 }));
      const lines = await fixture.wallets.statement(walletId, 10);
      expect(lines.map(({ kind, nanos }) => [kind, nanos])).toEqual([
        ["grant", 10n],
        ["charge", -30n],
        ["grant", 100n],
      ]);
      expect(lines[1]?.ref).toBe(requestId);
      const period = await fixture.wallets.period(walletId, { from: 2, to: 10, by: "day", linesMax: 10 });
      expect(period?.openingNanos).toBe(100n);
      expect(period?.lines.map(({ kind, nanos, requests }) => [kind, nanos, requests])).toEqual([
        ["charge", -30n, 1],
        ["grant", 10n, 0],
      ]);
      const few = { from: 0, to: DAY_MS, by: "request" as const, linesMax: 2 };
      expect(await fixture.wallets.period(walletId, few)).toBeUndefined();
    });

    test("wallets whose month is due are those of live keys of the plan", async () => {
      const { accountId } = await newAccount(fixture, "alice");
      const key = newKey("qn_");
      const keyId = newId();
      const hash = hashKey("s", key);
      await fixture.accounts.addKey({
        hash,
        keyId,
        accountId,
        planId: "p",
        name: "k",
        hint: hintOf(key),
        createdAt: 1,
      });
      expect(await fixture.wallets.walletsWithout("p", "2026-11", 5)).toEqual([walletId]);
      expect(await fixture.wallets.walletsWithout("other", "2026-11", 5)).toEqual([]);
      const grantKey = `monthly:${walletId}:p:2026-11`;
      await fixture.wallets.grant(grantOf(5n, { source: "monthly", grantKey, expiresAt: BEGAN_AT + 1 }));
      expect(await fixture.wallets.walletsWithout("p", "2026-11", 5)).toEqual([]);
      expect(await fixture.wallets.walletsWithout("p", "2026-12", 5)).toEqual([walletId]);
    });

    test("keys are counted that are not revoked and go on, of one plan, up to a bound", async () => {
      const { accountId } = await newAccount(fixture, "alice");
      const add = async (planId: string, expiresAt?: number) => {
        const key = newKey("qn_");
        const keyId = newId();
        const hint = hintOf(key);
        await fixture.accounts.addKey({
          ...{ hash: hashKey("s", key), keyId, accountId, planId, name: "k", hint, createdAt: 1 },
          ...(expiresAt !== undefined && { expiresAt }),
        });
        return keyId;
      };
      const count = (limit: number) => fixture.wallets.countKeys(walletId, "p", 1_000, limit);
      expect(await count(5)).toBe(0);
      const [first] = [await add("p"), await add("p", 1_001), await add("p", 1_000), await add("other")];
      expect([await count(5), await count(1)]).toEqual([2, 1]);
      await fixture.accounts.revokeKey(first, 5);
      expect(await count(5)).toBe(1);
    });
  });
}
