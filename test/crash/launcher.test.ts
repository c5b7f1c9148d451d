import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { startLoad } from "./load.ts";
import { launcherCommand, type Running, startServer } from "./product.ts";
import { expectBooks, gatewayAt, newWorld, openAccounts, remember, type World } from "./world.ts";

const CLIENTS = 16;
const LIMIT_MS = 30_000;
const NODE = Bun.which("node");

let world: World;
let server: Running;

beforeAll(async () => {
  world = await newWorld(31);
  server = startServer(world.place, launcherCommand(NODE ?? process.execPath));
  await server.port;
  await openAccounts(world);
}, LIMIT_MS);

afterAll(() => world.remove());

test.skipIf(NODE === null)(
  "kill -9 of the launcher under load: the server it leaves behind ends in good order",
  async () => {
    const load = startLoad(gatewayAt(world, await server.port), CLIENTS, () => world.plan());
    await Bun.sleep(world.random.ms(150, 350));
    server.kill("SIGKILL");
    // Its output is the server's too: it ends when both are gone.
    await server.exited;
    await load.stop();
    remember(world, load.seen, false);

    expect(existsSync(join(world.place.home, "control.sock"))).toBe(false);
    expect(readdirSync(join(world.place.home, "journal"))).toEqual([]);
    const counts = await expectBooks(world);
    expect(counts.finished).toBeGreaterThan(20);
  },
  LIMIT_MS,
);
