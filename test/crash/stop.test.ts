import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ask } from "./client.ts";
import { startLoad } from "./load.ts";
import { plainPlan } from "./plan.ts";
import { type Running, startServer, withEnv } from "./product.ts";
import { readCharges } from "./tables.ts";
import { expectBooks, gatewayAt, newWorld, openAccounts, remember, type World } from "./world.ts";

const SEED = Number(process.env.QUOIN_CRASH_SEED ?? 7);
const CLIENTS = 32;
const LIMIT_MS = 30_000;
/** More than the sockets between take. */
const LARGE_BYTES = 12_000_000;

/** Looks again and again; the test's own limit bounds it. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await Bun.sleep(5);
}

let world: World;
let server: Running;

beforeAll(async () => {
  world = await newWorld(SEED);
  server = startServer(world.place);
  await server.port;
  await openAccounts(world);
}, LIMIT_MS);

afterAll(async () => {
  server.kill("SIGKILL");
  await server.exited;
  world.remove();
});

test(
  "SIGTERM under load: what runs is finished and charged, and nothing is left in the journal",
  async () => {
    const load = startLoad(gatewayAt(world, await server.port), CLIENTS, () => world.plan());
    await Bun.sleep(world.random.ms(300, 500));
    server.kill("SIGTERM");
    expect(await server.exited).toBe(0);
    await load.stop();
    remember(world, load.seen, false);

    expect(readdirSync(join(world.place.home, "journal"))).toEqual([]);
    const counts = await expectBooks(world);
    expect(counts.finished).toBeGreaterThan(100);
    expect(counts.leftCharged).toBeGreaterThan(0);
    expect(counts.cutCharged).toBe(0);
  },
  LIMIT_MS,
);

test(
  "SIGTERM while clients read slowly: what they were charged for reaches them whole",
  async () => {
    server = startServer(world.place);
    const gateway = gatewayAt(world, await server.port);
    const { promise: reading, resolve: read } = Promise.withResolvers<void>();
    const before = readCharges(world.place.home).length;
    const large = ["z".repeat(LARGE_BYTES)];
    const asked = [false, true].map((stream) =>
      ask(
        gateway,
        world.plan((number) => ({ ...plainPlan(number, "openai-chat", stream), pieces: large })),
        reading,
      ),
    );
    // The whole answer is charged before its client has read it; the stream is held up before its end.
    await until(() => readCharges(world.place.home).length > before);
    server.kill("SIGTERM");
    await until(() => server.output().includes("Stopping:"));
    read();
    const seen = await Promise.all(asked);
    expect(await server.exited).toBe(0);
    expect(seen.map(({ end }) => end)).toEqual(["finished", "finished"]);
    remember(world, seen, false);
    await expectBooks(world);
  },
  LIMIT_MS,
);

test(
  "SIGTERM with requests that outlast the time they are given: they are cut, and free",
  async () => {
    server = startServer(withEnv(world.place, { QUOIN_DRAIN_MS: "150" }));
    const gateway = gatewayAt(world, await server.port);
    const arrived = world.upstream.served.size;
    const asked = Array.from({ length: 8 }, () =>
      ask(
        gateway,
        world.plan((number) => ({ ...plainPlan(number, "gemini", true), pauseMs: 2_000 })),
      ),
    );
    await until(() => world.upstream.served.size === arrived + asked.length);
    server.kill("SIGTERM");
    const seen = await Promise.all(asked);
    expect(await server.exited).toBe(0);
    expect(seen.map(({ end }) => end)).toEqual(seen.map(() => "cut"));
    remember(world, seen, true);
    expect(readdirSync(join(world.place.home, "journal"))).toEqual([]);
    await expectBooks(world);
  },
  LIMIT_MS,
);
