import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { newId } from "../../src/base/id.ts";
import type { AutoTopUp, TopUpFailure } from "../../src/billing/auto-top-up-store.ts";
import { type MoneyFixture, newAccount, type OpenMoney } from "./money-fixture.ts";

const NOW = Date.UTC(2026, 10, 21, 12);
const DAY_MS = 86_400_000;
const METHOD = { customer: "cus_a-1", method: "pm_1", label: "visa 4242" };

/** What every store of automatic top-ups must do. */
export function autoTopUpContract(name: string, open: OpenMoney): void {
  describe(`automatic top-ups: ${name}`, () => {
    let fixture: MoneyFixture;
    let walletId: string;
    beforeEach(async () => {
      fixture = await open();
      ({ walletId } = await newAccount(fixture, "alice"));
      const terms = { walletId, belowNanos: 5n, amountNanos: 20n, timesADayMax: 2, monthNanosMax: 60n };
      await fixture.autoTopUps.set({ ...terms, email: "a@b.example" });
    });
    afterEach(() => fixture.dispose());

    async function terms(now = NOW): Promise<AutoTopUp> {
      const found = await fixture.autoTopUps.find(walletId, now);
      if (!found) throw new Error("there are no terms");
      return found;
    }
    const begin = async (now = NOW, seen?: AutoTopUp) =>
      await fixture.autoTopUps.begin(seen ?? (await terms(now)), METHOD, newId(), now);
    async function claimed(now = NOW) {
      const [attempt] = await fixture.autoTopUps.claim(now, now + 100, 5);
      if (!attempt) throw new Error("nothing is due");
      return attempt;
    }
    function failure(rest: Partial<TopUpFailure> = {}): TopUpFailure {
      return { reason: "declined", pausedUntil: 0, offReason: undefined, messages: [], ...rest };
    }

    test("the first payer is kept", async () => {
      const { autoTopUps } = fixture;
      expect(await autoTopUps.customer(walletId)).toBeUndefined();
      expect(await autoTopUps.keepCustomer(walletId, "cus_a-1")).toBe("cus_a-1");
      expect(await autoTopUps.keepCustomer(walletId, "cus_b")).toBe("cus_a-1");
      expect(await autoTopUps.customer(walletId)).toBe("cus_a-1");
    });

    test("of many that begin at once one does, and none while it is open or after it with an old reading", async () => {
      const seen = await terms();
      const begun = await Promise.all([1, 2, 3].map(() => begin(NOW, seen)));
      expect(begun.filter(Boolean)).toHaveLength(1);
      expect(await terms()).toMatchObject({ isOpen: true, begunToday: 1, monthNanos: 20n, turn: 1 });
      expect(await begin()).toBe(false);
      const attempt = await claimed();
      expect(attempt).toMatchObject({ walletId, nanos: 20n, customer: "cus_a-1", method: "pm_1", tries: 1 });
      await fixture.autoTopUps.paid(attempt, "pi_1");
      expect(await begin(NOW, seen)).toBe(false);
      expect(await begin()).toBe(true);
    });

    test("an attempt is one worker's until its time is over", async () => {
      await begin();
      const both = await Promise.all(
        [1, 2].map(async () => await fixture.autoTopUps.claim(NOW, NOW + 100, 5)),
      );
      expect(both.flat()).toHaveLength(1);
      expect(await fixture.autoTopUps.claim(NOW + 99, NOW + 200, 5)).toEqual([]);
      expect((await claimed(NOW + 100)).tries).toBe(2);
    });

    test("no more than so often a day and so much a month; what failed does not count for the month", async () => {
      const pay = async (now: number) => {
        if (!(await begin(now))) return false;
        await fixture.autoTopUps.paid(await claimed(now), `pi_${now}`);
        return true;
      };
      expect([await pay(NOW), await pay(NOW), await pay(NOW)]).toEqual([true, true, false]);
      expect(await begin(NOW + DAY_MS)).toBe(true);
      await fixture.autoTopUps.failed(await claimed(NOW + DAY_MS), failure(), NOW + DAY_MS);
      expect(await pay(NOW + DAY_MS)).toBe(true);
      expect(await pay(NOW + 2 * DAY_MS)).toBe(false);
      expect(await pay(Date.UTC(2026, 11, 1))).toBe(true);
    });

    test("a failure counts once, pauses, tells, and may switch off; setting it anew clears all", async () => {
      await begin();
      const attempt = await claimed();
      const message = {
        messageId: newId(),
        walletId,
        channel: "email" as const,
        target: "t",
        body: "b",
        tries: 0,
      };
      const said = failure({ pausedUntil: NOW + 50, messages: [message] });
      await fixture.autoTopUps.failed(attempt, said, NOW);
      await fixture.autoTopUps.failed(attempt, said, NOW);
      expect(await terms()).toMatchObject({ failures: 1, isOpen: false, offReason: undefined });
      expect(await fixture.notices.due(NOW, 9)).toHaveLength(1);
      expect(await begin(NOW + 49)).toBe(false);
      expect(await begin(NOW + 50)).toBe(true);
      await fixture.autoTopUps.failed(await claimed(NOW + 50), failure({ offReason: "thrice" }), NOW + 50);
      expect((await terms()).offReason).toBe("thrice");
      expect(await fixture.autoTopUps.active(NOW)).toEqual([]);
      expect(await begin(NOW + DAY_MS)).toBe(false);
      await fixture.autoTopUps.set(await terms());
      expect(await terms()).toMatchObject({ failures: 0, offReason: undefined });
      expect(await fixture.autoTopUps.active(NOW)).toHaveLength(1);
    });

    test("switched off once, with what is told; an open attempt goes on", async () => {
      await begin();
      expect(await fixture.autoTopUps.switchOff(walletId, "by hand", [], NOW)).toBe(true);
      expect(await fixture.autoTopUps.switchOff(walletId, "again", [], NOW)).toBe(false);
      const attempt = await claimed();
      await fixture.autoTopUps.retry(attempt.attemptId, NOW + 7, "busy");
      expect((await claimed(NOW + 7)).tries).toBe(2);
      await fixture.autoTopUps.paid(attempt, "pi_1");
      expect(await terms()).toMatchObject({ offReason: "by hand", isOpen: false });
    });
  });
}
