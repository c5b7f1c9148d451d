import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { newId } from "../../src/base/id.ts";
import type { RequestRecord } from "../../src/core/request-record.ts";
import { NO_USAGE } from "../../src/core/usage.ts";
import type { HistoryQueries } from "../../src/history/queries.ts";
import type { HistoryStore } from "../../src/history/recorder.ts";
import { matches, type RequestFilter } from "../../src/history/search.ts";
import type { ActiveAccounts, UsageGroup, UsageQuery, UsageSpan } from "../../src/history/usage.ts";
import { recount } from "../history/recount.ts";
import { NOVEMBER, OCTOBER, record } from "./history-contract.ts";

export interface QueriesFixture {
  readonly history: HistoryStore;
  readonly queries: HistoryQueries;
  dispose(): Promise<void>;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ACCOUNTS = [newId(), newId()] as const;
const KEYS = [newId(), newId(), newId()] as const;

/** Around the turn of a month, close together and far apart. */
const times = fc.oneof(
  fc.integer({ min: OCTOBER - 2 * HOUR_MS, max: NOVEMBER + 2 * HOUR_MS }),
  fc.integer({ min: OCTOBER - 5 * DAY_MS, max: NOVEMBER + 5 * DAY_MS }),
  fc.integer({ min: NOVEMBER, max: NOVEMBER + 2_000 }),
);

const records: fc.Arbitrary<RequestRecord> = fc
  .record({
    at: times,
    owner: fc.constantFrom(
      { accountId: ACCOUNTS[0], keyId: KEYS[0] },
      { accountId: ACCOUNTS[0], keyId: "" },
      { accountId: ACCOUNTS[1], keyId: KEYS[1] },
      { accountId: ACCOUNTS[1], keyId: KEYS[2] },
    ),
    userId: fc.constantFrom(undefined, "user"),
    project: fc.constantFrom(undefined, "red", "blue"),
    model: fc.constantFrom("a", "b", "c"),
    protocol: fc.constantFrom("openai-chat" as const, "gemini" as const),
    operation: fc.constantFrom("generate" as const, "count-tokens" as const),
    end: fc.constantFrom(
      { status: 200, outcome: "finished" as const },
      { status: 429, outcome: "failed" as const },
      { status: 502, outcome: "failed" as const },
      { status: 200, outcome: "cut_by_client" as const },
    ),
    client: fc.constantFrom("codex/1", "codex/2", "curl", "unknown"),
    upstream: fc.constantFrom("u", "v"),
    chargeNanos: fc.bigInt({ min: 0n, max: 1n << 54n }),
    costNanos: fc.option(fc.bigInt({ min: 0n, max: 1n << 40n }), { nil: undefined }),
    cacheSavedNanos: fc.option(fc.bigInt({ min: -(1n << 40n), max: 1n << 40n }), { nil: undefined }),
    input: fc.integer({ min: 0, max: 1_000_000 }),
    output: fc.integer({ min: 0, max: 1_000 }),
    firstByteMs: fc.integer({ min: 0, max: 200_000 }),
  })
  .map(({ at, owner, end, upstream, input, output, firstByteMs, ...more }) =>
    record(at, {
      ...more,
      ...owner,
      ...end,
      usage: { ...NO_USAGE, input, output },
      firstByteMs,
      lastByteMs: firstByteMs * 2,
      attempts: [
        { upstream: "w", model: "m", status: 500, outcome: "retryable", startMs: 0, tookMs: 1 },
        { upstream, model: "m", status: 200, outcome: "served", startMs: 1, tookMs: 2 },
      ],
    }),
  );

const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });

const filters: fc.Arbitrary<RequestFilter> = fc.record({
  accountId: maybe(fc.constantFrom(...ACCOUNTS)),
  from: maybe(times),
  to: maybe(times),
  model: maybe(fc.constantFrom("a", "b", "none")),
  keyId: maybe(fc.constantFrom(...KEYS)),
  userId: maybe(fc.constantFrom("user", "nobody")),
  project: maybe(fc.constantFrom("red", "blue")),
  statusClass: maybe(fc.constantFrom(2, 4, 5)),
  outcome: maybe(fc.constantFrom("finished" as const, "failed" as const, "cut_by_client" as const)),
  protocol: maybe(fc.constantFrom("openai-chat" as const, "gemini" as const)),
  client: maybe(fc.constantFrom("codex", "codex/2", "curl")),
  upstream: maybe(fc.constantFrom("u", "v")),
});

const GROUPS: readonly UsageGroup[] = ["account", "model", "key", "user", "project", "client", "upstream"];

const usageQueries: fc.Arbitrary<UsageQuery> = fc.record({
  accountId: maybe(fc.constantFrom(...ACCOUNTS)),
  from: times,
  to: times,
  bucket: fc.constantFrom("hour" as const, "day" as const),
  groupBy: maybe(fc.constantFrom(...GROUPS)),
});

