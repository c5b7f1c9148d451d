import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { startLoad } from "./load.ts";
import { type Running, startServer } from "./product.ts";
import { expectBooks, gatewayAt, newWorld, openAccounts, remember, type World } from "./world.ts";

const SEED = Number(process.env.QUOIN_CRASH_SEED ?? 7);
const CLIENTS = 32;
const LIMIT_MS = 30_000;

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
