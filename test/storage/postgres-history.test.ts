import { describe } from "bun:test";
import { postgresHistoryStore } from "../../src/storage/postgres/history-store.ts";
import { hasPostgres, newDatabase } from "../support/postgres.ts";
import { historyContract } from "./history-contract.ts";

describe.if(hasPostgres("the history on PostgreSQL"))("on a real server", () => {
  historyContract("PostgreSQL", async () => {
    const { sql, close } = await newDatabase();
    return { history: postgresHistoryStore(sql), dispose: close };
  });
});
