/** Three nodes of one service on one database, a region each: what a customer sees of them. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  newPlace,
  type Place,
  quoin,
  quoinJson,
  type Running,
  startServer,
  withEnv,
} from "../crash/product.ts";
import { hasPostgres, newDatabase, type TestDatabase } from "../support/postgres.ts";
import { ask, chatBody } from "./ask.ts";
import { textOf } from "./world.ts";

const REGIONS = ["us", "eu", "asia"] as const;
const MS_MAX = 60_000;
const ACCOUNT = ["--account", "customer"];

interface Row {
  readonly region: string;
  readonly status: number;
  readonly charge_nanos: string;
}

interface Node {
  readonly region: string;
  readonly place: Place;
  readonly server: Running;
  readonly url: string;
}

async function startNode(place: Place, region: string): Promise<Node> {
  const own = withEnv(place, { QUOIN_REGION: region });
  const server = startServer(own);
  return { region, place: own, server, url: `http://127.0.0.1:${await server.port}` };
}

describe.if(hasPostgres("regions on PostgreSQL"))("one service in three regions", () => {
  let database: TestDatabase;
  let places: Place[];
  let nodes: Node[];
  let first: Place;
  let key: string;

  beforeAll(async () => {
    database = await newDatabase();
    const env = { QUOIN_DATABASE_URL: database.url, QUOIN_SECRET: "s".repeat(32) };
    places = REGIONS.map(() => withEnv(newPlace(textOf("qcode")), env));
    nodes = [];
    for (const [index, place] of places.entries()) nodes.push(await startNode(place, REGIONS[index] ?? ""));
    [{ place: first } = { place: newPlace("") }] = nodes;
    ({ key } = await quoinJson<{ key: string }>(first, "keys", "create", ...ACCOUNT));
    await quoinJson(first, "wallet", "top-up", ...ACCOUNT, "--amount", "5.00");
  }, MS_MAX);

  afterAll(async () => {
    for (const { server } of nodes) {
      server.kill("SIGTERM");
      await server.exited;
    }
    for (const place of places) place.remove();
    await database.close();
  }, MS_MAX);

  test(
    "a key works in all, and each answer says where it came from",
    async () => {
      for (const { url, region } of nodes) {
        const got = await ask(
          { url },
          { key, path: "/api/v1/messages", body: chatBody("claude-sonnet-4-5") },
        );
        expect(got.status).toBe(200);
        expect(got.headers.get("x-quoin-region")).toBe(region);
      }
    },
    MS_MAX,
  );

  test("the catalogue is the same but for the node's own region", async () => {
    const catalogues = await Promise.all(
      nodes.map(async ({ url }) => {
        const headers = { host: "api.qcode.cc" };
        return (await ask({ url }, { path: "/.well-known/quoin.json", headers })).json;
      }),
    );
    expect(catalogues.map(({ region }) => region)).toEqual([...REGIONS]);
    const alike = catalogues.map(({ region: _region, ...catalogue }) => JSON.stringify(catalogue));
    expect(new Set(alike).size).toBe(1);
  });

  test("the list of models is the same in all", async () => {
    const lists = await Promise.all(nodes.map(({ url }) => ask({ url }, { key, path: "/openai/v1/models" })));
    expect(new Set(lists.map(({ text }) => text)).size).toBe(1);
    expect(lists.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test(
    "any of them has the history of all, by region, and the one wallet",
    async () => {
      const { requests } = await quoinJson<{ requests: Row[] }>(first, "requests", "list", ...ACCOUNT);
      expect(requests.map(({ region }) => region).toSorted()).toEqual(REGIONS.toSorted());
      const charged = requests.reduce((sum, row) => sum + BigInt(row.charge_nanos), 0n);
      for (const { place } of nodes) {
        const wallet = await quoinJson<{ balance_nanos: string }>(place, "wallet", "show", ...ACCOUNT);
        expect(BigInt(wallet.balance_nanos)).toBe(5_000_000_000n - charged);
      }
    },
    MS_MAX,
  );

  test(
    "a region that the file does not declare is refused at the start, with those that it does",
    async () => {
      const mistaken = withEnv(first, { QUOIN_REGION: "mars" });
      const { code, stderr } = await quoin(mistaken, "serve");
      expect(code).not.toBe(0);
      expect(stderr).toContain('QUOIN_REGION is "mars"; set it to one of us, eu, asia');
    },
    MS_MAX,
  );
});
