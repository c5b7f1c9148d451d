/** The gateway over limits that are counted in Redis. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { RedisClient } from "bun";
import { PLAIN, standardConfig } from "../support/config.ts";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/redis.ts";
import { json } from "../support/scripts.ts";
import { until } from "../support/until.ts";

const PLANS = [
  { id: "free", key_prefix: "qn_free_" },
  { id: "ten", key_prefix: "qn_ten_", limits: { requests_per_minute: 10, concurrency: 10 } },
  {
    ...{ id: "daily", key_prefix: "qn_daily_" },
    limits: { requests_per_day: 5 },
    account_limits: { requests_per_day: 6 },
  },
];

if (hasRedis("the gateway over limits in Redis")) {
  describe("the gateway over limits in Redis", () => {
    let redis: RedisServer;
    let upstream: FakeUpstream;
    let gateway: TestGateway;

    beforeAll(async () => {
      redis = await startRedis();
      upstream = await startFakeUpstream();
      upstream.otherwise(json({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } }));
      const config = standardConfig(upstream.url, { plans: PLANS });
      gateway = await startGateway({ config, env: { QUOIN_REDIS_URL: redis.url } });
    });
    afterAll(async () => {
      // That Redis was away is an error in the log, and wanted here.
      await gateway.close().catch((fault: Error) => expect(fault.message).toContain("Redis is out of reach"));
      await upstream.close();
      await redis.kill();
    });

    const ask = (customer: Customer): Promise<Response> =>
      fetch(`${gateway.url}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${customer.key}` },
        body: JSON.stringify({ model: PLAIN, messages: [] }),
      });
    const statuses = async (customer: Customer, count: number): Promise<number[]> =>
      (await Promise.all(Array.from({ length: count }, () => ask(customer))))
        .map(({ status }) => status)
        .sort();

    test("grants the limit and no more, however many ask at once", async () => {
      const customer = await gateway.customer({ plan: "ten" });
      const seen = await statuses(customer, 30);
      const count = (wanted: number) => seen.filter((status) => status === wanted).length;
      // A machine so busy that Redis is late refuses some by 503, and their units are lost: never more, rarely fewer.
      expect(count(200) + count(429) + count(503)).toBe(30);
      expect(count(200)).toBeWithin(count(503) > 0 ? 0 : 10, 11);
      await gateway.settled();
    });

    test("counts the day on from its records where Redis lost it, with keys that were rotated", async () => {
      const customer = await gateway.customer({ plan: "daily" });
      expect(await statuses(customer, 3)).toEqual([200, 200, 200]);
      const rotated = await gateway.operate("keys.rotate", { id: customer.keyId });
      const successor = { ...customer, key: String(rotated.key) };
      expect(await statuses(successor, 3)).toEqual([200, 200, 429]);
      const admin = new RedisClient(redis.url);
      await admin.send("FLUSHALL", []);
      admin.close();
      expect(await statuses(successor, 2)).toEqual([429, 429]);
      // Its account has one more, and another key of it gets that.
      const other = await gateway.customer({ plan: "daily", account: customer.account });
      expect(await statuses(other, 2)).toEqual([200, 429]);
    });

    test("refuses what it cannot count, at once, and nothing else", async () => {
      const [limited, free] = [
        await gateway.customer({ plan: "ten" }),
        await gateway.customer({ plan: "free" }),
      ];
      expect((await ask(limited)).status).toBe(200);
      await redis.kill();
      const seen = upstream.seen.length;
      const response = await ask(limited);
      expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
      expect(await response.json()).toMatchObject({ error: { code: "service_unavailable" } });
      expect([upstream.seen.length - seen, (await ask(free)).status]).toEqual([0, 200]);
      await redis.restart();
      const said = () => gateway.log.some(({ message }) => message.startsWith("Redis answers again"));
      await until("Redis being found again", said);
      expect((await ask(limited)).status).toBe(200);
    });
  });
}
