import { expect, test } from "bun:test";
import type { RememberingStore } from "../../src/limits/remembering-store.ts";
import type { WindowClaim } from "../../src/limits/store.ts";
import { connectRedis } from "../../src/storage/redis/connection.ts";
import { loadedNode, mostWithin, offerEvenly } from "../support/limit-load.ts";
import { nodeOver } from "../support/limit-store.ts";
import { hasRedis, startRedis } from "../support/redis.ts";
import { until } from "../support/until.ts";

/** Long enough for Redis to be killed, started and told within it; 2,400 slots as in life. */
const MINUTE_MS = 4_800;
const SLOTS = 2_400;
const SLOT_MICROS = (MINUTE_MS * 1_000) / SLOTS;
const LIMIT = 8_000;
const PATIENT_MS = 2_000;
/** A busy machine may stop a process between its grant and its look at the clock. */
const STOPPED_MICROS = 100_000;

if (hasRedis("limits while Redis is started anew")) {
  test(
    "Redis is killed under load and comes back empty: no minute has more than its limit",
    async () => {
      const server = await startRedis();
      const connections = [0, 1, 2].map((_) => {
        const redis = connectRedis(server.url, () => undefined, {
          answerMs: PATIENT_MS,
          onLost: () => node.doubt(),
        });
        const node: RememberingStore = nodeOver(redis, {}, { gatherMs: 500 });
        return { redis, node };
      });
      const nodes = connections.map(({ node }) => loadedNode(node, true));
      const window: WindowClaim = { name: "w", slotMicros: SLOT_MICROS, slots: SLOTS, limit: LIMIT, cost: 1 };
      const free = { scope: "before", permitId: "p", windows: [window], gates: [] };
      await until("Redis", async () => {
        const all = await Promise.allSettled(nodes.map(({ store }) => store.acquire(free)));
        return all.every(({ status }) => status === "fulfilled");
      });
      const offered = offerEvenly(nodes, { window, perSecond: 3_000, durationMs: 2 * MINUTE_MS });
      await Bun.sleep(1_000);
      await server.kill();
      await server.restart();
      const { grants, refused } = await offered;
      for (const { redis } of connections) redis.close();
      await server.kill();
      const most = mostWithin(grants, SLOTS * SLOT_MICROS - STOPPED_MICROS);
      // What was granted in the last moment, and whose answer was lost, is denied for a minute, and was never sent.
      expect(most).toBeWithin(LIMIT * 0.9, LIMIT + 1);
      expect(refused).toBeGreaterThan(0);
    },
    4 * MINUTE_MS,
  );
}
