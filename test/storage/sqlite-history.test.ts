import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { newId } from "../../src/base/id.ts";
import type { RequestRecord } from "../../src/core/request-record.ts";
import { NO_USAGE } from "../../src/core/usage.ts";
import { batchedRecorder, type HistoryStore } from "../../src/history/recorder.ts";
import { openSqliteHistory, type SqliteHistoryStore } from "../../src/storage/sqlite/history-store.ts";
import { newFolder } from "../support/folder.ts";
import { until } from "../support/until.ts";

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

const MINE = newId();
const OTHERS = newId();

/** An id as it would have been made at this time: UUIDv7 begins with the milliseconds. */
function idAt(at: number): string {
  return at.toString(16).padStart(12, "0") + newId().slice(12);
}

function record(at: number, more: Partial<RequestRecord> = {}): RequestRecord {
  return {
    id: idAt(at),
    at,
    accountId: MINE,
    keyId: newId(),
    model: "m",
    protocol: "openai-chat",
    operation: "generate",
    stream: true,
    status: 200,
    outcome: "finished",
    usage: { ...NO_USAGE, input: 3 },
    usageSource: "reported",
    chargeNanos: 9_007_199_254_740_993n,
    priceVersion: 1,
    attempts: [{ upstream: "u", model: "m", status: 200, outcome: "served", startMs: 1, tookMs: 2 }],
    queueMs: 1,
    firstByteMs: 2,
    lastByteMs: 3,
    client: "codex/1",
    region: "",
    notes: ["é"],
    ...more,
  };
}

const OCTOBER = Date.UTC(2026, 9, 31, 23, 59, 59);
const NOVEMBER = Date.UTC(2026, 10, 1);

describe("the history", () => {
  test("gives a record back as it was", () => {
    const one = record(NOVEMBER, { error: "it failed", answerId: "x" });
    history.insert([one]);
    expect(history.find(one.id)).toEqual(one);
    expect(history.find(newId())).toBeUndefined();
  });

  test("lists the newest first, over months, of one account or of all", () => {
    const records = [OCTOBER - 5, OCTOBER, NOVEMBER, NOVEMBER + 7].map((at) => record(at));
    const foreign = record(NOVEMBER + 3, { accountId: OTHERS });
    history.insert([...records, foreign]);
    const ids = (limit: number, accountId?: string) =>
      history.list(accountId === undefined ? { limit } : { limit, accountId }).map(({ id }) => id);
    const [oldest, old, young, youngest] = records.map(({ id }) => id);
    expect(ids(10)).toEqual([youngest, foreign.id, young, old, oldest] as string[]);
    expect(ids(10, MINE)).toEqual([youngest, young, old, oldest] as string[]);
    expect(ids(3, MINE)).toEqual([youngest, young, old] as string[]);
    expect(ids(1, OTHERS)).toEqual([foreign.id]);
    expect(ids(5, newId())).toEqual([]);
  });

  test("keeps a file for each month, and finds them again", () => {
    const records = [record(OCTOBER), record(NOVEMBER)];
    history.insert(records);
    const files = readdirSync(join(folder.path, "history")).filter((name) => name.endsWith(".db"));
    expect(files.sort()).toEqual(["2026-10.db", "2026-11.db"]);
    history.close();
    history = openSqliteHistory(folder.path);
    expect(records.map(({ id }) => history.find(id))).toEqual(records);
  });

  test("a record that comes twice is there once, as it first was", () => {
    const one = record(NOVEMBER);
    history.insert([one]);
    history.insert([{ ...one, model: "other" }, record(NOVEMBER)]);
    expect(history.list({ limit: 10 })).toHaveLength(2);
    expect(history.find(one.id)?.model).toBe("m");
  });

  test("knows whose answer an id is, for Responses alone", () => {
    history.insert([
      record(OCTOBER, { protocol: "openai-responses", answerId: "resp_1" }),
      record(NOVEMBER, { protocol: "openai-chat", answerId: "chat_1" }),
    ]);
    expect(history.findAnswer(MINE, "resp_1")?.attempts[0]?.upstream).toBe("u");
    expect(history.findAnswer(OTHERS, "resp_1")).toBeUndefined();
    expect(history.findAnswer(MINE, "chat_1")).toBeUndefined();
    expect(history.findAnswer(MINE, "")).toBeUndefined();
  });

  test("walks from the oldest since a time", () => {
    const records = [OCTOBER - 5, OCTOBER, NOVEMBER].map((at) => record(at));
    history.insert([...records].reverse());
    const seen: string[] = [];
    history.each(OCTOBER, ({ id }) => seen.push(id));
    expect(seen).toEqual(records.slice(1).map(({ id }) => id));
  });
});

describe("the recorder", () => {
  test("writes what it was given, soon and in order", async () => {
    const recorder = batchedRecorder(history, () => undefined);
    const records = Array.from({ length: 2_500 }, (_, at) => record(NOVEMBER + at));
    for (const one of records) recorder.record(one);
    await until("the records", () => history.list({ limit: 3_000 }).length === 2_500);
    expect(history.list({ limit: 1 })[0]?.id).toBe(records.at(-1)?.id as string);
  });

  test("tries again what the store did not take, and loses nothing", async () => {
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
});
