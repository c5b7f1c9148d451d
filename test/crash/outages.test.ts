import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openPool } from "../../src/storage/postgres/connection.ts";
import { hasPostgres, type PostgresServer, startPostgres } from "../support/postgres.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/redis.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";
import { until, within } from "../support/until.ts";
import { type HeldUpstream, startHeldUpstream, WAIT } from "./held-upstream.ts";
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

const NODES = 2;
const CLIENTS = 4;
const LIMIT_MS = 60_000;
/** A second, and what a machine adds that is busy with other suites; a step that has no bound takes 10 s and more. */
const TOLD_WITHIN_MS = 4_000;
/** Longer than a node remembers keys without hearing of the others. */
const DEAF_MS = 1_300;
const RECOVERS_WITHIN_MS = 20_000;
/** What a node has leased goes on paying: this wallet is never touched but in an outage. */
const UNTOUCHED = "untouched";

const yamlFor = (upstream: string) => `
upstreams: [{ id: u, provider: openai-compatible, base_url: ${upstream}/v1, api_key: k }]
models:
  - id: m
    price: { input: "1", output: "2" }
    output_tokens_max: 200
    targets: [{ upstream: u, model: m }]
plans:
  - id: default
    key_prefix: qn_
    limits: { requests_per_minute: 1000000, concurrency: 1000 }
`;

interface Answer {
  readonly status: number;
  readonly id: string;
  readonly retryAfter: string | null;
  readonly body: string;
  readonly tookMs: number;
}

/** As each dialect says that it cannot serve now. */
const AWAY_STATUS = { "/v1/chat/completions": 503, "/v1/messages": 529 } as const;
type Path = keyof typeof AWAY_STATUS;

async function ask(
  port: number,
  key: string,
  path: Path = "/v1/chat/completions",
  content = "hi",
): Promise<Answer> {
  const beganMs = performance.now();
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "anthropic-version": "2023-06-01" },
    body: JSON.stringify({
      model: "m",
      max_tokens: 50,
      stream: true,
      messages: [{ role: "user", content }],
    }),
  });
  const body = await response.text();
  return {
    status: response.status,
    id: response.headers.get("x-request-id")?.replace(/^req_/, "") ?? "",
    retryAfter: response.headers.get("retry-after"),
    body,
    tookMs: performance.now() - beganMs,
  };
}

const isFinished = ({ status, body }: Answer) => status === 200 && body.includes("data: [DONE]");

