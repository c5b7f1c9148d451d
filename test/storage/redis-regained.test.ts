import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Ask } from "../../src/limits/claim.ts";
import { type Acquired, type Limiter, limiterOver } from "../../src/limits/limiter.ts";
import type { RememberingStore } from "../../src/limits/remembering-store.ts";
import { connectRedis, type RedisConnection } from "../../src/storage/redis/connection.ts";
import { priceOf } from "../billing/prices.ts";
import { nodeOver } from "../support/limit-store.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/redis.ts";
import { until } from "../support/until.ts";

const PATIENT_MS = 10_000;

let ids = 0;

function ask(): Ask {
  const principal = {
    keyId: "k",
    countedAs: "k",
    accountId: "a",
    accountName: "a",
    walletId: "w",
    planId: "p",
  };
  return {
    requestId: `r${++ids}`,
    principal: { ...principal, limits: { concurrency: 2 } },
    plan: undefined,
    model: {
      id: "m",
      displayName: "m",
      vendor: "v",
      aliases: [],
      contextTokens: 1_000,
      outputTokensMax: 100,
      price: { base: priceOf({}), periods: [] },
      targets: [],
      defaults: {},
      protocols: [],
      createdAt: 0,
    },
    operation: "generate",
    tokensEstimate: () => 0,
  };
}

if (hasRedis("limits that Redis forgot")) {
  let server: RedisServer;
  let redis: RedisConnection;
  let limiter: Limiter;
  let store: RememberingStore;

  beforeAll(async () => {
    server = await startRedis();
    const log = () => undefined;
    redis = connectRedis(server.url, log, {
      answerMs: PATIENT_MS,
      onLost: () => store.doubt(),
    });
    store = nodeOver(redis);
    limiter = limiterOver({ store, log });
  });
  afterAll(async () => {
    redis.close();
    await server.kill();
  });

  async function kindOf(): Promise<Acquired["kind"] | undefined> {
    return (await limiter.acquire(ask()))?.kind;
  }

  test("requests that run when Redis loses its memory are in their places before others come", async () => {
    await until("Redis", async () => (await kindOf()) === "granted");
    expect(await kindOf()).toBe("granted");
    expect(await kindOf()).toBe("denied");
    await server.kill();
    await until("the loss", async () => (await kindOf()) === "unavailable");
    await server.restart();
    let first: Acquired["kind"] | undefined;
    await until("Redis again", async () => {
      first = await kindOf();
      return first !== "unavailable";
    });
    expect(first).toBe("denied");
  });
}
