import { describe, expect, test } from "bun:test";
import type { SQL } from "bun";
import { backgroundSteps } from "../../src/base/background-steps.ts";
import { newId } from "../../src/base/id.ts";
import type { RequestRecord } from "../../src/core/request-record.ts";
import { postgresHistoryQueries, postgresHistoryUpkeep } from "../../src/storage/postgres/history-queries.ts";
import { postgresHistorySteps, postgresStepStates } from "../../src/storage/postgres/history-steps.ts";
import { postgresHistoryStore } from "../../src/storage/postgres/history-store.ts";
import { migrate } from "../../src/storage/postgres/migrate.ts";
import { ensurePartitions } from "../../src/storage/postgres/partitions.ts";
import { encodeRecord } from "../../src/storage/record-text.ts";
import { recount } from "../history/recount.ts";
import { hasPostgres, newDatabase } from "../support/postgres.ts";
import { NOVEMBER, OCTOBER, record } from "./history-contract.ts";
import { queriesContract } from "./queries-contract.ts";

describe.if(hasPostgres("questions to the history on PostgreSQL"))("on a real server", () => {
  queriesContract(
    "PostgreSQL",
    async () => {
      const { sql, close } = await newDatabase();
      await ensurePartitions(sql, OCTOBER);
      return { history: postgresHistoryStore(sql), queries: postgresHistoryQueries(sql), dispose: close };
    },
    25,
  );

  test("accounts are counted from before each had a row of its own", async () => {
    const { sql, close } = await newDatabase();
    await ensurePartitions(sql, OCTOBER);
    const [history, queries] = [postgresHistoryStore(sql), postgresHistoryQueries(sql)];
    await history.insert([record(NOVEMBER), record(NOVEMBER + 1, { accountId: newId() })]);
    await queries.size();
    await sql.unsafe("DELETE FROM usage_sum WHERE account_id = '#'");
    await history.insert([record(NOVEMBER + 2)]);
    for (const bucket of ["day", "hour"] as const)
      expect(await queries.activeAccounts({ from: NOVEMBER, to: NOVEMBER + 1, bucket })).toEqual({
        total: 2,
        over: [{ at: NOVEMBER, accounts: 2 }],
      });
    await close();
  });

  test("a month that is dropped leaves its sums", async () => {
    const { sql, close } = await newDatabase();
    await ensurePartitions(sql, OCTOBER);
    const [history, queries, upkeep] = [
      postgresHistoryStore(sql),
      postgresHistoryQueries(sql),
      postgresHistoryUpkeep(sql),
    ];
    await history.insert([record(OCTOBER - 90 * 86_400_000), record(OCTOBER), record(NOVEMBER)]);
    const usage = () => queries.usageOver({ from: 0, to: NOVEMBER + 1, bucket: "day" });
    const before = await usage();
    expect(before.map(({ requests }) => requests)).toEqual([1, 1, 1]);
    expect(await upkeep.drop(NOVEMBER - 1)).toEqual([]);
    expect(await queries.size()).toMatchObject({ rows: 2, oldestAt: OCTOBER });
    expect(await upkeep.drop(NOVEMBER)).toEqual(["request_2026_10"]);
    expect(await usage()).toEqual(before);
    expect(await queries.size()).toMatchObject({ rows: 1, oldestAt: NOVEMBER });
    await close();
  });

  test("nodes that merge at once count everything once", async () => {
    const { sql, close } = await newDatabase();
    const [history, queries, upkeep] = [
      postgresHistoryStore(sql),
      postgresHistoryQueries(sql),
      postgresHistoryUpkeep(sql),
    ];
    const batch = (at: number) => Array.from({ length: 20 }, (_, n) => record(NOVEMBER + at * 100 + n));
    await Promise.all(
      Array.from({ length: 12 }, async (_, at) => {
        await history.insert(batch(at));
        await upkeep.merge();
      }),
    );
    const [bucket] = await queries.usageOver({ from: NOVEMBER, to: NOVEMBER + 1, bucket: "hour" });
    expect(bucket?.requests).toBe(240);
    await close();
  });
});

