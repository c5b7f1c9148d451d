import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { callControl } from "../../src/control/socket.ts";
import type { WorkerState } from "../../src/workers/crew.ts";
import { hasPostgres, newDatabase, type TestDatabase } from "../support/postgres.ts";
import { DEMO_YAML } from "./offer.ts";
import {
  kill9,
  newPlace,
  type Place,
  quoin,
  quoinJson,
  type Running,
  startServer,
  withEnv,
} from "./product.ts";

const ASKED = 24;
const LIMIT_MS = 60_000;

describe.if(hasPostgres("workers on PostgreSQL"))("workers on PostgreSQL are nodes", () => {
  let database: TestDatabase;
  let place: Place;
  let server: Running;

  beforeAll(async () => {
    database = await newDatabase();
    const env = { QUOIN_DATABASE_URL: database.url, QUOIN_SECRET: "s".repeat(32), QUOIN_WORKERS: "2" };
    place = withEnv(newPlace(DEMO_YAML), env);
    server = startServer(place);
    await server.port;
  }, LIMIT_MS);

  afterAll(async () => {
    await kill9(server);
    place.remove();
    await database.close();
  });

  const QUESTION = { model: "m", max_tokens: 5, messages: [{ role: "user", content: "hi" }] };

  /** How often each status came, over connections of their own. */
  async function statuses(key: string, path: string, body?: object): Promise<Record<number, number>> {
    const url = `http://127.0.0.1:${await server.port}${path}`;
    const headers = { authorization: `Bearer ${key}`, connection: "close" };
    const init = body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers };
    const counts: Record<number, number> = {};
    const one = async () => {
      const answer = await fetch(url, init);
      await answer.arrayBuffer();
      counts[answer.status] = (counts[answer.status] ?? 0) + 1;
    };
    await Promise.all(Array.from({ length: ASKED }, one));
    return counts;
  }

  /** A worker that has just begun makes its connections first, which on a busy machine takes more than a request waits. */
  async function untilWarm(key: string): Promise<void> {
    while ((await statuses(key, "/v1/models"))[200] !== ASKED) await Bun.sleep(100);
  }

  async function workers(): Promise<readonly WorkerState[]> {
    return ((await callControl(place.home, "status", {})) as { workers: WorkerState[] }).workers;
  }

  /** How many calls of its only upstream the process knows of that answers operators. */
  async function callsKnown(token: string): Promise<number | undefined> {
    const url = `http://127.0.0.1:${await server.port}/console/api/v1/operator/upstreams`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    const { items } = (await answer.json()) as { items: { last_hour: { calls: number } }[] };
    return items[0]?.last_hour.calls;
  }

  async function expectCharged(count: number): Promise<void> {
    const proof = await quoin(place, "ledger", "prove", "--json");
    expect(JSON.parse(proof.stdout)).toMatchObject({ ok: true, charges: count });
  }

  test(
    "their charges are the database's, their limits the machine's, and one that is killed is replaced",
    async () => {
      const account = ["--account", "acme"];
      const { key } = await quoinJson<{ key: string }>(place, "keys", "create", ...account, "--rpm", "40");
      await quoinJson(place, "wallet", "top-up", ...account, "--amount", "5");
      await untilWarm(key);
      expect(await statuses(key, "/v1/chat/completions", QUESTION)).toEqual({ 200: ASKED });
      await expectCharged(ASKED);
      const scopes = ["--scopes", "operator:upstreams:read"];
      const { token } = await quoinJson<{ token: string }>(
        place,
        "tokens",
        "create",
        "--operator",
        ...scopes,
      );
      // Records are told behind the answers.
      while ((await callsKnown(token)) !== ASKED) await Bun.sleep(20);
      const [victim] = await workers();
      process.kill(victim?.pid ?? 0, "SIGKILL");
      while (!(await workers()).some(({ restarts, rss_bytes }) => restarts > 0 && rss_bytes > 0))
        await Bun.sleep(20);
      await untilWarm(key);
      const left = 40 - ASKED;
      expect(await statuses(key, "/v1/chat/completions", QUESTION)).toEqual({ 200: left, 429: ASKED - left });
      await expectCharged(40);
      server.kill("SIGTERM");
      expect(await server.exited).toBe(0);
      expect(server.output()).toContain("another takes its place");
    },
    LIMIT_MS,
  );
});
