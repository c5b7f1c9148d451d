import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ask } from "./client.ts";
import { startLoad } from "./load.ts";
import { plainPlan } from "./plan.ts";
import { quoin, type Running, startServer, withEnv } from "./product.ts";
import { readCharges } from "./tables.ts";
import { endWorld, expectBooks, gatewayAt, remember, servedWorld, type World } from "./world.ts";

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
  ({ world, server } = await servedWorld(SEED));
}, LIMIT_MS);

afterAll(() => endWorld(world, server));

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
    expect(counts.finished).toBeGreaterThan(20);
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

test(
  "while it stops, readyz is 503 and new requests are told so; what runs is finished",
  async () => {
    server = startServer(world.place);
    const gateway = gatewayAt(world, await server.port);
    const at = `http://127.0.0.1:${gateway.port}`;
    const arrived = world.upstream.served.size;
    const running = ask(
      gateway,
      world.plan((number) => ({ ...plainPlan(number, "openai-chat", true), pauseMs: 400 })),
    );
    await until(() => world.upstream.served.size > arrived);
    expect((await fetch(`${at}/readyz`)).status).toBe(200);
    server.kill("SIGTERM");
    await until(() => server.output().includes("Stopping:"));

    const ready = await fetch(`${at}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, { status: "stopping" }]);
    expect((await fetch(`${at}/healthz`)).status).toBe(200);
    const refused = await fetch(`${at}/v1/messages`, { method: "POST", body: "{}" });
    expect([refused.status, refused.headers.get("retry-after"), refused.headers.get("connection")]).toEqual([
      529,
      "1",
      "close",
    ]);
    expect(await refused.json()).toMatchObject({ error: { type: "overloaded_error" } });
    expect((await quoin(world.place, "requests", "list")).code).toBe(0);

    const seen = await running;
    expect(await server.exited).toBe(0);
    expect(seen.end).toBe("finished");
    remember(world, [seen], false);
    await expectBooks(world);
  },
  LIMIT_MS,
);

test(
  "a second SIGTERM ends at once, and leaves the books right",
  async () => {
    server = startServer(world.place);
    const gateway = gatewayAt(world, await server.port);
    const arrived = world.upstream.served.size;
    const asked = ask(
      gateway,
      world.plan((number) => ({ ...plainPlan(number, "openai-chat", true), pauseMs: 60_000 })),
    );
    await until(() => world.upstream.served.size > arrived);
    server.kill("SIGTERM");
    await until(() => server.output().includes("Stopping:"));
    // Signals that come close together count as one: Ctrl-C arrives more than once.
    let ended = false;
    void server.exited.then(() => {
      ended = true;
    });
    while (!ended) {
      server.kill("SIGTERM");
      await Bun.sleep(50);
    }
    expect(await server.exited).toBe(128 + 15);
    expect(server.output()).toContain("Ending at once");
    const seen = await asked;
    expect(seen.end).toBe("cut");
    remember(world, [seen], true);

    server = startServer(world.place);
    await server.port;
    await expectBooks(world);
    server.kill("SIGTERM");
    expect(await server.exited).toBe(0);
  },
  LIMIT_MS,
);

test(
  "a port that is taken is named with the setting that mends it",
  async () => {
    const taken = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
    const { port } = taken;
    const { code, stderr } = await quoin(withEnv(world.place, { QUOIN_PORT: String(port) }), "serve");
    await taken.stop(true);
    expect([code, stderr]).toEqual([
      1,
      `quoin: Quoin cannot listen on 127.0.0.1:${port}: port ${port} is in use by another program; stop that, or set QUOIN_PORT to a free port.\n`,
    ]);
  },
  LIMIT_MS,
);