/** A table as it was before there were facets, with these records. */
async function makeOld(sql: SQL, records: readonly RequestRecord[]): Promise<void> {
  await sql
    .unsafe(
      `DROP INDEX request_search; CREATE INDEX request_account ON request (account_id, request_id);
       CREATE INDEX request_search ON ONLY request (account_id, request_id) INCLUDE (what, who)`,
    )
    .simple();
  const rows = records.map((one) => ({
    request_id: one.id,
    account_id: one.accountId,
    outcome: one.outcome,
    operation: one.operation,
    charged: "5",
    record: encodeRecord(one),
  }));
  await sql.unsafe(
    `INSERT INTO request SELECT e.* FROM jsonb_to_recordset($1::text::jsonb) AS e(request_id uuid, account_id uuid,
       answer_id text, outcome text, operation text, charged bigint, record text)`,
    [JSON.stringify(rows)],
  );
}

describe.if(hasPostgres("changes of data on PostgreSQL"))("a history of before there were facets", () => {
  test("is brought up to date by two nodes at once, every request once, one of them cut off", async () => {
    const { sql, close } = await newDatabase();
    await ensurePartitions(sql, OCTOBER);
    const keyId = newId();
    const records = Array.from({ length: 3_000 }, (_, at) =>
      record(OCTOBER - 86_400_000 + at * 60_000, { keyId, chargeNanos: 5n }),
    );
    await makeOld(sql, records);
    const [one, other] = [1, 2].map(() =>
      backgroundSteps(postgresHistorySteps(sql), postgresStepStates(sql)),
    );
    if (!one || !other) throw new Error("there are two nodes");
    await one.work(0);
    const [cut] = postgresHistorySteps(sql);
    const undone = sql.begin(async (transaction) => {
      await transaction.unsafe("UPDATE request SET what = 0");
      throw new Error("killed");
    });
    expect(undone).rejects.toThrow("killed");
    await undone.catch(() => undefined);
    await cut?.run("");
    for (let turns = 0; turns < 200; turns++) {
      const reports = await Promise.all([one.work(20), other.work(20)]);
      if (reports.flat().every(({ done }) => done)) break;
    }
    expect((await other.report()).map(({ done }) => done)).toEqual([true, true, true, true]);
    const asked = { from: 0, to: NOVEMBER + 40 * 86_400_000, bucket: "hour", groupBy: "key" } as const;
    expect(await postgresHistoryQueries(sql).usageOver(asked)).toEqual(recount(records, asked));
    const indexes: { name: string; valid: boolean }[] = await sql.unsafe(
      "SELECT indexrelid::regclass::text AS name, indisvalid AS valid FROM pg_index WHERE indrelid = 'request'::regclass ORDER BY 1",
    );
    expect(indexes).toEqual(
      ["request_answer", "request_pkey", "request_search"].map((name) => ({ name, valid: true })),
    );
    await close();
  });

  test("users of before it was kept who has which are found when that is made up for", async () => {
    const { sql, close } = await newDatabase();
    await ensurePartitions(sql, OCTOBER);
    const old = record(OCTOBER, { userId: "old" });
    await postgresHistoryStore(sql).insert([old]);
    const queries = postgresHistoryQueries(sql);
    await queries.size();
    await sql.unsafe("DELETE FROM name_use");
    const steps = backgroundSteps(postgresHistorySteps(sql), postgresStepStates(sql));
    expect((await steps.work(5_000)).every(({ done }) => done)).toBe(true);
    expect((await queries.searchRequests({ userId: "old", limit: 2 })).records).toEqual([old]);
    await close();
  });

  test("a program that is older than the tables says so in one sentence", async () => {
    const { sql, close } = await newDatabase();
    await sql.unsafe("UPDATE quoin_schema SET version = 999");
    expect(migrate(sql)).rejects.toThrow("was written by a newer Quoin (schema 999");
    await migrate(sql).catch(() => undefined);
    await close();
  });
});
