import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { hasPostgres, newDatabase, type TestDatabase } from "../support/postgres.ts";
import { until } from "../support/until.ts";
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

const ROUNDS = 3;
const CLIENTS = 8;
const LIMIT_MS = 60_000;

/** Requests until they are told to stop; answers how many were seen to their end. */
function startAsking(ports: readonly number[], key: string) {
  let stopped = false;
  let finished = 0;
  async function ask(port: number): Promise<void> {
    while (!stopped) {
      const body = JSON.stringify({
        model: "m",
        max_tokens: 50,
        messages: [{ role: "user", content: "Say hi." }],
      });
      const headers = { authorization: `Bearer ${key}` };
      const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
        method: "POST",
        headers,
        body,
      })
        .then(async (response) => ({ ok: response.ok, text: await response.text() }))
        .catch(() => undefined);
      if (answer?.ok) finished++;
      if (!answer) return;
    }
  }
  const asking = Array.from({ length: CLIENTS }, (_, at) => ask(ports[at % ports.length] ?? 0));
  return {
    count: () => finished,
    async stop(): Promise<number> {
      stopped = true;
      await Promise.all(asking);
      return finished;
    },
  };
}

async function statusOf(port: number, key: string): Promise<number> {
  const headers = { authorization: `Bearer ${key}` };
  const body = JSON.stringify({ model: "m", max_tokens: 5, messages: [{ role: "user", content: "hi" }] });
  const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: "POST",
    headers,
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

describe.if(hasPostgres("two nodes on PostgreSQL"))("two nodes on one database", () => {
  let database: TestDatabase;
  let places: Place[];
  let nodes: Running[];
  let key: string;
  let keyId: string;

  beforeAll(async () => {
    database = await newDatabase();
    const env = { QUOIN_DATABASE_URL: database.url, QUOIN_SECRET: "s".repeat(32) };
    places = [newPlace(DEMO_YAML), newPlace(DEMO_YAML)].map((place) => withEnv(place, env));
    nodes = places.map((place) => startServer(place));
    await Promise.all(nodes.map(({ port }) => port));
    const made = await quoinJson<{ key: string; id: string }>(
      one(places, 0),
      "keys",
      "create",
      "--account",
      "load",
    );
    ({ key, id: keyId } = made);
    await quoinJson(one(places, 1), "wallet", "top-up", "--account", "load", "--amount", "50");
  }, LIMIT_MS);

  afterAll(async () => {
    await Promise.all(nodes.map(kill9));
    for (const place of places) place.remove();
    await database.close();
  });

  function one<T>(of: readonly T[], at: number): T {
    const found = of[at];
    if (found === undefined) throw new Error(`there is no node ${at}`);
    return found;
  }

  async function expectProven(): Promise<void> {
    const proof = await quoin(one(places, 0), "ledger", "prove", "--json");
    expect(proof.stderr).toBe("");
    expect(JSON.parse(proof.stdout)).toMatchObject({ ok: true });
  }

  async function chargesPosted(): Promise<number> {
    const rows: { n: bigint }[] = await database.sql.unsafe(
      "SELECT count(*) AS n FROM charge WHERE leg = 0 AND state = 'posted'",
    );
    return Number(rows[0]?.n ?? 0n);
  }

  for (let round = 0; round < ROUNDS; round++) {
    test(
      `kill -9 of one under load, round ${round + 1}: the ledger is proven, and every answer seen was charged`,
      async () => {
        const before = await chargesPosted();
        const ports = await Promise.all(nodes.map(({ port }) => port));
        const asking = startAsking(ports, key);
        await until("answers of both", () => asking.count() >= 20, 20_000);
        const victim = round % 2;
        await kill9(one(nodes, victim));
        await Bun.sleep(200);
        const finished = await asking.stop();
        expect((await chargesPosted()) - before).toBeGreaterThanOrEqual(finished);
        expect((await chargesPosted()) - before).toBeLessThanOrEqual(finished + CLIENTS);
        await expectProven();
        nodes[victim] = startServer(one(places, victim));
        await one(nodes, victim).port;
      },
      LIMIT_MS,
    );
  }

  test(
    "what a killed node had leased comes back, and records that died with it",
    async () => {
      const open = async () => {
        const rows: { n: bigint }[] = await database.sql.unsafe(
          `SELECT count(*) AS n FROM lease l JOIN node n USING (node_id)
           WHERE l.spent + l.returned < l.granted AND n.state = 'dead'
           UNION ALL SELECT count(*) FROM node WHERE state = 'live' AND expires_at < quoin_now()
           UNION ALL SELECT count(*) FROM charge c WHERE c.leg = 0
             AND NOT EXISTS (SELECT 1 FROM request r WHERE r.request_id = c.request_id)`,
        );
        return rows.every(({ n }) => n === 0n);
      };
      const live = async () => {
        const rows: { n: bigint }[] = await database.sql.unsafe(
          "SELECT count(*) AS n FROM node WHERE state = 'live'",
        );
        return rows[0]?.n === 2n;
      };
      await until("the reap", async () => (await live()) && (await open()), 30_000);
      await expectProven();
    },
    LIMIT_MS,
  );

  test(
    "a key that one node revokes is refused by the other within a second",
    async () => {
      const port = await one(nodes, 1).port;
      expect(await statusOf(port, key)).toBe(200);
      await quoinJson(one(places, 0), "keys", "revoke", keyId);
      await until("the refusal", async () => (await statusOf(port, key)) === 401, 1_000);
    },
    LIMIT_MS,
  );

  test(
    "a node with another quoin.yaml, or another secret, does not start",
    async () => {
      const other = newPlace(DEMO_YAML.replace('"2"', '"3"'));
      const env = { QUOIN_DATABASE_URL: database.url, QUOIN_SECRET: "s".repeat(32) };
      const differing = await quoin(withEnv(other, env), "serve");
      expect([differing.code, differing.stderr]).toEqual([1, expect.stringContaining("QUOIN_MIXED_CONFIG")]);
      const foreign = await quoin(withEnv(other, { ...env, QUOIN_SECRET: "t".repeat(32) }), "keys", "list");
      expect([foreign.code, foreign.stderr]).toEqual([1, expect.stringContaining("QUOIN_SECRET differs")]);
      other.remove();
    },
    LIMIT_MS,
  );
});
