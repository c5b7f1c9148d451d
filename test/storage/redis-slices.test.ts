import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { newId } from "../../src/base/id.ts";
import { slicedStore } from "../../src/limits/sliced-store.ts";
import { type Claim, type LimitStore, PERMIT_TTL_MS, type WindowClaim } from "../../src/limits/store.ts";
import { connectRedis, type RedisConnection } from "../../src/storage/redis/connection.ts";
import { nodeOver } from "../support/limit-store.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/redis.ts";

const START_MS = Date.UTC(2026, 10, 21);
const PATIENT_MS = 10_000;
const HOT = 200;

/** A node with slices, whose time the test sets, and which tells how often it asked Redis. */
interface SlicingNode {
  readonly store: LimitStore;
  readonly calls: { acquire: number; end: number };
}

if (hasRedis("slices of limits")) {
  let server: RedisServer;
  let redis: RedisConnection;
  let scope: string;
  let nowMs = 0;
  let due: { atMs: number; work: () => void }[] = [];

  beforeAll(async () => {
    server = await startRedis();
    redis = connectRedis(server.url, () => undefined, { answerMs: PATIENT_MS });
    nowMs = START_MS;
    await node().store.renew([]);
  });
  beforeEach(() => {
    scope = newId();
    due = [];
    nowMs += 86_400_000;
    nowMs -= nowMs % 86_400_000;
  });
  afterAll(async () => {
    redis.close();
    await server.kill();
  });

  const clock = { monotonic: () => nowMs };

  /** Time passes, and what was to be done by then is done. */
  async function pass(ms: number): Promise<void> {
    nowMs += ms;
    const now = due.filter(({ atMs }) => atMs <= nowMs);
    due = due.filter(({ atMs }) => atMs > nowMs);
    for (const { work } of now) work();
    // One connection: what was sent is done when a later call is answered.
    await redis.run({ text: "return 1", sha: "0" }, [], []);
  }

  function node(): SlicingNode {
    const calls = { acquire: 0, end: 0 };
    const real = nodeOver(
      redis,
      { nowMicros: () => nowMs * 1_000 },
      // Time stands still while the store is asked for its memory.
      { clock, delay: (ms) => (ms === 50 ? pass(ms) : new Promise(() => undefined)) },
    );
    const store: LimitStore = {
      ...real,
      acquire(claim) {
        calls.acquire++;
        return real.acquire(claim);
      },
      end(permit) {
        calls.end++;
        return real.end(permit);
      },
    };
    const sliced = slicedStore({
      store,
      clock,
      later: (ms, work) => void due.push({ atMs: nowMs + ms, work }),
      onFault: (_, cause) => {
        throw cause;
      },
    });
    return { store: sliced, calls };
  }

  const minute = (limit: number, cost = 1): WindowClaim => ({
    ...{ name: "minute", slotMicros: 25_000, slots: 2_400 },
    limit,
    cost,
  });
  const day = (limit: number): WindowClaim => ({
    ...{ name: "day", slotMicros: 86_400_000_000, slots: 0 },
    limit,
    cost: 1,
  });

  async function ask({ store }: SlicingNode, windows: readonly WindowClaim[], more: Partial<Claim> = {}) {
    const claim = { scope, permitId: newId(), windows, gates: [], ...more };
    const { deniedBy, states } = await store.acquire(claim);
    return { ...claim, granted: deniedBy === undefined, states };
  }

  const left = async (node: SlicingNode, window: WindowClaim) =>
    (await ask(node, [{ ...window, cost: 0 }])).states[0]?.remaining;

  describe("a key that many requests come from", () => {
    test("costs few calls, and counts each request once", async () => {
      const one = node();
      for (let count = 0; count < 1_000; count++)
        expect((await ask(one, [minute(60_000)])).granted).toBe(true);
      // One each until it is hot, then one for 50 and more: a quarter of a second's.
      expect(one.calls.acquire).toBeLessThan(HOT + 20);
      await pass(300);
      expect(await left(one, minute(60_000))).toBe(59_000);
    });

    test("says what is left as if it had been asked for", async () => {
      const one = node();
      for (let count = 1; count <= 500; count++) {
        const { states } = await ask(one, [minute(60_000)]);
        expect(states[0]?.remaining).toBe(60_000 - count);
      }
    });

    test("is asked for one by one in the upper half of its limit, to the last unit", async () => {
      const nodes = [node(), node()] as const;
      let granted = 0;
      for (let count = 0; count < 12_000; count++)
        if ((await ask(nodes[count % 2 === 0 ? 0 : 1], [minute(8_000)])).granted) granted++;
      // What lies in a slice is not there for the other node before it ends.
      expect(granted).toBeWithin(7_960, 8_001);
      await pass(300);
      for (let count = 0; count < 100; count++) if ((await ask(nodes[0], [minute(8_000)])).granted) granted++;
      expect(granted).toBe(8_000);
    });

    test("is never granted more in any 60 s, though slices are used after they were counted", async () => {
      const one = node();
      const grants: number[] = [];
      for (let second = 0; second < 100; second++) {
        for (let count = 0; count < 250; count++) {
          await pass(1);
          if ((await ask(one, [minute(5_000)])).granted) grants.push(nowMs);
        }
        await pass(750);
      }
      for (let last = 0, first = 0; last < grants.length; last++) {
        while ((grants[last] ?? 0) - (grants[first] ?? 0) > 60_000) first++;
        expect(last - first + 1).toBeLessThanOrEqual(5_000);
      }
      expect(grants.length).toBe(10_000);
    });

    test("has its tokens corrected, many in one call", async () => {
      const one = node();
      const asked = [];
      for (let count = 0; count < 600; count++) asked.push(await ask(one, [minute(6_000_000, 100)]));
      one.calls.end = 0;
      for (const { permitId, states } of asked.slice(HOT)) {
        const corrections = [{ window: minute(0), slot: states[0]?.slot ?? 0, delta: -60 }];
        await one.store.end({ scope, permitId, gates: [], corrections });
      }
      await pass(300);
      expect(one.calls.end).toBeLessThan(5);
      expect(await left(one, minute(6_000_000))).toBe(6_000_000 - HOT * 100 - 400 * 40);
    });

    test("is not sliced over the end of a day", async () => {
      const one = node();
      nowMs += 86_400_000 - 100;
      for (let count = 0; count < 400; count++) await ask(one, [day(100_000)]);
      expect(one.calls.acquire).toBeGreaterThanOrEqual(400);
      expect(await left(one, day(100_000))).toBe(99_600);
    });
  });

  describe("places of a slice", () => {
    const gates = [{ name: "gate", max: 1_000 }];

    async function run(one: SlicingNode, count: number) {
      const running = [];
      for (let at = 0; at < count; at++) running.push(await ask(one, [], { gates }));
      return running;
    }

    test("are used again and again, and go back when nobody comes", async () => {
      const one = node();
      for (let count = 0; count < 1_000; count++) {
        const request = await ask(one, [], { gates });
        expect(request.granted).toBe(true);
        await one.store.end({ ...request, corrections: [] });
      }
      expect(one.calls.acquire).toBeLessThan(HOT + 20);
      await pass(300);
      await pass(300);
      // All of them are free for another node.
      const other = await run(node(), 1_000);
      expect(other.every(({ granted }) => granted)).toBe(true);
    });

    test("are never more than there are, and are kept while they are renewed", async () => {
      const [one, other] = [node(), node()];
      const running = [];
      for (const by of [one, other])
        for (const request of await run(by, 700)) if (request.granted) running.push({ ...request, by });
      expect(running.length).toBeWithin(940, 1_001);
      await pass(300);
      for (let renewals = 0; renewals < 4; renewals++) {
        await pass(PERMIT_TTL_MS - 1_000);
        for (const { store } of [one, other]) {
          const own = running.filter(({ by }) => by.store === store);
          expect(await store.renew(own)).toEqual([]);
        }
      }
      const free = (await run(node(), 1_000)).filter(({ granted }) => granted);
      expect(free.length).toBe(1_000 - running.length);
    });

    test("of a node that was killed are free when their permits end", async () => {
      await run(node(), 400);
      // Nothing of it is done any more: it neither renews nor gives back.
      due = [];
      nowMs += PERMIT_TTL_MS - 1;
      expect((await ask(node(), [], { gates: [{ name: "gate", max: 400 }] })).granted).toBe(false);
      nowMs += 1;
      expect((await run(node(), 1_000)).every(({ granted }) => granted)).toBe(true);
    });
  });
}
