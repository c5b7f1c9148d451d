import { afterAll, beforeAll, expect, test } from "bun:test";
import { appendFileSync, existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { ask } from "./client.ts";
import { startLoad } from "./load.ts";
import { plainPlan } from "./plan.ts";
import { placeAt, quoin, quoinJson, type Running, startServer } from "./product.ts";
import { readCharges } from "./tables.ts";
import { endWorld, gatewayAt, servedWorld, type World } from "./world.ts";

const SEED = Number(process.env.QUOIN_CRASH_SEED ?? 31);
const CLIENTS = 16;
const LIMIT_MS = 60_000;

interface Listed {
  readonly files: readonly { readonly name: string }[];
}

let world: World;
let server: Running;

beforeAll(async () => {
  ({ world, server } = await servedWorld(SEED));
}, LIMIT_MS);

afterAll(() => endWorld(world, server));

const inFolder = (name: string): string => join(world.place.folder, name);

test(
  "under load: what clients saw finished before is in each copy, which is proven and serves again",
  async () => {
    const load = startLoad(gatewayAt(world, await server.port), CLIENTS, () => world.plan());
    for (const round of [1, 2]) {
      await Bun.sleep(world.random.ms(200, 400));
      const finished = load.seen.filter(({ end }) => end === "finished").map(({ id }) => String(id));
      const { files } = await quoinJson<Listed>(world.place, "backup", inFolder(`copy-${round}`));
      expect(files.map(({ name }) => name)).toEqual(expect.arrayContaining(["quoin.db", "secret"]));

      const restored = placeAt(world.place, inFolder(`home-${round}`));
      const { proof } = await quoinJson<{ proof: { ok: boolean } }>(
        restored,
        "restore",
        inFolder(`copy-${round}`),
      );
      expect(proof.ok).toBe(true);
      const charged = new Set(readCharges(restored.home).map(({ id }) => id));
      const lost = finished.filter((id) => !charged.has(id.replace(/^req_/, "").replaceAll("-", "")));
      expect(lost).toEqual([]);
      expect(finished.length).toBeGreaterThan(20);
    }
    await load.stop();
    const again = startServer(placeAt(world.place, inFolder("home-2")));
    const answer = await ask(
      gatewayAt(world, await again.port),
      world.plan((number) => plainPlan(number, "openai-chat", false)),
    );
    expect(answer.end).toBe("finished");
    again.kill("SIGTERM");
    expect(await again.exited).toBe(0);
  },
  LIMIT_MS,
);

test(
  "nothing that is there is written over, and nothing is read for anybody else",
  async () => {
    const copy = inFolder("copy-1");
    const twice = await quoin(world.place, "backup", copy);
    expect([twice.code, twice.stderr]).toEqual([1, expect.stringContaining("is not empty")]);
    const running = await quoin(world.place, "restore", copy, "--replace");
    expect([running.code, running.stderr]).toEqual([1, expect.stringContaining("stop it first")]);
    const full = placeAt(world.place, inFolder("home-1"));
    const refused = await quoin(full, "restore", copy);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("--replace")]);
    const { moved_aside } = await quoinJson<{ moved_aside: string }>(full, "restore", copy, "--replace");
    expect(existsSync(join(moved_aside, "quoin.db"))).toBe(true);
    for (const folder of [copy, full.home]) expect(statSync(folder).mode & 0o077).toBe(0);
    for (const name of ["quoin.db", "secret"]) expect(statSync(join(copy, name)).mode & 0o077).toBe(0);
  },
  LIMIT_MS,
);

test(
  "a copy that is damaged, or not whole, becomes no home",
  async () => {
    const copy = inFolder("copy-2");
    const fresh = placeAt(world.place, inFolder("home-3"));
    appendFileSync(join(copy, "quoin.db"), "x");
    const damaged = await quoin(fresh, "restore", copy);
    expect([damaged.code, damaged.stderr]).toEqual([1, expect.stringContaining("damaged")]);
    rmSync(join(copy, "backup.json"));
    const cut = await quoin(fresh, "restore", copy);
    expect([cut.code, cut.stderr]).toEqual([1, expect.stringContaining("no backup")]);
    expect(readdirSync(world.place.folder).filter((name) => name.startsWith("home-3"))).toEqual([]);
  },
  LIMIT_MS,
);

test("the secret can be kept apart, and PostgreSQL has its own way", async () => {
  const { files } = await quoinJson<Listed>(world.place, "backup", inFolder("apart"), "--without-secret");
  expect(files.map(({ name }) => name)).not.toContain("secret");
  const env = {
    ...world.place.env,
    QUOIN_DATABASE_URL: "postgres://nobody@127.0.0.1:1/none",
    QUOIN_SECRET: "s".repeat(40),
  };
  const elsewhere = await quoin({ ...world.place, env }, "backup", inFolder("never"));
  expect([elsewhere.code, elsewhere.stderr]).toEqual([1, expect.stringContaining("pg_dump")]);
});
