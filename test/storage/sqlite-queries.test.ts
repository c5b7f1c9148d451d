import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
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
  expect(deltas()).toBe(2);
  await upkeep.merge();
  await history.insert([record(NOVEMBER)]);
  expect(deltas()).toBe(2);
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

function readDeltas(home: string, period: string): number {
  const db = new Database(join(historyFolder(home), `${period}.db`), { readonly: true });
  const row = db.query<{ n: number }, []>("SELECT count(*) AS n FROM usage_delta").get();
  db.close();
  return row?.n ?? 0;
}
