import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { RedisClient } from "bun";
import { newId } from "../../src/base/id.ts";
import type { RememberingOptions, RememberingStore } from "../../src/limits/remembering-store.ts";
import type { Claim, Counted, Running, WindowClaim } from "../../src/limits/store.ts";
import { connectRedis, type RedisConnection } from "../../src/storage/redis/connection.ts";
import { newFolder } from "../support/folder.ts";
import { nodeOver } from "../support/limit-store.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/redis.ts";
import { until } from "../support/until.ts";

const PATIENT_MS = 10_000;
const DAY_MS = 86_400_000;

interface Node {
  readonly store: RememberingStore;
  readonly redis: RedisConnection;
  running: Running[];
}

if (hasRedis("limits that Redis lost")) {
  let server: RedisServer;
  let admin: RedisClient;
  let scope: string;
  const open: RedisConnection[] = [];

  beforeAll(async () => {
    server = await startRedis();
    admin = new RedisClient(server.url);
  });
  beforeEach(() => {
    scope = newId();
  });
  afterAll(async () => {
    for (const redis of open) redis.close();
    admin.close();
    await server.kill();
  });

  function nodeAt(url: string, options: Partial<RememberingOptions> = {}): Node {
    const redis = connectRedis(url, () => undefined, {
      answerMs: PATIENT_MS,
      onLost: () => node.store.doubt(),
    });
    open.push(redis);
    const node: Node = { store: nodeOver(redis, {}, options), redis, running: [] };
    node.store.follow?.(() => node.running);
    return node;
  }

  const minute = (limit: number, cost = 1): WindowClaim => ({
    ...{ name: "minute", slotMicros: 25_000, slots: 2_400 },
    limit,
    cost,
  });
  const counted: Counted = { whose: "key", id: "k" };
  const day = (limit: number, cost = 1): WindowClaim => ({
    ...{ name: "day", slotMicros: DAY_MS * 1_000, slots: 0 },
    limit,
    cost,
    counted,
  });

  async function ask({ store }: Node, windows: readonly WindowClaim[], more: Partial<Claim> = {}) {
    return await store.acquire({ scope, permitId: newId(), windows, gates: [], ...more });
  }
  const left = async (node: Node, window: WindowClaim) =>
    (await ask(node, [{ ...window, cost: 0 }])).states[0]?.remaining;

  describe("Redis that lost its memory", () => {
    test("is told by every node what it was granted, before it grants anything", async () => {
      const nodes = [nodeAt(server.url), nodeAt(server.url), nodeAt(server.url)] as const;
      for (const [at, node] of nodes.entries())
        for (let count = 0; count <= at; count++) await ask(node, [minute(10)]);
      await admin.send("FLUSHALL", []);
      // The others have not asked for anything: they find it out by themselves.
      const asked = ask(nodes[0], [minute(10)]);
      await Promise.all(nodes.map(({ store }) => store.look()));
      expect((await asked).states[0]?.remaining).toBe(3);
    });

    test("is not told twice, however often the connection is lost", async () => {
      const node = nodeAt(server.url);
      await ask(node, [minute(10, 4)]);
      for (let count = 0; count < 3; count++) {
        node.store.doubt();
        await node.store.look();
      }
      expect(await left(node, minute(10))).toBe(6);
    });

    test("is told of corrections as of grants", async () => {
      const node = nodeAt(server.url);
      const { states } = await ask(node, [minute(100, 60)]);
      const correct = (delta: number) =>
        node.store.end({
          ...{ scope, permitId: "p", gates: [] },
          corrections: [{ window: minute(100), slot: states[0]?.slot ?? 0, delta }],
        });
      await correct(-50);
      await correct(5);
      await admin.send("FLUSHALL", []);
      expect(await left(node, minute(100))).toBe(85);
    });

    test("has the places of what runs taken before others come", async () => {
      const [one, other] = [nodeAt(server.url), nodeAt(server.url)];
      const gates = [{ name: "gate", max: 1 }];
      const permitId = newId();
      await ask(one, [], { permitId, gates });
      one.running = [{ scope, permitId, gates, days: [] }];
      await admin.send("FLUSHALL", []);
      const asked = ask(other, [], { gates });
      await one.store.look();
      expect((await asked).deniedBy).toBe(0);
    });

    test("has the day's count from the records, and what runs on top", async () => {
      const asked: [string, number][] = [];
      const recount: RememberingOptions["recount"] = async (account, of, number) => {
        asked.push([`${account} ${of.whose} ${of.id}`, number]);
        return await Promise.resolve(7);
      };
      const node = nodeAt(server.url, { recount });
      const { states } = await ask(node, [day(100)]);
      expect(states[0]?.remaining).toBe(92);
      const today = Math.floor(Date.now() / DAY_MS);
      expect(asked).toEqual([[`${scope} key k`, today]]);
      node.running = [1, 2, 3].map(() => ({
        ...{ scope, permitId: newId(), gates: [] },
        days: [{ window: day(100), slot: today }],
      }));
      await admin.send("FLUSHALL", []);
      await Promise.all([ask(node, [day(100)]), ask(node, [day(100)])]);
      expect(await left(node, day(100))).toBe(100 - 7 - 3 - 2);
      expect(asked.length).toBe(2);
    });

    test("refuses a day that cannot be counted, and nothing else", async () => {
      let away = true;
      const node = nodeAt(server.url, {
        recount: () => (away ? Promise.reject(new Error("the database is away")) : Promise.resolve(1)),
      });
      expect(await ask(node, [day(5)]).catch(String)).toContain("the database is away");
      expect(await ask(node, [minute(5)])).toMatchObject({ deniedBy: undefined });
      away = false;
      expect((await ask(node, [day(5)])).states[0]?.remaining).toBe(3);
    });

    test("refuses after a bounded wait where its memory does not come", async () => {
      const node = nodeAt(server.url, { gatherMs: 60_000 });
      await admin.send("FLUSHALL", []);
      const beganMs = performance.now();
      expect(await ask(node, [minute(5)]).catch(String)).toContain("did not come back within");
      expect(performance.now() - beganMs).toBeLessThan(5_000);
      // Somebody else's patience ends the wait for all of them.
      await admin.send("FLUSHALL", []);
      expect(await ask(nodeAt(server.url), [minute(5)])).toMatchObject({ deniedBy: undefined });
    });

    test.each([
      // From the records four, and the last; what the snapshot says would be one more.
      ["does not trust a snapshot", false, 5],
      // Four, the one before the snapshot, the four behind it, and the last.
      ["does trust a log of every command", true, 10],
    ])("%s", async (_, appendonly, used) => {
      const folder = newFolder();
      const own = await startRedis(folder.path, appendonly);
      const node = nodeAt(own.url, { recount: () => Promise.resolve(4) });
      const granted = () =>
        ask(node, [day(10)]).then(
          (verdict) => verdict.deniedBy === undefined,
          () => false,
        );
      await until("Redis", granted);
      const admins = new RedisClient(own.url);
      await admins.send("SAVE", []);
      admins.close();
      for (let count = 0; count < 4; count++) await ask(node, [day(10)]);
      await own.kill();
      await own.restart();
      await until("Redis again", granted);
      expect(10 - ((await left(node, day(10))) ?? 0)).toBe(used);
      await own.kill();
      folder.remove();
    });
  });
}
