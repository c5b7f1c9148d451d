import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newId } from "../../src/base/id.ts";
import { openHistoryReader } from "../../src/storage/sqlite/history-reader.ts";
import { historyFolder, openSqliteHistory } from "../../src/storage/sqlite/history-store.ts";
import { historyThread } from "../../src/storage/sqlite/history-thread.ts";
import { sqliteHistoryUpkeep } from "../../src/storage/sqlite/history-upkeep.ts";
import { newFolder } from "../support/folder.ts";
import { NOVEMBER, OCTOBER, record } from "./history-contract.ts";
import { queriesContract } from "./queries-contract.ts";

queriesContract(
  "SQLite",
  async () => {
    const home = newFolder();
    const history = openSqliteHistory(home.path);
    const queries = openHistoryReader(historyFolder(home.path));
    return {
      history,
      queries,
      async dispose() {
        queries.close();
        history.close();
        home.remove();
      },
    };
  },
  60,
);

test("in a thread of its own, which is closed, begun again and tells its faults", async () => {
  const home = newFolder();
  const history = openSqliteHistory(home.path);
  const thread = historyThread(historyFolder(home.path));
  await history.insert([record(NOVEMBER)]);
  expect((await thread.searchRequests({ limit: 5 })).records).toHaveLength(1);
  await thread.close();
  expect((await thread.size()).rows).toBe(1);
  const broken = thread.findRequest("no id");
  expect(broken).rejects.toThrow("the history could not be read");
  await broken.catch(() => undefined);
  await thread.close();
  history.close();
  home.remove();
});

test("a month that is dropped leaves its sums, and what was merged is not kept twice", async () => {
  const home = newFolder();
  const history = openSqliteHistory(home.path);
  const thread = historyThread(historyFolder(home.path));
  const upkeep = sqliteHistoryUpkeep(history, thread);
  const usage = () => thread.usageOver({ from: OCTOBER, to: NOVEMBER + 1, bucket: "day" });
  await history.insert([record(OCTOBER), record(NOVEMBER)]);
  await upkeep.merge();
  const deltas = () => readDeltas(home.path, "2026-11");
  expect(deltas()).toBe(1);
  await history.insert([record(NOVEMBER)]);
  expect(deltas()).toBe(1);
  await history.insert([record(NOVEMBER)]);
  expect(deltas()).toBe(2);
  await upkeep.merge();
  const before = await usage();
  expect(before.map(({ requests }) => requests)).toEqual([1, 3]);
  expect(await upkeep.drop(NOVEMBER - 1)).toEqual([]);
  expect(await upkeep.drop(NOVEMBER)).toEqual(["2026-10"]);
  expect(await usage()).toEqual(before);
  expect((await thread.searchRequests({ limit: 9 })).records).toHaveLength(3);
  expect(await thread.size()).toMatchObject({ rows: 3, oldestAt: NOVEMBER });
  await thread.close();
  history.close();
  home.remove();
});

test("sums that were told before are told anew once there is more, whoever took it in", async () => {
  const home = newFolder();
  const folder = historyFolder(home.path);
  const history = openSqliteHistory(home.path);
  const [one, other] = [historyThread(folder), historyThread(folder)];
  const told = async (thread: typeof one, bucket: "hour" | "day") =>
    (await thread.usageOver({ from: NOVEMBER, to: NOVEMBER + 1, bucket, groupBy: "model" })).map(
      ({ requests }) => requests,
    );
  const everywhere = async () => [
    await told(one, "hour"),
    await told(one, "day"),
    await told(other, "hour"),
    await told(other, "day"),
  ];
  for (const [requests, thread] of [one, one, other].entries()) {
    await history.insert([record(NOVEMBER)]);
    await sqliteHistoryUpkeep(history, thread).merge();
    expect(await everywhere()).toEqual(Array(4).fill([requests + 1]));
  }
  await Promise.all([one.close(), other.close()]);
  history.close();
  home.remove();
});

