import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { appendFileSync } from "node:fs";
import { callControl } from "../../src/control/socket.ts";
import type { WorkerState } from "../../src/workers/crew.ts";
import { readExposition, valuesOf } from "../support/exposition.ts";
import { startLoad } from "./load.ts";
import { kill9, quoin, quoinJson, type Running, startServer, withEnv } from "./product.ts";
import {
  endWorld,
  expectBooks,
  gatewayAt,
  newWorld,
  openAccounts,
  remember,
  topUp,
  type World,
} from "./world.ts";

const SEED = Number(process.env.QUOIN_CRASH_SEED ?? 11);
const ROUNDS = Number(process.env.QUOIN_CRASH_ROUNDS ?? 2);
const WORKERS = 3;
const CLIENTS = 48;
const ASKED = 24;
const LIMIT_MS = 120_000;

/** Looks again and again; the test's own limit bounds it. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await Bun.sleep(10);
}

describe.if(process.platform === "linux")(`workers over one home, seed ${SEED}`, () => {
  let world: World;
  let server: Running;

  async function workers(): Promise<readonly WorkerState[]> {
    const status = (await callControl(world.place.home, "status", {})) as { workers: WorkerState[] };
    return status.workers;
  }

  async function start(): Promise<void> {
    const env = { QUOIN_WORKERS: String(WORKERS), QUOIN_WORKER_SILENCE_MS: "4000" };
    server = startServer(withEnv(world.place, env));
    await server.port;
  }

  /** How often each status came to requests over connections of their own, so that every worker gets some. */
  async function statuses(key: string, path: string, body?: object): Promise<Record<number, number>> {
    const port = await server.port;
    const counts: Record<number, number> = {};
    const one = async () => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method: body ? "POST" : "GET",
        headers: { authorization: `Bearer ${key}`, connection: "close" },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      await response.arrayBuffer();
      counts[response.status] = (counts[response.status] ?? 0) + 1;
    };
    await Promise.all(Array.from({ length: ASKED }, one));
    return counts;
  }

  beforeAll(async () => {
    world = await newWorld(SEED);
    await start();
    await openAccounts(world);
  }, LIMIT_MS);

  afterAll(() => endWorld(world, server));

  for (let round = 0; round < ROUNDS; round++) {
    test(
      `round ${round + 1}: a worker is killed under load, the others go on, and the books are right`,
      async () => {
        const load = startLoad(gatewayAt(world, await server.port), CLIENTS, () => world.plan());
        await Promise.all(["load-a", "load-b", "load-c"].map((account) => topUp(world, account, 45)));
        await Bun.sleep(world.random.ms(100, 700));
        const victim = (await workers())[round % WORKERS];
        const untouched = (await workers()).filter(({ id }) => id !== victim?.id).map(({ pid }) => pid);
        process.kill(victim?.pid ?? 0, "SIGKILL");
        await until(async () =>
          (await workers()).some(({ id, restarts }) => id === victim?.id && restarts > round / WORKERS),
        );
        await Bun.sleep(300);
        await load.stop();
        remember(world, load.seen, true);
        expect((await workers()).map(({ pid }) => pid)).toEqual(expect.arrayContaining(untouched));
        const counts = await expectBooks(world);
        expect(counts.finished).toBeGreaterThan(20);
      },
      LIMIT_MS,
    );
  }

  test(
    "a worker that is stopped under load is killed for its silence, the others go on, and the books are right",
    async () => {
      const load = startLoad(gatewayAt(world, await server.port), CLIENTS, () => world.plan());
      await topUp(world, "load-a", 45);
      await Bun.sleep(world.random.ms(100, 400));
      const victim = (await workers())[WORKERS - 1];
      const wasReplaced = victim?.restarts ?? 0;
      process.kill(victim?.pid ?? 0, "SIGSTOP");
      await until(async () =>
        (await workers()).some(({ id, restarts }) => id === victim?.id && restarts > wasReplaced),
      );
      await load.stop();
      remember(world, load.seen, true);
      expect(server.output()).toContain("a worker gives no sign of life and is killed");
      const ends = (await workers()).map(({ id, last_end }) => [id, last_end]);
      expect(ends).toContainEqual([WORKERS, "killed after 4000 ms without a sign of life"]);
      const counts = await expectBooks(world);
      expect(counts.finished).toBeGreaterThan(20);
    },
    LIMIT_MS,
  );

  test(
    "the process that keeps the books is killed under load: its workers end with it, and the next start is right",
    async () => {
      const pids = (await workers()).map(({ pid }) => pid);
      const load = startLoad(gatewayAt(world, await server.port), CLIENTS, () => world.plan());
      await Bun.sleep(world.random.ms(200, 600));
      const asked = load.stop();
      await kill9(server);
      await asked;
      remember(world, load.seen, true);
      await until(async () => pids.every((pid) => !isAlive(pid)));
      await start();
      const counts = await expectBooks(world);
      expect(counts.finished).toBeGreaterThan(0);
    },
    LIMIT_MS,
  );

  test(
    "they count a key's limit together, and refuse one that was revoked",
    async () => {
      const words = ["keys", "create", "--account", "limited", "--rpm", "7"];
      const { id, key } = await quoinJson<{ id: string; key: string }>(world.place, ...words);
      const counts = await statuses(key, "/v1/chat/completions", {
        model: "steady",
        messages: [{ role: "user", content: "Hello" }],
      });
      // Without money: what is admitted is refused for that.
      expect(counts).toEqual({ 402: 7, 429: ASKED - 7 });
      expect(await statuses(key, "/v1/models")).toEqual({ 200: ASKED });
      await quoinJson(world.place, "keys", "revoke", id);
      expect(await statuses(key, "/v1/models")).toEqual({ 401: ASKED });
    },
    LIMIT_MS,
  );

  test(
    "what they served is counted whole, whichever of them is asked",
    async () => {
      const words = ["tokens", "create", "--operator", "--scopes", "operator:metrics:read"];
      const { token } = await quoinJson<{ token: string }>(world.place, ...words);
      // What was recorded is with the process that keeps the books when this has answered.
      await quoinJson(world.place, "requests", "list");
      expect(await statuses(token, "/metrics")).toEqual({ 200: ASKED });
      const headers = { authorization: `Bearer ${token}` };
      const scraped = await fetch(`http://127.0.0.1:${await server.port}/metrics`, { headers });
      const told = readExposition(await scraped.text());
      expect(valuesOf(told, "quoin_workers")).toEqual({ "": WORKERS });
      expect(valuesOf(told, "quoin_refused_requests_total")).toEqual({ 402: 7, 429: ASKED - 7 });
    },
    LIMIT_MS,
  );

  test(
    "a changed quoin.yaml is in force in all of them, also in one that begins later",
    async () => {
      const { key } = await quoinJson<{ key: string }>(world.place, "keys", "create", "--account", "limited");
      appendFileSync(world.place.env.QUOIN_CONFIG ?? "", "\nbrand: { name: Later }\n");
      await until(async () => server.output().includes("was read again"));
      const [victim] = await workers();
      process.kill(victim?.pid ?? 0, "SIGTERM");
      await until(async () => (await workers()).every(({ rss_bytes }) => rss_bytes > 0));
      const front = await fetch(`http://127.0.0.1:${await server.port}/`);
      expect(await front.text()).toContain("Later");
      expect(await statuses(key, "/v1/models")).toEqual({ 200: ASKED });
    },
    LIMIT_MS,
  );

  test(
    "doctor shows each of them, and those that were replaced",
    async () => {
      const { stdout } = await quoin(world.place, "doctor", "--json");
      const { findings } = JSON.parse(stdout) as {
        findings: { check: string; level: string; found: string }[];
      };
      const shown = findings.filter(({ check }) => check.startsWith("worker "));
      expect(shown.map(({ check }) => check)).toEqual(["worker 1", "worker 2", "worker 3"]);
      expect(shown[0]).toMatchObject({ level: "warn", found: expect.stringContaining("replaced 1 time") });
      expect(shown[1]).toMatchObject({
        level: "ok",
        found: expect.stringContaining("0 requests at this moment"),
      });
    },
    LIMIT_MS,
  );

  test(
    "SIGTERM under load: what runs in any of them is finished and charged",
    async () => {
      const load = startLoad(gatewayAt(world, await server.port), CLIENTS, () => world.plan());
      await Bun.sleep(world.random.ms(300, 500));
      server.kill("SIGTERM");
      expect(await server.exited).toBe(0);
      await load.stop();
      remember(world, load.seen, false);
      await start();
      const counts = await expectBooks(world);
      expect(counts.finished).toBeGreaterThan(20);
    },
    LIMIT_MS,
  );
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
