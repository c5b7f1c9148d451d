import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { newId } from "../../src/base/id.ts";
import type { LimitStore, WindowClaim } from "../../src/limits/store.ts";
import { connectRedis, type RedisConnection } from "../../src/storage/redis/connection.ts";
import { loadedNode, mostWithin, offerEvenly } from "../support/limit-load.ts";
import { nodeOver } from "../support/limit-store.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/redis.ts";

/** Real time, shortened: QUOIN_TEST_LIMIT_MINUTE_MS=60000 runs it as long as it is in life. */
const MINUTE_MS = Number(process.env.QUOIN_TEST_LIMIT_MINUTE_MS ?? 1_000);
const SLOTS = 2_400;
const SLOT_MICROS = Math.round((MINUTE_MS * 1_000) / SLOTS);
const MINUTES = 4;
const TEST_MS = MINUTE_MS * (MINUTES + 1) + 10_000;
const NODES = 3;
/** What is tested is what is counted, however busy the machine is. */
const PATIENT_MS = 10_000;
const STOPPED_MICROS = 100_000;

if (hasRedis("limits over three nodes")) {
  let server: RedisServer;
  let connections: RedisConnection[];
  let nodes: LimitStore[];

  beforeAll(async () => {
    server = await startRedis();
    connections = Array.from({ length: NODES }, () =>
      connectRedis(server.url, () => undefined, { answerMs: PATIENT_MS }),
    );
    nodes = connections.map((redis) => nodeOver(redis));
    await Promise.all(nodes.map((node) => node.renew([{ scope: "s", permitId: "p", gates: [] }])));
  });
  afterAll(async () => {
    for (const redis of connections) redis.close();
    await server.kill();
  });

  const window = (limit: number, cost: number): WindowClaim => ({
    ...{ name: "w", slotMicros: SLOT_MICROS, slots: SLOTS },
    limit,
    cost,
  });

  /** From the first grant on, in minutes of 2,400 slots; the last may be cut short by the slots that it began late. */
  function inMinutes(grants: readonly number[]): number[] {
    const first = grants[0] ?? 0;
    return Array.from({ length: MINUTES - 1 }, (_, minute) => {
      const from = first + minute * SLOTS * SLOT_MICROS;
      return grants.filter((at) => at >= from && at < from + SLOTS * SLOT_MICROS).length;
    });
  }

  test.each([
    ["3,000 requests a minute", 600, 1],
    ["3,000 requests of ten tokens a minute", 6_000, 10],
  ])(
    "of %s, offered evenly, 600 are granted in each minute and no more in any",
    async (_, limit, cost) => {
      const loaded = nodes.map((node) => loadedNode(node, true));
      const { grants } = await offerEvenly(loaded, {
        window: window(limit, cost),
        perSecond: 3_000 / (MINUTE_MS / 1_000),
        durationMs: MINUTES * MINUTE_MS,
      });
      expect(inMinutes(grants)).toEqual([600, 600, 600]);
      expect(mostWithin(grants, (SLOTS + 1) * SLOT_MICROS)).toBe(600);
    },
    TEST_MS,
  );

  test(
    "of a hot key, a part granted from slices, no minute has more than its limit, nor much less",
    async () => {
      // Slices last ten slots: longer ones, so that an answer of Redis on a busy machine is not over before it is there.
      const [limit, slotMicros] = [8_000, 3 * SLOT_MICROS];
      const spanMicros = SLOTS * slotMicros;
      const loaded = nodes.map((node) => loadedNode(node, true));
      const { grants } = await offerEvenly(loaded, {
        window: { name: "w", slotMicros, slots: SLOTS, limit, cost: 1 },
        perSecond: (2 * limit) / (spanMicros / 1e6),
        durationMs: (2.1 * spanMicros) / 1_000,
      });
      // A busy machine may stop a process between its grant and its look at the clock.
      const most = mostWithin(grants, spanMicros - STOPPED_MICROS);
      expect(most).toBeWithin(limit * 0.95, limit + 1);
      const askedFor = loaded.reduce((sum, { asked }) => sum + asked.size, 0);
      expect(askedFor).toBeLessThan(grants.length);
    },
    3 * TEST_MS,
  );

  test("a killed node's places are free when its permits end, and not before", async () => {
    const [scope, ttlMs, places] = [newId(), 600, 5];
    const program = join(import.meta.dir, "limit-node.ts");
    const child = Bun.spawn([process.execPath, program, server.url, scope, `${places}`, `${ttlMs}`], {
      stdout: "pipe",
      stderr: "inherit",
    });
    const said = await child.stdout.getReader().read();
    expect(new TextDecoder().decode(said.value)).toBe("held\n");
    const gates = [{ name: "gate", max: places }];
    const enter = async () => {
      const claim = { scope, permitId: newId(), windows: [], gates };
      return (await nodes[0]?.acquire(claim))?.deniedBy === undefined;
    };
    // Longer than a permit lives: the node renews them.
    for (let count = 0; count < 10; count++) {
      expect(await enter()).toBe(false);
      await Bun.sleep(ttlMs / 5);
    }
    child.kill("SIGKILL");
    await child.exited;
    const killedMs = performance.now();
    let entered = 0;
    while (entered < places && performance.now() - killedMs < 5 * ttlMs) {
      if (await enter()) entered++;
      else await Bun.sleep(5);
    }
    expect(entered).toBe(places);
    expect(performance.now() - killedMs).toBeLessThan(2 * ttlMs);
    expect(await enter()).toBe(false);
  });
}
