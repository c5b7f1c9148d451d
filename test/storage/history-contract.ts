import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { newId } from "../../src/base/id.ts";
import type { RequestRecord } from "../../src/core/request-record.ts";
import { NO_USAGE } from "../../src/core/usage.ts";
import { batchedRecorder, type HistoryStore } from "../../src/history/recorder.ts";
import { until } from "../support/until.ts";

/** A store of records under test. */
export interface HistoryFixture {
  readonly history: HistoryStore;
  dispose(): Promise<void>;
}

const MINE = newId();
const OTHERS = newId();

/** An id as it would have been made at this time: UUIDv7 begins with the milliseconds. */
function idAt(at: number): string {
  return at.toString(16).padStart(12, "0") + newId().slice(12);
}

export function record(at: number, more: Partial<RequestRecord> = {}): RequestRecord {
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

export const OCTOBER = Date.UTC(2026, 9, 31, 23, 59, 59);
export const NOVEMBER = Date.UTC(2026, 10, 1);

/** What every store of request records must do; `open` gives an empty one. */
export function historyContract(name: string, open: () => Promise<HistoryFixture>): void {
  describe(`the history: ${name}`, () => {
    let fixture: HistoryFixture;
    let history: HistoryStore;
    beforeEach(async () => {
      fixture = await open();
      history = fixture.history;
    });
    afterEach(() => fixture.dispose());

    test("gives a record back as it was", async () => {
      const one = record(NOVEMBER, { error: "it failed", answerId: "x" });
      await history.insert([one]);
      expect(await history.find(one.id)).toEqual(one);
      expect(await history.find(newId())).toBeUndefined();
    });

    test("lists the newest first, over months, of one account or of all", async () => {
      const records = [OCTOBER - 5, OCTOBER, NOVEMBER, NOVEMBER + 7].map((at) => record(at));
      const foreign = record(NOVEMBER + 3, { accountId: OTHERS });
      await history.insert([...records, foreign]);
      const ids = async (limit: number, accountId?: string) => {
        const listed = await history.list(accountId === undefined ? { limit } : { limit, accountId });
        return listed.map(({ id }) => id);
      };
      const [oldest, old, young, youngest] = records.map(({ id }) => id);
      expect(await ids(10)).toEqual([youngest, foreign.id, young, old, oldest] as string[]);
      expect(await ids(10, MINE)).toEqual([youngest, young, old, oldest] as string[]);
      expect(await ids(3, MINE)).toEqual([youngest, young, old] as string[]);
      expect(await ids(1, OTHERS)).toEqual([foreign.id]);
      expect(await ids(5, newId())).toEqual([]);
    });

    test("a record that comes twice is there once, as it first was", async () => {
      const one = record(NOVEMBER);
      await history.insert([one]);
      await history.insert([{ ...one, model: "other" }, record(NOVEMBER)]);
      expect(await history.list({ limit: 10 })).toHaveLength(2);
      expect((await history.find(one.id))?.model).toBe("m");
    });

    test("knows whose answer an id is, for Responses alone", async () => {
      await history.insert([
        record(OCTOBER, { protocol: "openai-responses", answerId: "resp_1" }),
        record(NOVEMBER, { protocol: "openai-chat", answerId: "chat_1" }),
      ]);
      expect((await history.findAnswer(MINE, "resp_1"))?.attempts[0]?.upstream).toBe("u");
      expect(await history.findAnswer(OTHERS, "resp_1")).toBeUndefined();
      expect(await history.findAnswer(MINE, "chat_1")).toBeUndefined();
      expect(await history.findAnswer(MINE, "")).toBeUndefined();
    });

    test("takes what the recorder gives it, soon and in order", async () => {
      const recorder = batchedRecorder(history, () => undefined);
      const records = Array.from({ length: 2_500 }, (_, at) => record(NOVEMBER + at));
      for (const one of records) recorder.record(one);
      await until(
        "the records",
        async () => (await history.list({ limit: 3_000 })).length === records.length,
      );
      expect((await history.list({ limit: 1 }))[0]?.id).toBe(records.at(-1)?.id as string);
    });
  });
}
