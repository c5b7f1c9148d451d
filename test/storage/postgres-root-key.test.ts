import { describe } from "bun:test";
import { postgresRunner } from "../../src/storage/postgres/people-runner.ts";
import { hasPostgres, newDatabase } from "../support/postgres.ts";
import { rootKeyContract } from "./root-key-contract.ts";

describe.if(hasPostgres("the root key on PostgreSQL"))("on a real server", () => {
  rootKeyContract("PostgreSQL", async () => {
    const { sql, close } = await newDatabase();
    return { runner: postgresRunner(sql), dispose: close };
  });
});
