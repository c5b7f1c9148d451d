import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newId } from "../../src/base/id.ts";
import type { LimitStore, Verdict } from "../../src/limits/store.ts";
import { connectRedis, type RedisConnection } from "../../src/storage/redis/connection.ts";
import { nodeOver } from "../support/limit-store.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/redis.ts";
import { type LimitFixture, limitContract } from "./limit-contract.ts";

/** What is tested is what is counted, however busy the machine is. */
const PATIENT_MS = 10_000;

if (hasRedis("limits in Redis")) {
  let server: RedisServer;
  const log: string[] = [];
  const open: RedisConnection[] = [];

  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    for (const redis of open) redis.close();
    await server.kill();
  });

  function connect(answerMs?: number): RedisConnection {
    const options = answerMs === undefined ? {} : { answerMs };
    const redis = connectRedis(server.url, (_, message) => void log.push(message), options);
    open.push(redis);
    return redis;
  }

  /** Every scope is renamed, so that the tests of one server know nothing of each other. */
  function apart(store: LimitStore): LimitStore {
    const prefix = newId();
    const scoped = <Claim extends { scope: string }>(claim: Claim): Claim => ({
      ...claim,
      scope: `${prefix}${claim.scope}`,
    });
    return {
      acquire: (claim) => store.acquire(scoped(claim)),
      end: (permit) => store.end(scoped(permit)),
      renew: (permits) => store.renew(permits.map(scoped)),
      close: store.close,
    };
  }

  /** Until it has answered once. */
  async function connected(redis: RedisConnection): Promise<void> {
    const store = nodeOver(redis);
    for (let tries = 0; tries < 100; tries++) {
      if (typeof (await verdict(store)) !== "string") return;
      await Bun.sleep(5);
    }
    throw new Error("Redis was not reached");
  }

  const claim = () => ({ scope: newId(), permitId: "p", windows: [], gates: [{ name: "g", max: 1 }] });

  /** What the store says, or why it does not. */
  async function verdict(store: LimitStore): Promise<Verdict | string> {
    try {
      return await store.acquire(claim());
    } catch (cause) {
      return String(cause);
    }
  }

  let shared: RedisConnection | undefined;

  limitContract("Redis", async (): Promise<LimitFixture> => {
    shared ??= connect(PATIENT_MS);
    await connected(shared);
    let nowMs = 0;
    const store = nodeOver(shared, { nowMicros: () => nowMs * 1_000 });
    return {
      store: apart(store),
      setTime: (ms) => {
        nowMs = ms;
      },
      dispose: () => undefined,
    };
  });

  describe("Redis", () => {
    test("counts by its own clock", async () => {
      const redis = connect();
      await connected(redis);
      const window = { name: "w", slotMicros: 25_000, slots: 2_400, limit: 5, cost: 1 };
      const asked = Date.now();
      const { states } = await nodeOver(redis).acquire({ ...claim(), windows: [window] });
      expect((states[0]?.slot ?? 0) * 25).toBeWithin(asked - 100, Date.now() + 100);
    });

    test("that is killed denies at once, is not asked twice, and is found again", async () => {
      const redis = connect();
      await connected(redis);
      const store = nodeOver(redis);
      await server.kill();
      for (let count = 0; count < 3; count++) {
        const beganMs = performance.now();
        expect(await verdict(store)).toBeString();
        expect(performance.now() - beganMs).toBeLessThan(300);
      }
      await server.restart();
      await connected(redis);
      expect(await verdict(store)).toMatchObject({ deniedBy: undefined });
      expect(log).toContain("Redis is out of reach; requests with limits are refused until it answers");
      expect(log).toContain("Redis answers again; limits are counted");
    });

    test("that freezes denies in a moment, and connections that stay silent are given up", async () => {
      const redis = connect();
      await connected(redis);
      const store = nodeOver(redis);
      server.freeze();
      const beganMs = performance.now();
      expect(await verdict(store)).toContain("did not answer within 80 ms");
      expect(performance.now() - beganMs).toBeLessThan(300);
      const said = log.length;
      for (let tries = 0; tries < 40 && log.length === said; tries++) {
        await verdict(store);
        await Bun.sleep(10);
      }
      expect(log.slice(said)).toContain(
        "Redis is out of reach; requests with limits are refused until it answers",
      );
      server.thaw();
      await connected(redis);
    });

    test("is not connected to before it is needed, and waited for when it is", async () => {
      await server.kill();
      connect();
      await server.restart();
      expect(await verdict(nodeOver(connect()))).toMatchObject({ deniedBy: undefined });
    });

    test("that was never there denies, and is found when it comes", async () => {
      await server.kill();
      const redis = connect();
      expect(await verdict(nodeOver(redis))).toBeString();
      await server.restart();
      await connected(redis);
    });
  });
}
