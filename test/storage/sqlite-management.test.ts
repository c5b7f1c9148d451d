import { sqliteAccountStore } from "../../src/storage/sqlite/account-store.ts";
import { sqliteAuditStore } from "../../src/storage/sqlite/audit-store.ts";
import { openDatabase } from "../../src/storage/sqlite/database.ts";
import { sqliteTokenStore } from "../../src/storage/sqlite/token-store.ts";
import { managementContract } from "./management-contract.ts";

managementContract("SQLite", async () => {
  const db = openDatabase(":memory:");
  return {
    accounts: sqliteAccountStore(db),
    audit: sqliteAuditStore(db),
    tokens: sqliteTokenStore(db),
    async dispose() {
      db.close();
    },
  };
});
