import { describe } from "bun:test";
import { postgresAccountStore } from "../../src/storage/postgres/account-store.ts";
import { postgresAuditStore } from "../../src/storage/postgres/audit-store.ts";
import { postgresTokenStore } from "../../src/storage/postgres/token-store.ts";
import { hasPostgres, newDatabase } from "../support/postgres.ts";
import { managementContract } from "./management-contract.ts";

describe.if(hasPostgres("the management API on PostgreSQL"))("on a real server", () => {
  managementContract("PostgreSQL", async () => {
    const { sql, close } = await newDatabase();
    return {
      accounts: postgresAccountStore(sql),
      audit: postgresAuditStore(sql),
      tokens: postgresTokenStore(sql),
      dispose: close,
    };
  });
});
