import { describe, expect, test } from "bun:test";
import { postgresHistoryQueries, postgresHistoryUpkeep } from "../../src/storage/postgres/history-queries.ts";
import { postgresHistoryStore } from "../../src/storage/postgres/history-store.ts";
import { ensurePartitions } from "../../src/storage/postgres/partitions.ts";
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