describe.if(hasPostgres("outages") && hasRedis("outages"))("stores that go away", () => {
  let postgres: PostgresServer;
  let redis: RedisServer;
  let toPostgres: TcpProxy;
  let toRedis: TcpProxy;
  let upstream: HeldUpstream;
  let places: Place[];
  let nodes: Running[];
  let ports: number[];
  const keys: Record<string, string> = {};
  let directUrl: string;
  let over = false;
  /** All that clients saw to its end. */
  const finished: string[] = [];

  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    upstream = startHeldUpstream();
    directUrl = await postgres.newDatabase();
    toPostgres = await startTcpProxy(postgres.port);
    toRedis = await startTcpProxy(Number(new URL(redis.url).port));
    const env = {
      QUOIN_DATABASE_URL: directUrl.replace(String(postgres.port), String(toPostgres.port)),
      QUOIN_REDIS_URL: `redis://127.0.0.1:${toRedis.port}`,
      QUOIN_SECRET: "s".repeat(32),
    };
    places = Array.from({ length: NODES }, () => withEnv(newPlace(yamlFor(upstream.url)), env));
    nodes = places.map((place) => startServer(place));
    ports = await Promise.all(nodes.map(({ port }) => port));
    const [place] = places;
    if (!place) throw new Error("there is no node");
    for (const account of ["load", UNTOUCHED]) {
      keys[account] = (await quoinJson<{ key: string }>(place, "keys", "create", "--account", account)).key;
      await quoinJson(place, "wallet", "top-up", "--account", account, "--amount", "50");
    }
  }, LIMIT_MS);

  afterAll(async () => {
    over = true;
    await Bun.sleep(100);
    await Promise.all(nodes.map(kill9));
    for (const place of places) place.remove();
    toPostgres.close();
    toRedis.close();
    await Promise.all([upstream.close(), redis.kill()]);
    postgres.stop();
  });

  const keyOf = (account: string) => keys[account] ?? "";

  /** Clients that ask one after the other, until they are stopped; each answer is of a kind that clients know. */
  function load() {
    let stopped = false;
    const seen: Answer[] = [];
    async function client(index: number): Promise<void> {
      while (!stopped) {
        const answer = await ask(ports[index % NODES] ?? 0, keyOf("load"));
        stopped ||= over;
        seen.push(answer);
        if (isFinished(answer)) finished.push(answer.id);
        else await Bun.sleep(20);
      }
    }
    const running = Array.from({ length: CLIENTS }, (_, index) => client(index));
    return {
      seen,
      async stop() {
        stopped = true;
        await within("the load's end", Promise.all(running), 35_000);
      },
    };
  }

  async function expectRefusals(account: string): Promise<void> {
    for (const path of ["/v1/chat/completions", "/v1/messages"] as const) {
      const asked = await Promise.all(ports.map((port) => ask(port, keyOf(account), path)));
      for (const { status, retryAfter, tookMs, body } of asked) {
        expect([status, retryAfter]).toEqual([AWAY_STATUS[path], "1"]);
        expect(JSON.parse(body)).toHaveProperty("error");
        expect(tookMs).toBeLessThan(TOLD_WITHIN_MS);
      }
    }
  }

  async function untilServed(account: string): Promise<void> {
    for (const port of ports) {
      await until(
        "an answer after the outage",
        async () => {
          const answer = await ask(port, keyOf(account));
          if (isFinished(answer)) finished.push(answer.id);
          return isFinished(answer);
        },
        RECOVERS_WITHIN_MS,
      );
    }
  }

  /** Every answer that was seen is charged once, and the ledger is proven. */
  async function expectBooks(): Promise<void> {
    const seen = [...finished];
    const sql = openPool(directUrl, 1);
    const rows: { id: string; state: string }[] = await sql.unsafe(
      "SELECT replace(request_id::text, '-', '') AS id, state FROM charge WHERE leg = 0",
    );
    await sql.close();
    const posted = new Set(rows.filter(({ state }) => state === "posted").map(({ id }) => id));
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => !posted.has(id))).toEqual([]);
    const [place] = places;
    if (!place) throw new Error("there is no node");
    await until(
      "the last records",
      async () => {
        const proof = await quoin(place, "ledger", "prove", "--json");
        return (JSON.parse(proof.stdout) as { ok: boolean }).ok;
      },
      10_000,
    );
  }

  const outages: Record<string, readonly [begin: () => unknown, end: () => unknown]> = {
    "a network that swallows": [() => toPostgres.stall(), () => toPostgres.heal()],
    "a network that hangs up": [() => toPostgres.drop(), () => toPostgres.heal()],
    "connections that die without a word": [() => toPostgres.stall(), () => toPostgres.forget()],
    "PostgreSQL stands still": [() => postgres.freeze(), () => postgres.thaw()],
    "PostgreSQL is killed": [() => postgres.end("SIGKILL"), () => postgres.restart()],
    "PostgreSQL is stopped": [() => postgres.end("SIGINT"), () => postgres.restart()],
  };

  for (const [name, [begin, end]] of Object.entries(outages)) {
    test(
      `${name}: new requests are told, running ones wait, and all goes on`,
      async () => {
        const clients = load();
        try {
          await until("answers of both", () => clients.seen.filter(isFinished).length >= 10, 20_000);
          const running = ports.map((port) => ask(port, keyOf("load"), "/v1/chat/completions", WAIT));
          await until("answers that run", () => upstream.held >= NODES, 5_000);
          await begin();
          try {
            await Bun.sleep(DEAF_MS);
            await expectRefusals(UNTOUCHED);
            // They end while their charge cannot be written.
            upstream.release();
            const early = await Promise.race([Promise.race(running), Bun.sleep(300)]);
            expect(early).toBeUndefined();
          } finally {
            await end();
          }
          for (const answer of await within("the charge", Promise.all(running), 30_000)) {
            expect(isFinished(answer)).toBe(true);
            finished.push(answer.id);
          }
          await untilServed("load");
        } finally {
          await clients.stop();
        }
        const strange = clients.seen.filter((one) => !isFinished(one) && one.status !== 503);
        expect(strange.map(({ status, body }) => [status, body.slice(0, 300)])).toEqual([]);
        await expectBooks();
      },
      LIMIT_MS,
    );
  }

  const silences: Record<string, readonly [begin: () => unknown, end: () => unknown]> = {
    "a network that swallows": [() => toRedis.stall(), () => toRedis.heal()],
    "Redis stands still": [() => redis.freeze(), () => redis.thaw()],
    "Redis is killed": [() => redis.kill(), () => redis.restart()],
  };

  for (const [name, [begin, end]] of Object.entries(silences)) {
    test(
      `${name}: nothing is admitted uncounted, and running answers go on`,
      async () => {
        await untilServed("load");
        const running = ports.map((port) => ask(port, keyOf("load"), "/v1/chat/completions", WAIT));
        await until("answers that run", () => upstream.held >= NODES, 5_000);
        await begin();
        try {
          await expectRefusals("load");
          upstream.release();
          for (const answer of await within("their end", Promise.all(running), 5_000)) {
            expect(isFinished(answer)).toBe(true);
            finished.push(answer.id);
          }
        } finally {
          await end();
        }
        await untilServed("load");
        await expectBooks();
      },
      LIMIT_MS,
    );
  }
});