test("accounts have sums from before each had a row of its own", async () => {
  const home = newFolder();
  const folder = historyFolder(home.path);
  const history = openSqliteHistory(home.path);
  await history.insert([record(NOVEMBER), record(NOVEMBER + 1, { accountId: newId() })]);
  const thread = historyThread(folder);
  await thread.merge();
  const sums = new Database(join(folder, "usage.db"));
  sums.exec("DELETE FROM usage_sum WHERE account_id = '#'");
  sums.close();
  await history.insert([record(NOVEMBER + 2)]);
  const asked = { from: NOVEMBER, to: NOVEMBER + 1, bucket: "day", groupBy: "account" } as const;
  const requests = (await thread.usageOver(asked)).reduce((total, bucket) => total + bucket.requests, 0);
  expect(requests).toBe(3);
  for (const bucket of ["day", "hour"] as const)
    expect(await thread.activeAccounts({ ...asked, bucket })).toEqual({
      total: 2,
      over: [{ at: NOVEMBER, accounts: 2 }],
    });
  await thread.close();
  history.close();
  home.remove();
});

function readDeltas(home: string, period: string): number {
  const db = new Database(join(historyFolder(home), `${period}.db`), { readonly: true });
  const row = db.query<{ n: number }, []>("SELECT count(*) AS n FROM usage_delta").get();
  db.close();
  return row?.n ?? 0;
}

test("a month restored from an older copy is summed on, and nothing of it is left out", async () => {
  const [home, copy] = [newFolder(), newFolder()];
  const [from, to] = [historyFolder(home.path), historyFolder(copy.path)];
  mkdirSync(to);
  const history = openSqliteHistory(home.path);
  await history.insert([record(NOVEMBER)]);
  // The month first, its sums later, as a backup of a running server may meet them.
  copyDatabase(join(from, "2026-11.db"), join(to, "2026-11.db"));
  await history.insert([record(NOVEMBER + 1)]);
  const thread = historyThread(from);
  await thread.merge();
  await thread.close();
  copyDatabase(join(from, "usage.db"), join(to, "usage.db"));
  const restored = openSqliteHistory(copy.path);
  await restored.insert([record(NOVEMBER + 2)]);
  const queries = historyThread(to);
  const [bucket] = await queries.usageOver({ from: NOVEMBER, to: NOVEMBER + 1, bucket: "hour" });
  // The one that is not in the copy was counted when it was there.
  expect(bucket?.requests).toBe(3);
  await queries.close();
  restored.close();
  history.close();
  home.remove();
  copy.remove();
});

test("sums of an earlier version go on, and get the columns they have not", async () => {
  const home = newFolder();
  const history = openSqliteHistory(home.path);
  const folder = historyFolder(home.path);
  await history.insert([record(NOVEMBER, { userId: "early" })]);
  const earlier = historyThread(folder);
  await earlier.merge();
  await earlier.close();
  const db = new Database(join(folder, "usage.db"));
  // The worker that was closed lets go a moment later.
  db.exec("PRAGMA busy_timeout = 5000; ALTER TABLE usage_sum DROP COLUMN margin; DROP TABLE name_use");
  db.close();
  await history.insert([{ ...record(NOVEMBER + 1), chargeNanos: 9n, costNanos: 4n }]);
  const thread = historyThread(folder);
  await thread.merge();
  const [bucket] = await thread.usageOver({ from: NOVEMBER, to: NOVEMBER + 1, bucket: "hour" });
  expect(bucket).toMatchObject({ requests: 2, marginNanos: 5n });
  expect((await thread.searchRequests({ userId: "early", limit: 2 })).records).toHaveLength(1);
  await thread.close();
  history.close();
  home.remove();
});

function copyDatabase(from: string, to: string): void {
  const db = new Database(from, { readonly: true });
  writeFileSync(to, db.serialize());
  db.close();
}
