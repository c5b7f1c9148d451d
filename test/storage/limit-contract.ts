import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  type Claim,
  type LimitStore,
  PERMIT_TTL_MS,
  type Verdict,
  type WindowClaim,
  type WindowShape,
} from "../../src/limits/store.ts";

/** A store of limits under test, whose clock the test sets. */
export interface LimitFixture {
  readonly store: LimitStore;
  setTime(ms: number): void;
  dispose(): void | Promise<void>;
}

/** A day in 2026: the numbers of slots are as large as in life. */
export const START_MS = Date.UTC(2026, 10, 21);
const MINUTE: WindowShape = { name: "minute", slotMicros: 25_000, slots: 2_400 };
const DAY: WindowShape = { name: "day", slotMicros: 86_400_000_000, slots: 0 };

const window = (limit: number, cost = 1, shape = MINUTE): WindowClaim => ({ ...shape, limit, cost });

/** What every store of limits does. */
export function limitContract(name: string, open: () => LimitFixture | Promise<LimitFixture>): void {
  let fixture: LimitFixture;
  let ids = 0;
  beforeEach(async () => {
    fixture = await open();
    fixture.setTime(START_MS);
  });
  afterEach(() => fixture.dispose());

  const at = (ms: number) => fixture.setTime(START_MS + ms);
  async function ask(windows: readonly WindowClaim[], claim: Partial<Claim> = {}): Promise<Verdict> {
    return await fixture.store.acquire({ scope: "a", permitId: `p${++ids}`, windows, gates: [], ...claim });
  }
  const granted = async (...of: Parameters<typeof ask>) => (await ask(...of)).deniedBy === undefined;

  describe(`${name}: a window`, () => {
    test("is looked at for nothing: what is asked by cost 0 counts nowhere", async () => {
      await ask([window(3)]);
      for (let look = 0; look < 3; look++) {
        const { deniedBy, states } = await ask([window(3, 0)]);
        expect([deniedBy, states[0]?.remaining]).toEqual([undefined, 2]);
      }
      await ask([window(3, 2)]);
      expect((await ask([window(3, 0)])).states[0]?.remaining).toBe(0);
    });

    test("grants up to its limit and says what is left", async () => {
      for (const remaining of [2, 1, 0]) {
        const { deniedBy, states } = await ask([window(3)]);
        expect([deniedBy, states[0]?.remaining]).toEqual([undefined, remaining]);
        // The slot that began with this moment counts to the end of its 60.025 seconds.
        expect(states[0]?.resetMs).toBe(60_025);
      }
      expect(await ask([window(3)])).toMatchObject({
        deniedBy: 0,
        retryMs: 60_025,
        states: [{ remaining: 0, resetMs: 60_025 }],
      });
    });

    test("slides: what was granted counts for 60 s and a slot", async () => {
      await ask([window(2)]);
      at(30_000);
      await ask([window(2)]);
      at(60_024);
      expect(await ask([window(2)])).toMatchObject({ deniedBy: 0, retryMs: 1 });
      at(60_025);
      expect(await granted([window(2)])).toBe(true);
      expect(await ask([window(2)])).toMatchObject({ deniedBy: 0, retryMs: 30_000 });
    });

    test("denies without counting", async () => {
      await ask([window(1)]);
      for (let ms = 0; ms < 60_000; ms += 5_000) {
        at(ms);
        expect(await granted([window(1)])).toBe(false);
      }
      at(60_025);
      expect(await granted([window(1)])).toBe(true);
    });

    test("takes a cost above its limit for the limit", async () => {
      expect(await granted([window(100, 1_000)])).toBe(true);
      expect(await ask([window(100, 1)])).toMatchObject({ deniedBy: 0, states: [{ remaining: 0 }] });
    });

    test("says when enough is free for a cost that waits for several", async () => {
      for (const ms of [0, 1_000, 2_000]) {
        at(ms);
        await ask([window(30, 10)]);
      }
      expect((await ask([window(30, 5)])).retryMs).toBe(58_025);
      expect((await ask([window(30, 15)])).retryMs).toBe(59_025);
      expect((await ask([window(30, 30)])).retryMs).toBe(60_025);
    });

    test("of the day ends with the day of UTC", async () => {
      at(86_399_000);
      expect(await granted([window(1, 1, DAY)])).toBe(true);
      expect(await ask([window(1, 1, DAY)])).toMatchObject({ deniedBy: 0, retryMs: 1_000 });
      at(86_400_000);
      expect(await granted([window(1, 1, DAY)])).toBe(true);
    });

    test("holds a limit that was lowered, and gives more of one that was raised", async () => {
      for (let count = 0; count < 5; count++) await ask([window(5)]);
      expect((await ask([window(2)])).states[0]?.remaining).toBe(0);
      expect(await granted([window(6)])).toBe(true);
    });

    test("is of its scope and name alone", async () => {
      await ask([window(1)]);
      expect(await granted([window(1)], { scope: "b" })).toBe(true);
      expect(await granted([window(1, 1, { ...MINUTE, name: "other" })])).toBe(true);
      expect(await granted([window(1)])).toBe(false);
    });

    test("survives a clock that goes back", async () => {
      at(30_000);
      await ask([window(2)]);
      at(0);
      await ask([window(2)]);
      expect(await granted([window(2)])).toBe(false);
      at(90_025);
      expect(await granted([window(2, 2)])).toBe(true);
      // By more than a window: what was counted in that future cannot be told from nonsense.
      at(0);
      expect(await granted([window(2, 2)])).toBe(true);
    });

    test("never grants more than its limit in any 60 s, nor much less when it is always asked", async () => {
      const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 9_000 }), fc.integer({ min: 1, max: 6 })), {
        minLength: 20,
        maxLength: 60,
      });
      await fc.assert(
        fc.asyncProperty(steps, async (plan) => {
          const shape = { ...MINUTE, name: `property-${++ids}` };
          const grants: { ms: number; cost: number }[] = [];
          let ms = 0;
          for (const [gap, cost] of plan) {
            ms += gap;
            at(ms);
            if (await granted([window(10, cost, shape)])) grants.push({ ms, cost });
            else {
              const live = grants.filter((grant) => grant.ms > ms - 60_050);
              expect(live.reduce((sum, grant) => sum + grant.cost, cost)).toBeGreaterThan(10);
            }
          }
          for (const { ms: from } of grants) {
            const within = grants.filter((grant) => grant.ms >= from && grant.ms <= from + 60_000);
            expect(within.reduce((sum, grant) => sum + grant.cost, 0)).toBeLessThanOrEqual(10);
          }
        }),
        { numRuns: 25 },
      );
    });
  });

  describe(`${name}: 600 a minute, 3,000 a minute offered evenly for four minutes`, () => {
    test.each([
      ["requests", 600, 1],
      ["tokens", 6_000, 10],
    ])("grants exactly 600 %s in each, and no more in any 60 s", async (_, limit, cost) => {
      const grantedAt: number[] = [];
      for (let ms = 0; ms < 240_000; ms += 20) {
        at(ms);
        if (await granted([window(limit, cost)])) grantedAt.push(ms);
      }
      const first = grantedAt[0] ?? 0;
      const inMinute = (from: number) => grantedAt.filter((ms) => ms >= from && ms < from + 60_000).length;
      expect([0, 1, 2, 3].map((minute) => inMinute(first + minute * 60_000))).toEqual([600, 600, 600, 600]);
      expect(Math.max(...grantedAt.map(inMinute))).toBe(600);
    });
  });

  describe(`${name}: several bounds`, () => {
    test("grant together or not at all", async () => {
      const [wide, narrow] = [window(10), window(1, 1, { ...MINUTE, name: "narrow" })];
      const gates = [{ name: "gate", max: 1 }];
      expect(await ask([wide, narrow], { gates })).toMatchObject({ deniedBy: undefined });
      expect(await ask([wide, narrow], { gates: [] })).toMatchObject({ deniedBy: 1 });
      expect(await ask([wide], { gates })).toMatchObject({ deniedBy: 1, retryMs: 1_000 });
      // Nothing of what was denied was counted.
      expect((await ask([wide])).states[0]?.remaining).toBe(8);
    });

    test("that deny are told by the one that denies longest", async () => {
      const [minute, day] = [window(1), window(1, 1, DAY)];
      const gates = [{ name: "gate", max: 1 }];
      await ask([minute, day], { gates });
      expect((await ask([minute, day], { gates })).deniedBy).toBe(1);
      expect((await ask([minute], { gates })).deniedBy).toBe(0);
    });
  });

  describe(`${name}: a gate`, () => {
    const gates = [{ name: "gate", max: 2 }];
    const held = (permitId: string) => ({ scope: "a", permitId, gates });

    test("lets in as many as it may, and one for each that leaves", async () => {
      expect(await granted([], { permitId: "x", gates })).toBe(true);
      expect(await granted([], { permitId: "y", gates })).toBe(true);
      expect(await ask([], { gates })).toMatchObject({ deniedBy: 0, retryMs: 1_000 });
      await fixture.store.end({ ...held("x"), corrections: [] });
      await fixture.store.end({ ...held("x"), corrections: [] });
      expect(await granted([], { permitId: "z", gates })).toBe(true);
      expect(await granted([], { gates })).toBe(false);
    });

    test("forgets who is not renewed, and keeps who is", async () => {
      await ask([], { permitId: "x", gates });
      await ask([], { permitId: "y", gates });
      at(PERMIT_TTL_MS - 1);
      expect(await fixture.store.renew([held("x")])).toEqual([]);
      expect(await granted([], { gates })).toBe(false);
      at(PERMIT_TTL_MS);
      expect(await granted([], { permitId: "z", gates })).toBe(true);
      expect(await granted([], { gates })).toBe(false);
    });

    test("takes a late one back while there is room, and says so where there is none", async () => {
      await ask([], { permitId: "x", gates });
      at(PERMIT_TTL_MS * 2);
      expect(await fixture.store.renew([held("x")])).toEqual([]);
      at(PERMIT_TTL_MS * 4);
      await ask([], { permitId: "y", gates });
      await ask([], { permitId: "z", gates });
      expect(await fixture.store.renew([held("x"), held("y")])).toEqual(["x"]);
      await fixture.store.end({ ...held("y"), corrections: [] });
      expect(await fixture.store.renew([held("x")])).toEqual([]);
      expect(await granted([], { gates })).toBe(false);
    });

    test("with many permits renews them all", async () => {
      const wide = [{ name: "wide", max: 1_000 }];
      const many = Array.from({ length: 1_000 }, (_, place) => `many${place}`);
      await Promise.all(many.map((permitId) => ask([], { permitId, gates: wide })));
      at(PERMIT_TTL_MS - 1);
      const permits = many.map((permitId) => ({ scope: "a", permitId, gates: wide }));
      expect(await fixture.store.renew(permits)).toEqual([]);
      at(PERMIT_TTL_MS + 1);
      expect(await granted([], { gates: wide })).toBe(false);
    });
  });

  describe(`${name}: a correction`, () => {
    const correct = (slot: number, delta: number, shape = MINUTE) =>
      fixture.store.end({
        scope: "a",
        permitId: "x",
        gates: [],
        corrections: [{ window: shape, slot, delta }],
      });
    const left = async (limit = 100) => (await ask([window(limit, 0)])).states[0]?.remaining;

    test("of less use frees the slot of the grant", async () => {
      const { states } = await ask([window(100, 80)]);
      at(10_000);
      await ask([window(100, 10)]);
      await correct(states[0]?.slot ?? 0, -60);
      expect(await left()).toBe(70);
      at(60_025);
      expect(await left()).toBe(90);
    });

    test("of more use counts from now on, beyond the limit if need be", async () => {
      const { states } = await ask([window(100, 80)]);
      at(10_000);
      await correct(states[0]?.slot ?? 0, 50);
      expect(await left()).toBe(0);
      at(60_025);
      expect(await left()).toBe(50);
      at(70_025);
      expect(await left()).toBe(100);
    });

    test("of less use does nothing where the slot counts no more, nor below nothing", async () => {
      const { states } = await ask([window(100, 80)]);
      const slot = states[0]?.slot ?? 0;
      await correct(slot, -500);
      expect(await left()).toBe(100);
      await ask([window(100, 30)]);
      at(70_000);
      await ask([window(100, 40)]);
      await correct(slot, -30);
      expect(await left()).toBe(60);
    });

    test("that comes after everything counts as nothing else", async () => {
      await correct(1, 25);
      expect(await left()).toBe(75);
    });
  });
}
