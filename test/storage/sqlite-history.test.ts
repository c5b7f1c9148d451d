import { afterEach, beforeEach, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { RequestRecord } from "../../src/core/request-record.ts";
import { batchedRecorder, type HistoryStore } from "../../src/history/recorder.ts";
import { openSqliteHistory, type SqliteHistoryStore } from "../../src/storage/sqlite/history-store.ts";
import { newFolder } from "../support/folder.ts";
import { type HistoryFixture, historyContract, NOVEMBER, OCTOBER, record } from "./history-contract.ts";

historyContract("SQLite", async (): Promise<HistoryFixture> => {
  const home = newFolder();
  const store = openSqliteHistory(home.path);
  return {
    history: store,
    async dispose() {
      store.close();
      home.remove();
    },
  };
});

let folder: ReturnType<typeof newFolder>;
let history: SqliteHistoryStore;
beforeEach(() => {
  folder = newFolder();
  history = openSqliteHistory(folder.path);
});
afterEach(() => {
  history.close();
  folder.remove();
});

test("keeps a file for each month, and finds them again", async () => {
  const records = [record(OCTOBER), record(NOVEMBER)];
  await history.insert(records);
  const files = readdirSync(join(folder.path, "history")).filter((name) => name.endsWith(".db"));
  expect(files.sort()).toEqual(["2026-10.db", "2026-11.db"]);
  history.close();
  history = openSqliteHistory(folder.path);
  expect(await Promise.all(records.map(({ id }) => history.find(id)))).toEqual(records);
});

test("walks from the oldest since a time", async () => {
  const records = [OCTOBER - 5, OCTOBER, NOVEMBER].map((at) => record(at));
  await history.insert([...records].reverse());
  const seen: string[] = [];
  history.each(OCTOBER, ({ id }) => seen.push(id));
  expect(seen).toEqual(records.slice(1).map(({ id }) => id));
});

test("the recorder tries again what the store did not take, and loses nothing", async () => {
  const taken: RequestRecord[] = [];
  let fails = 1;
  const store: Pick<HistoryStore, "insert"> = {
    insert(records) {
      if (fails-- > 0) throw new Error("busy");
      taken.push(...records);
    },
  };
  const said: string[] = [];
  const recorder = batchedRecorder({ ...history, ...store }, (_, message) => void said.push(message));
  const records = [record(NOVEMBER), record(NOVEMBER + 1)];
  for (const one of records) recorder.record(one);
  await recorder.flush();
  expect(taken).toEqual([]);
  await recorder.flush();
  expect(taken).toEqual(records);
  expect(said).toEqual(["request records could not be stored; they are tried again"]);
});
