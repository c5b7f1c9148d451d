import { beforeEach, describe, expect, test } from "bun:test";
import { monthOf, readMonth } from "../../src/base/utc-month.ts";
import { monthlyCredits } from "../../src/billing/monthly-credits.ts";
import type { Grant } from "../../src/billing/wallets.ts";
import type { Plan } from "../../src/core/model.ts";

const WALLET = "a".repeat(32);
const KEY = "b".repeat(32);
const PLAN: Plan = {
  id: "trial",
  displayName: "trial",
  keyPrefix: "t_",
  models: undefined,
  monthlyCredit: { nanos: 5n, carryOver: false },
};
const NOVEMBER_END = Date.UTC(2026, 11, 1);

/** The part of a wallet store that is asked, with its memory of keys. */
function start(now: number) {
  const state = { now, fails: false, waiting: [] as string[], looks: 0, keys: 1 };
  const grants = new Map<string, Grant>();
  const recalled: string[] = [];
  const faults: string[] = [];
  const credits = monthlyCredits({
    delay: () => new Promise(() => undefined),
    wallets: {
      grant(grant) {
        if (state.fails) throw new Error("disk");
        if (grants.has(grant.grantKey)) return false;
        grants.set(grant.grantKey, grant);
        return true;
      },
      walletsWithout(planId, month, limit) {
        state.looks++;
        return state.waiting.filter((id) => !grants.has(`monthly:${id}:${planId}:${month}`)).slice(0, limit);
      },
      countKeys: (_walletId, _planId, _until, limit) => Math.min(state.keys, limit),
    },
    clock: { now: () => state.now, monotonic: () => 0 },
    recall: async (walletId) => void recalled.push(walletId),
    onFault: (message) => faults.push(message),
  });
  return { state, grants, recalled, faults, credits };
}

describe("a plan's monthly credit", () => {
  let t = start(0);
  beforeEach(() => {
    t = start(Date.UTC(2026, 10, 21));
  });

  test("is granted at first use in the month, once, and expires with it", async () => {
    await t.credits.due(WALLET, PLAN, KEY);
    expect(t.credits.due(WALLET, PLAN, KEY)).toBeUndefined();
    expect([...t.grants.values()]).toEqual([
      {
        walletId: WALLET,
        nanos: 5n,
        source: "monthly",
        grantKey: `monthly:${WALLET}:trial:2026-11`,
        expiresAt: NOVEMBER_END,
        at: t.state.now,
      },
    ]);
    expect(t.recalled).toEqual([WALLET]);
  });

  test("is granted again in the next month, to the millisecond", async () => {
    await t.credits.due(WALLET, PLAN, KEY);
    t.state.now = NOVEMBER_END - 1;
    expect(t.credits.due(WALLET, PLAN, KEY)).toBeUndefined();
    t.state.now = NOVEMBER_END;
    await t.credits.due(WALLET, PLAN, KEY);
    expect([...t.grants.keys()].map((key) => key.slice(-7))).toEqual(["2026-11", "2026-12"]);
  });

  test("stays where the plan carries over, and is nothing where the plan has none", async () => {
    await t.credits.due(WALLET, { ...PLAN, monthlyCredit: { nanos: 5n, carryOver: true } }, KEY);
    expect([...t.grants.values()][0]?.expiresAt).toBeUndefined();
    expect(t.credits.due(WALLET, { ...PLAN, monthlyCredit: undefined }, KEY)).toBeUndefined();
    expect(t.credits.due(WALLET, undefined, KEY)).toBeUndefined();
  });

  test("that fails is said, does not stop the request, and is tried again", async () => {
    t.state.fails = true;
    await t.credits.due(WALLET, PLAN, KEY);
    expect(t.faults).toHaveLength(1);
    t.state.fails = false;
    await t.credits.due(WALLET, PLAN, KEY);
    expect(t.grants.size).toBe(1);
  });

  describe("for each key", () => {
    const perKey: Plan = { ...PLAN, monthlyCredit: { nanos: 5n, carryOver: false, keysMax: 3 } };
    const shares = () => [...t.grants.keys()].map((key) => key.slice(`monthly:${WALLET}:trial:`.length));

    test("comes as often as there are keys, when a further one is used, and never above its bound", async () => {
      await t.credits.due(WALLET, perKey, KEY);
      expect(shares()).toEqual(["2026-11"]);
      expect(t.credits.due(WALLET, perKey, KEY)).toBeUndefined();
      t.state.keys = 2;
      await t.credits.due(WALLET, perKey, "second");
      expect(shares()).toEqual(["2026-11", "2026-11:2"]);
      t.state.keys = 9;
      await t.credits.due(WALLET, perKey, "third");
      expect(shares()).toEqual(["2026-11", "2026-11:2", "2026-11:3"]);
    });

    test("brings nothing for a key that is made in place of another", async () => {
      t.state.keys = 2;
      await t.credits.due(WALLET, perKey, KEY);
      await t.credits.due(WALLET, perKey, "made in its place");
      expect(shares()).toEqual(["2026-11", "2026-11:2"]);
      expect(t.recalled).toEqual([WALLET]);
    });

    test("comes once where the only key ends in its month, and all of it by the sweep", async () => {
      t.state.keys = 0;
      await t.credits.due(WALLET, perKey, KEY);
      expect(shares()).toEqual(["2026-11"]);
      t.state.now = NOVEMBER_END;
      t.state.keys = 3;
      t.state.waiting = [WALLET];
      await t.credits.sweep([perKey]);
      expect(shares().slice(1)).toEqual(["2026-12", "2026-12:2", "2026-12:3"]);
    });
  });

  test("is granted by the sweep, which looks at all wallets once an hour at most", async () => {
    t.state.waiting = Array.from({ length: 450 }, (_, index) => `w${index}`);
    for (let round = 0; round < 5; round++) await t.credits.sweep([PLAN]);
    expect([t.grants.size, t.state.looks]).toEqual([450, 3]);
    t.state.waiting.push("new");
    t.state.now += 3_600_000;
    await t.credits.sweep([PLAN]);
    expect([t.grants.size, t.state.looks]).toEqual([451, 4]);
    t.state.now = NOVEMBER_END;
    await t.credits.sweep([PLAN]);
    expect(t.grants.size).toBe(651);
  });
});

test("months are those of UTC", () => {
  expect(monthOf(NOVEMBER_END - 1)).toEqual({
    name: "2026-11",
    startsAt: Date.UTC(2026, 10, 1),
    endsAt: NOVEMBER_END,
  });
  expect(readMonth("2026-12")).toEqual(monthOf(NOVEMBER_END));
  expect(["2026-13", "2026-00", "26-01", "2026-1", ""].map(readMonth)).toEqual(Array(5).fill(undefined));
});
