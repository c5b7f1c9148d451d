import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { seeded } from "../simulation/random.ts";
import { ask } from "./client.ts";
import { yamlFor } from "./offer.ts";
import { type Plan, plainPlan } from "./plan.ts";
import { kill9, newPlace, quoin, quoinJson, type Running, startServer } from "./product.ts";
import { expectBooks, gatewayAt, newWorld, openAccounts, remember, topUp, type World } from "./world.ts";

const LIMIT_MS = 30_000;

let world: World;
let server: Running;

beforeAll(async () => {
  world = await newWorld(5);
  server = startServer(world.place);
  await openAccounts(world);
}, LIMIT_MS);

afterAll(async () => {
  await kill9(server);
  world.remove();
});

function plain(): Plan {
  return world.plan((number) => plainPlan(number, "openai-chat", true));
}

async function expectServed(): Promise<void> {
  const seen = await ask(gatewayAt(world, await server.port), plain());
  expect(seen).toMatchObject({ status: 200, end: "finished" });
  remember(world, [seen], false);
}

test(
  "a second server on the home refuses in one sentence, and the first serves on",
  async () => {
    const { code, stdout, stderr } = await quoin(world.place, "serve");
    expect(stderr).toMatch(/^quoin: Quoin is running on \S+ already; [^\n]+\.\n$/);
    expect(stdout).toBe("");
    expect(code).toBe(1);
    await expectServed();
  },
  LIMIT_MS,
);

test(
  "commands beside the running server take effect in it",
  async () => {
    const made = await quoinJson<{ id: string; key: string }>(
      world.place,
      ...["keys", "create", "--account", "guest"],
    );
    world.keys.set("guest", made.key);
    const port = await server.port;
    const asGuest = () =>
      ask(
        gatewayAt(world, port),
        world.plan((number) => ({ ...plainPlan(number, "anthropic-messages", false), account: "guest" })),
      );
    expect((await asGuest()).status).toBe(402);
    await topUp(world, "guest", 20);
    const served = await asGuest();
    expect(served.status).toBe(200);
    remember(world, [served], false);
    await quoinJson(world.place, "keys", "revoke", made.id);
    expect((await asGuest()).status).toBe(401);
    await expectBooks(world);
  },
  LIMIT_MS,
);

describe("right after a kill -9", () => {
  beforeAll(async () => {
    await expectServed();
    await kill9(server);
    expect(existsSync(join(world.place.home, "control.sock"))).toBe(true);
  }, LIMIT_MS);

  test(
    "commands work past the stale socket, also several at once",
    async () => {
      await Promise.all([topUp(world, "load-a", 3), topUp(world, "load-b", 4), topUp(world, "load-c", 5)]);
      await expectBooks(world);
    },
    LIMIT_MS,
  );

  test(
    "a server starts while commands hold the home, and the commands end well",
    async () => {
      const commands = ["load-a", "load-b"].map((account) => topUp(world, account, 6));
      server = startServer(world.place);
      await Promise.all(commands);
      await expectServed();
      await expectBooks(world);
    },
    LIMIT_MS,
  );
});

/** Stands between commands and the server, and kills it when it has answered the first command. */
function killOnAnswer(home: string): { stop(): void } {
  const path = join(home, "control.sock");
  const real = join(home, "real.sock");
  renameSync(path, real);
  const listener = Bun.listen<{ behind: Promise<Bun.Socket> }>({
    unix: path,
    socket: {
      open(front) {
        const behind = Bun.connect({
          unix: real,
          socket: {
            async data() {
              await kill9(server);
              front.terminate();
            },
          },
        });
        front.data = { behind };
      },
      data(front, bytes) {
        const copy = Buffer.from(bytes);
        void front.data.behind.then((socket) => socket.write(copy));
      },
    },
  });
  return { stop: () => listener.stop(true) };
}

test(
  "a top-up whose answer is lost with the server is not made twice",
  async () => {
    const between = killOnAnswer(world.place.home);
    const args = ["wallet", "top-up", "--account", "load-c", "--amount", "0.70"];
    const { code, stderr } = await quoin(world.place, ...args);
    between.stop();
    expect(stderr).toMatch(/^quoin: The server on \S+ ended before it answered wallet\.top-up, [^\n]+\.\n$/);
    expect(code).toBe(1);
    world.granted.set("load-c", (world.granted.get("load-c") ?? 0n) + 700_000_000n);
    await expectBooks(world);
    server = startServer(world.place);
    await expectServed();
  },
  LIMIT_MS,
);

test(
  "a home comes up whole after any number of kills in its first start",
  async () => {
    const random = seeded(21);
    const place = newPlace(yamlFor(world.upstream.port));
    for (let kill = 0; kill < 8; kill++) {
      const starting = startServer(place);
      await Bun.sleep(random.ms(40, 240));
      await kill9(starting);
    }
    const started = startServer(place);
    await started.port;
    await quoinJson(place, "keys", "create", "--account", "first");
    expect(await quoinJson(place, "ledger", "prove")).toMatchObject({ ok: true });
    started.kill("SIGTERM");
    expect(await started.exited).toBe(0);
    place.remove();
  },
  LIMIT_MS,
);
