import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { idBytes } from "../../src/base/id.ts";
import type { RequestRecord } from "../../src/core/request-record.ts";
import { encodeRecord } from "../../src/storage/record-text.ts";
import { historyThread } from "../../src/storage/sqlite/history-thread.ts";
import { recount } from "../history/recount.ts";
import { NOVEMBER, record } from "../storage/history-contract.ts";
import { newFolder } from "../support/folder.ts";

const MAIN = join(import.meta.dir, "../../src/main.ts");
const COUNT = 30_000;

let home: ReturnType<typeof newFolder>;
beforeEach(() => {
  home = newFolder();
});
afterEach(() => home.remove());

/** A file of a month as it was before there were facets. */
function makeOldMonth(): RequestRecord[] {
  mkdirSync(join(home.path, "history"));
  const db = new Database(join(home.path, "history", "2026-11.db"));
  db.exec(`PRAGMA journal_mode = WAL;
    CREATE TABLE request (request_id BLOB PRIMARY KEY, account_id BLOB NOT NULL, answer_id TEXT, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX request_account ON request (account_id, request_id);
    CREATE INDEX request_answer ON request (answer_id) WHERE answer_id IS NOT NULL;`);
  const keyId = record(0).keyId;
  const records = Array.from({ length: COUNT }, (_, at) =>
    record(NOVEMBER + at * 20_000, {
      keyId,
      chargeNanos: 5n,
      ...(at % 5_000 === 7 ? { model: "rare" } : {}),
    }),
  );
  const insert = db.prepare("INSERT INTO request VALUES (?, ?, ?, ?)");
  db.transaction(() => {
    for (const one of records) insert.run(idBytes(one.id), idBytes(one.accountId), null, encodeRecord(one));
  })();
  db.close();
  return records;
}

interface Ended {
  readonly out: string;
  readonly code: number | null;
}

/** Runs `quoin migrate`; kills it when it has printed so many lines. */
async function migrate(killAfterLines: number, ...args: string[]): Promise<Ended> {
  const env = { ...process.env, QUOIN_HOME: home.path, QUOIN_DISCOVER: "off", QUOIN_CONFIG: "" };
  const child = spawn(process.execPath, [MAIN, "migrate", ...args], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  child.stdout.on("data", (bytes) => {
    out += String(bytes);
    if (out.split("\n").length > killAfterLines) child.kill("SIGKILL");
  });
  const { promise, resolve } = Promise.withResolvers<Ended>();
  child.on("close", (code) => resolve({ out, code }));
  return await promise;
}

test("killed in the middle it goes on, and every request of before is found and counted once", async () => {
  const records = makeOldMonth();
  for (let kills = 0; kills < 2; kills++) await migrate(kills + 1);
  const ended = await migrate(Number.POSITIVE_INFINITY, "--json");
  expect(ended.code).toBe(0);
  const { steps } = JSON.parse(ended.out) as { steps: { rows: number; done: boolean }[] };
  expect(steps).toEqual([
    { name: "facets and sums of requests of 2026-11", rows: COUNT, done: true },
  ] as never);
  const queries = historyThread(join(home.path, "history"));
  const asked = { from: NOVEMBER, to: NOVEMBER + 30 * 86_400_000, bucket: "day", groupBy: "model" } as const;
  expect(await queries.usageOver(asked)).toEqual(recount(records, asked));
  const rare = records.filter(({ model }) => model === "rare").map(({ id }) => id);
  const found = await queries.searchRequests({ model: "rare", limit: 50 });
  expect(found.records.map(({ id }) => id)).toEqual(rare.reverse());
  await queries.close();
}, 60_000);

test("a program that is older than the data says so in one sentence", async () => {
  mkdirSync(join(home.path, "history"));
  const db = new Database(join(home.path, "history", "2026-11.db"), { create: true });
  db.exec("PRAGMA user_version = 99");
  db.close();
  const env = { ...process.env, QUOIN_HOME: home.path, QUOIN_DISCOVER: "off", QUOIN_CONFIG: "" };
  const run = Bun.spawnSync([process.execPath, MAIN, "migrate", "--status"], { env, stderr: "pipe" });
  expect(run.exitCode).toBe(1);
  const said = run.stderr.toString().trim().split("\n");
  expect(said).toHaveLength(1);
  expect(said[0]).toContain("was written by a newer Quoin (layout 99, known here: 1); start that version.");
});
