import { expect, test } from "bun:test";
import type { RequestRecord } from "../../src/core/request-record.ts";
import { liveTail } from "../../src/history/live-tail.ts";
import { batchedRecorder, type HistoryStore } from "../../src/history/recorder.ts";
import { record } from "../storage/history-contract.ts";

/** A store whose writes end when they are told to. */
function slowStore() {
  const kept: RequestRecord[] = [];
  const waiting: (() => void)[] = [];
  const store: HistoryStore = {
    async insert(records) {
      await new Promise<void>((go) => waiting.push(go));
      for (const one of records) if (!kept.some(({ id }) => id === one.id)) kept.push(one);
    },
    list: () => kept,
    find: (id) => kept.find((one) => one.id === id),
    findAnswer: () => undefined,
  };
  return { store, kept, waiting };
}

const three = [1, 2, 3].map((at) => record(at));
const [first, second, third] = three as [RequestRecord, RequestRecord, RequestRecord];

test("what comes while a group is written is written after it, and nothing is forgotten", async () => {
  const { store, kept, waiting } = slowStore();
  const recorder = batchedRecorder(store, () => undefined);
  recorder.record(first);
  const flushes = [recorder.flush()];
  recorder.record(second);
  flushes.push(recorder.flush());
  expect(waiting.length).toBe(1);
  waiting[0]?.();
  await Bun.sleep(0);
  recorder.record(third);
  for (let round = 0; round < 5; round++) {
    for (const go of waiting) go();
    await Bun.sleep(0);
  }
  await Promise.all(flushes);
  await recorder.flush();
  expect(kept).toEqual(three);
});

test("who watches live sees a request when it can be opened", async () => {
  const { store, kept, waiting } = slowStore();
  const tail = liveTail();
  const seen: [id: string, kept: boolean][] = [];
  tail.subscribe({}, ({ id }) => seen.push([id, kept.some((one) => one.id === id)]));
  const recorder = batchedRecorder(store, () => undefined, tail);
  recorder.record(first);
  const flushed = recorder.flush();
  expect(seen).toEqual([]);
  waiting[0]?.();
  await flushed;
  expect(seen).toEqual([[first.id, true]]);
});