/** A filter on what is likely, so that most searches find something. */
const likely = fc.oneof(
  { weight: 1, arbitrary: filters },
  {
    weight: 2,
    arbitrary: fc
      .tuple(filters, fc.constantFrom(...(["model", "client", "accountId", "statusClass"] as const)))
      .map(([filter, name]) => ({ [name]: filter[name] })),
  },
);

/** Accounts with requests the plain way, by the buckets of each. */
function activeIn(all: readonly RequestRecord[], span: UsageSpan): ActiveAccounts {
  const buckets = recount(all, { ...span, groupBy: "account" });
  const over = Map.groupBy(buckets, ({ at }) => at);
  return {
    total: new Set(buckets.map(({ group }) => group)).size,
    over: [...over].map(([at, { length }]) => ({ at, accounts: length })),
  };
}

/** All pages, one after the other. */
async function searchAll(queries: HistoryQueries, filter: RequestFilter, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 2_000; page++) {
    const found = await queries.searchRequests({ ...filter, limit, cursor });
    expect(found.records.length).toBeLessThanOrEqual(limit);
    ids.push(...found.records.map(({ id }) => id));
    if (found.nextCursor === undefined) return ids;
    cursor = found.nextCursor;
  }
  throw new Error("the pages do not end");
}

/** What must be true of every way to ask a history; `open` gives an empty one. */
export function queriesContract(name: string, open: () => Promise<QueriesFixture>, runs: number): void {
  describe(`questions to the history: ${name}`, () => {
    let fixture: QueriesFixture;
    beforeEach(async () => {
      fixture = await open();
    });
    afterEach(() => fixture.dispose());

    test("searches and sums are those of a look at every record", async () => {
      const all: RequestRecord[] = [];
      const check = async (
        batches: RequestRecord[][],
        asked: [RequestFilter, UsageQuery][],
        limit: number,
      ) => {
        const { history, queries } = fixture;
        for (const batch of batches) {
          // The second time they are there already, and add nothing.
          await history.insert([...batch, ...all.slice(0, 2)]);
          all.push(...batch);
        }
        for (const [filter, usage] of asked) {
          const wanted = all.filter((one) => matches(filter, one)).map(({ id }) => id);
          expect(await searchAll(queries, filter, limit)).toEqual(wanted.sort().reverse());
          expect(await queries.usageOver(usage)).toEqual(recount(all, usage));
          const span = { from: usage.from, to: usage.to, bucket: usage.bucket };
          expect(await queries.activeAccounts(span)).toEqual(activeIn(all, span));
        }
      };
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(records, { minLength: 1, maxLength: 12 }), { maxLength: 3 }),
          fc.array(fc.tuple(likely, usageQueries), { minLength: 1, maxLength: 4 }),
          fc.integer({ min: 2, max: 40 }),
          check,
        ),
        // What one run leaves is there in the next: a failure is not made smaller.
        { numRuns: runs, endOnFailure: true },
      );
    }, 60_000);

    test("knows one request, when keys were last used, and how much there is", async () => {
      const { history, queries } = fixture;
      const [one, two] = [record(OCTOBER, { keyId: KEYS[0] }), record(NOVEMBER + 5, { keyId: KEYS[0] })];
      const three = record(NOVEMBER + 3, { keyId: KEYS[1] });
      expect(await queries.size()).toMatchObject({ rows: 0, oldestAt: undefined });
      await history.insert([two, three]);
      await history.insert([one]);
      expect(await queries.findRequest(three.id)).toEqual(three);
      expect(await queries.findRequest(newId())).toBeUndefined();
      const used = await queries.lastUsed([...KEYS]);
      expect(used.size).toBe(2);
      expect([used.get(KEYS[0]), used.get(KEYS[1])]).toEqual([two.at, three.at]);
      const size = await queries.size();
      expect(size).toMatchObject({ rows: 3, oldestAt: one.at });
      expect(size.bytes).toBeGreaterThan(0);
    });

    test("of many groups those are told that were charged most", async () => {
      const { history, queries } = fixture;
      const charged = [5n, 9n, 9n, 1n].map((chargeNanos, at) =>
        record(NOVEMBER + at, { chargeNanos, accountId: newId(), model: `m${at}` }),
      );
      await history.insert([...charged, record(NOVEMBER + DAY_MS, { ...charged[2], id: newId() })]);
      const month = { from: NOVEMBER, to: NOVEMBER + 30 * DAY_MS, bucket: "day" } as const;
      const told = async (groupBy: UsageGroup, groupsMax: number) =>
        (await queries.usageOver({ ...month, groupBy, groupsMax })).map(({ group }) => group).sort();
      expect(await told("model", 2)).toEqual(["m1", "m2"]);
      expect(await told("model", 9)).toEqual(["m0", "m1", "m2", "m3"]);
      expect(await told("account", 2)).toEqual([1, 2].map((at) => charged[at]?.accountId ?? "").sort());
    });

    test("active accounts are counted, however many there are", async () => {
      const { history, queries } = fixture;
      const owners = Array.from({ length: 130 }, () => newId());
      const made = owners.map((accountId, at) => record(NOVEMBER + (at % 3) * DAY_MS + at, { accountId }));
      const again = owners.slice(0, 40).map((accountId) => record(NOVEMBER + 4 * DAY_MS, { accountId }));
      await history.insert([...made, ...again, record(NOVEMBER, { accountId: owners[0] ?? "" })]);
      const week = { from: NOVEMBER, to: NOVEMBER + 7 * DAY_MS, bucket: "day" } as const;
      const told = (...counts: readonly (readonly [days: number, accounts: number])[]) =>
        counts.map(([days, accounts]) => ({ at: NOVEMBER + days * DAY_MS, accounts }));
      expect(await queries.activeAccounts(week)).toEqual({
        total: 130,
        over: told([0, 44], [1, 43], [2, 43], [4, 40]),
      });
      expect(await queries.activeAccounts({ ...week, from: NOVEMBER + DAY_MS, bucket: "hour" })).toEqual({
        total: 100,
        over: told([1, 43], [2, 43], [4, 40]),
      });
      const later = { from: NOVEMBER + 9 * DAY_MS, to: NOVEMBER + 10 * DAY_MS, bucket: "hour" } as const;
      expect(await queries.activeAccounts(later)).toEqual({ total: 0, over: [] });
    });

    test("an account's rare kind of failure is found among its many others", async () => {
      const { history, queries } = fixture;
      const failed = { accountId: ACCOUNTS[0], outcome: "failed", status: 429 } as const;
      const rare = [30, 1_400].map((at) => record(NOVEMBER + at * 20_000 + 1, { ...failed, status: 502 }));
      await history.insert(
        Array.from({ length: 1_500 }, (_, at) =>
          record(NOVEMBER + at * 20_000, { ...failed, chargeNanos: 0n }),
        ),
      );
      await history.insert([...rare, record(NOVEMBER + 5, { accountId: ACCOUNTS[1], status: 502 })]);
      const ids = rare.map(({ id }) => id).reverse();
      const filter = { accountId: ACCOUNTS[0], statusClass: 5 };
      expect(await searchAll(queries, filter, 10)).toEqual(ids);
      expect(await searchAll(queries, { ...filter, to: NOVEMBER + 1_400 * 20_000 }, 1)).toEqual(ids.slice(1));
    });

    test("what is rare is found without a look at everything", async () => {
      const { history, queries } = fixture;
      const more = { accountId: ACCOUNTS[0], chargeNanos: 1n };
      const many = Array.from({ length: 4_000 }, (_, at) => record(NOVEMBER + at * 10_000, more));
      const rare = [700, 2_900].map((at) => record(NOVEMBER + at * 10_000 + 1, { ...more, model: "rare" }));
      await history.insert(many);
      await history.insert(rare);
      const ids = rare.map(({ id }) => id).reverse();
      expect(await searchAll(queries, { model: "rare" }, 1)).toEqual(ids);
      expect(await searchAll(queries, { model: "rare", accountId: ACCOUNTS[0] }, 10)).toEqual(ids);
      expect(await searchAll(queries, { model: "rare", accountId: ACCOUNTS[1] }, 10)).toEqual([]);
      expect(await searchAll(queries, { outcome: "failed" }, 10)).toEqual([]);
    });

    test("a user, a project and a key are found in whatever accounts they are", async () => {
      const { history, queries } = fixture;
      const owners = Array.from({ length: 12 }, () => newId());
      const made = Array.from({ length: 240 }, (_, at) =>
        record(NOVEMBER + at * 40_000, {
          accountId: owners[at % owners.length] ?? "",
          userId: at % owners.length < 3 ? "few" : "other",
          ...(at % 5 === 0 ? { project: "many" } : {}),
          status: at % 7 === 0 ? 502 : 200,
        }),
      );
      await history.insert(made);
      const idsOf = (wanted: (one: RequestRecord) => boolean) =>
        made
          .filter(wanted)
          .map(({ id }) => id)
          .reverse();
      const few = (one: RequestRecord) => one.userId === "few";
      expect(await searchAll(queries, { userId: "few" }, 7)).toEqual(idsOf(few));
      expect(await searchAll(queries, { userId: "few", statusClass: 5 }, 4)).toEqual(
        idsOf((one) => few(one) && one.status === 502),
      );
      expect(await searchAll(queries, { project: "many" }, 7)).toEqual(
        idsOf(({ project }) => project === "many"),
      );
      const [first] = made;
      expect(await searchAll(queries, { keyId: first?.keyId ?? "" }, 7)).toEqual([first?.id ?? ""]);
      for (const nobody of [{ userId: "x" }, { project: "x" }, { keyId: newId() }])
        expect(await queries.searchRequests({ ...nobody, limit: 5 })).toEqual({
          records: [],
          nextCursor: undefined,
        });
    });
  });
}
