import { expect, test } from "bun:test";
import { type Attempt, NOT_ASKED, type RequestRecord } from "../../src/core/request-record.ts";
import { liveTail } from "../../src/history/live-tail.ts";
import { recentCalls } from "../../src/history/recent-calls.ts";
import type { CallBoard } from "../../src/history/shared-calls.ts";
import { record } from "../storage/history-contract.ts";

const BEGAN = Date.UTC(2026, 10, 1, 12);
const MINUTE_MS = 60_000;

const SERVED: Attempt = { upstream: "u", model: "m", status: 200, outcome: "served", startMs: 0, tookMs: 0 };
const FAILED: Attempt = { ...SERVED, status: 500, outcome: "retryable", reason: "status 500" };

const tried = (at: number, ...attempts: Attempt[]) => record(at, { attempts });

/** Calls over a history that has some records from before, and a board that other nodes have too. */
function callsOver(stored: readonly RequestRecord[] = [], board?: CallBoard) {
  const clock = { at: BEGAN, now: () => clock.at };
  const tail = liveTail();
  const logged: string[] = [];
  let asked = 0;
  let away = false;
  const calls = recentCalls({
    clock,
    tail,
    queries: {
      async searchRequests({ from = 0, to = 0 }) {
        asked++;
        if (away) throw new Error("away");
        const records = stored.filter(({ at }) => at >= from && at < to).sort((a, b) => b.at - a.at);
        return { records, nextCursor: undefined };
      },
    },
    log: (_level, message) => void logged.push(message),
    board,
  });
  return {
    ...{ calls, clock, logged, tell: tail.tell },
    asked: () => asked,
    setAway: (is: boolean) => {
      away = is;
    },
  };
}

test("calls are counted by upstream and model, with the last that failed", () => {
  const { calls, clock, tell } = callsOver();
  tell(tried(BEGAN, FAILED, { ...SERVED, upstream: "v" }));
  tell(tried(BEGAN + 1, { ...FAILED, status: 0, reason: "timeout" }, { ...SERVED, upstream: "v" }));
  tell(tried(BEGAN + 2, { ...SERVED, model: "n" }));
  clock.at = BEGAN + 10;
  const lastFailure = { at: BEGAN + 1, status: 0, reason: "timeout" };
  expect(calls.of("u", "m")).toEqual({ calls: 2, failed: 2, lastFailure, servedSince: 0 });
  expect(calls.of("u", "n")).toMatchObject({ calls: 1, failed: 0, lastFailure: undefined });
  expect(calls.of("u")).toEqual({ calls: 3, failed: 2, lastFailure, servedSince: 0 });
  expect(calls.of("v")).toMatchObject({ calls: 2, failed: 0 });
  expect([calls.of("w"), calls.of("u", "o")]).toMatchObject([{ calls: 0 }, { calls: 0 }]);
});

test("what is not the upstream's fault is not counted against it", () => {
  const { calls, tell } = callsOver();
  tell(tried(BEGAN, { ...FAILED, status: 0, reason: NOT_ASKED }));
  tell(tried(BEGAN, { ...FAILED, status: 0, reason: "AbortError" }));
  expect(calls.of("u").calls).toBe(0);
  tell(tried(BEGAN, { ...SERVED, status: 400 }, { ...SERVED, status: 422, outcome: "final", reason: "no" }));
  expect(calls.of("u")).toMatchObject({ calls: 2, failed: 0 });
  tell(tried(BEGAN, { ...SERVED, status: 404 }));
  tell(record(BEGAN, { attempts: [SERVED], outcome: "cut_by_upstream" }));
  expect(calls.of("u")).toMatchObject({ failed: 2, lastFailure: { reason: "broke off while answering" } });
});

test("only the last hour counts, and what was served since the last failure is known", () => {
  const { calls, clock, tell } = callsOver();
  tell(tried(BEGAN, FAILED));
  for (let minute = 1; minute <= 70; minute++) {
    clock.at = BEGAN + minute * MINUTE_MS;
    tell(tried(clock.at, SERVED));
    if (minute === 20) expect(calls.of("u")).toMatchObject({ calls: 21, failed: 1, servedSince: 20 });
  }
  expect(calls.of("u")).toMatchObject({ calls: 60, failed: 0, lastFailure: undefined });
  // A record that comes an hour late finds its minute taken.
  tell(tried(BEGAN + 5 * MINUTE_MS, FAILED));
  expect(calls.of("u")).toMatchObject({ calls: 60, failed: 0 });
});

test("the hour before a start is read once, as soon as the history can be", async () => {
  const [old, fails, serves] = [61, 20, 10].map((minutes, at) =>
    tried(BEGAN - minutes * MINUTE_MS, at === 2 ? SERVED : FAILED),
  );
  const stored = [old, fails, serves].flatMap((one) => one ?? []);
  const { calls, logged, asked, setAway } = callsOver(stored);
  setAway(true);
  await calls.ready();
  expect([calls.of("u").calls, logged.length]).toEqual([0, 1]);
  setAway(false);
  await Promise.all([calls.ready(), calls.ready()]);
  await calls.ready();
  expect(asked()).toBe(2);
  expect(calls.of("u")).toMatchObject({ calls: 2, failed: 1, servedSince: 1 });
});

test("nothing is read where this process has run for an hour", async () => {
  const { calls, clock, asked } = callsOver([tried(BEGAN - 1, SERVED)]);
  clock.at = BEGAN + 60 * MINUTE_MS;
  await calls.ready();
  expect(asked()).toBe(0);
});

/** What nodes leave for each other, in memory. */
function newBoard() {
  const left = new Map<string, { readonly at: number; readonly counts: string }>();
  const state = { away: false, asked: 0 };
  const board: CallBoard = {
    leave(nodeId, at, counts) {
      if (state.away) throw new Error("away");
      left.set(nodeId, { at, counts });
    },
    ofOthers(nodeId, since) {
      state.asked++;
      if (state.away) throw new Error("away");
      const others = [...left].filter(([id, { at }]) => id !== nodeId && at >= since);
      return others.map(([, { counts }]) => counts);
    },
  };
  return { board, state };
}

test("nodes on one database count what all of them saw, and look again after some seconds", async () => {
  const { board, state } = newBoard();
  const [one, other] = [callsOver([], board), callsOver([], board)];
  one.tell(tried(BEGAN, FAILED));
  other.tell(tried(BEGAN + 1, SERVED, { ...SERVED, upstream: "v" }));
  await other.calls.ready();
  expect(other.calls.of("u")).toMatchObject({ calls: 1, failed: 0 });
  await one.calls.stop();
  await other.calls.ready();
  expect([other.calls.of("u").calls, state.asked]).toEqual([1, 1]);
  other.clock.at += 3_000;
  await other.calls.ready();
  const lastFailure = { at: BEGAN, status: 500, reason: "status 500" };
  expect(other.calls.of("u", "m")).toEqual({ calls: 2, failed: 1, lastFailure, servedSince: 0 });
  expect(other.calls.of("v")).toMatchObject({ calls: 1, failed: 0 });
  other.clock.at += 60 * MINUTE_MS;
  expect(other.calls.of("u")).toMatchObject({ calls: 0, lastFailure: undefined });
  await other.calls.stop();
});

test("a board that cannot be reached is said, and leaves a node its own counts", async () => {
  const { board, state } = newBoard();
  state.away = true;
  const { calls, tell, logged } = callsOver([], board);
  tell(tried(BEGAN, FAILED));
  await calls.ready();
  await calls.stop();
  expect(calls.of("u")).toMatchObject({ calls: 1, failed: 1 });
  expect(logged).toHaveLength(2);
});
