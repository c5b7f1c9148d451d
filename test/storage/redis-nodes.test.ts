import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { newId } from "../../src/base/id.ts";
import type { LimitStore, WindowClaim } from "../../src/limits/store.ts";
import { connectRedis, type RedisConnection } from "../../src/storage/redis/connection.ts";
import { redisLimitStore } from "../../src/storage/redis/limit-store.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/redis.ts";

/** Real time, shortened: QUOIN_TEST_LIMIT_MINUTE_MS=60000 runs it as long as it is in life. */
const MINUTE_MS = Number(process.env.QUOIN_TEST_LIMIT_MINUTE_MS ?? 1_000);
const SLOTS = 2_400;
const SLOT_MICROS = Math.round((MINUTE_MS * 1_000) / SLOTS);
const MINUTES = 4;
const TEST_MS = MINUTE_MS * (MINUTES + 1) + 10_000;
const NODES = 3;
const TURN_MS = 2;
/** What is tested is what is counted, however busy the machine is. */
const PATIENT_MS = 10_000;

interface Offer {
  readonly perMinute: number;
  readonly limit: number;
  readonly cost: number;
  readonly durationMs: number;
}

if (hasRedis("limits over three nodes")) {
  let server: RedisServer;
  let connections: RedisConnection[];
  let nodes: LimitStore[];

  beforeAll(async () => {
    server = await startRedis();
    connections = Array.from({ length: NODES }, () =>
      connectRedis(server.url, () => undefined, { answerMs: PATIENT_MS }),
    );
    nodes = connections.map((redis) => redisLimitStore(redis));
    await Promise.all(nodes.map((node) => node.renew([{ scope: "s", permitId: "p", gates: [] }])));
  });
  afterAll(async () => {
    for (const redis of connections) redis.close();
    await server.kill();
  });

  /** Asks all nodes in turn, evenly over the time; the slots of the grants by the store's clock. */
  async function offer({ perMinute, limit, cost, durationMs }: Offer): Promise<number[]> {
    const window: WindowClaim = { name: "w", slotMicros: SLOT_MICROS, slots: SLOTS, limit, cost };
    const scope = newId();
    const answers: Promise<number | undefined>[] = [];
    const beganMs = performance.now();
    for (let sent = 0; ; ) {
      const passedMs = performance.now() - beganMs;
      if (passedMs >= durationMs) break;
      for (; sent < (passedMs * perMinute) / MINUTE_MS; sent++) {
        const node = nodes[sent % NODES] as LimitStore;
        const claim = { scope, permitId: `${sent}`, windows: [window], gates: [] };
        answers.push(
          Promise.resolve(node.acquire(claim)).then(({ deniedBy, states }) =>
            deniedBy === undefined ? states[0]?.slot : undefined,
          ),
        );
      }
      await Bun.sleep(TURN_MS);
    }
    const slots = (await Promise.all(answers)).filter((slot) => slot !== undefined);
    return slots.sort((one, other) => one - other);
  }

  const within = (slots: readonly number[], from: number, count: number): number =>
    slots.filter((slot) => slot >= from && slot < from + count).length;

  test.each([
    ["3,000 requests a minute", { perMinute: 3_000, limit: 600, cost: 1 }],
    ["3,000 requests of ten tokens a minute", { perMinute: 3_000, limit: 6_000, cost: 10 }],
  ])(
    "of %s, offered evenly, 600 are granted in each minute and no more in any",
    async (_, load) => {
      const slots = await offer({ ...load, durationMs: MINUTES * MINUTE_MS });
      const first = slots[0] ?? 0;
      // By the slots themselves: a minute is 2,400 of them.
      const minutes = Array.from({ length: MINUTES }, (_, minute) =>
        within(slots, first + minute * SLOTS, SLOTS),
      );
      // The last minute may be cut short by the slots that this one began late.
      expect(minutes.slice(0, MINUTES - 1)).toEqual([600, 600, 600]);
      expect(Math.max(...slots.map((from) => within(slots, from, SLOTS + 1)))).toBe(600);
    },
    TEST_MS,
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
