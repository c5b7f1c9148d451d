import { managementStores } from "../../src/storage/management/stores.ts";
import { sqliteAccountStore } from "../../src/storage/sqlite/account-store.ts";
import { openDatabase } from "../../src/storage/sqlite/database.ts";
import { sqliteRunner } from "../../src/storage/sqlite/people-runner.ts";
import { sqliteWalletStore } from "../../src/storage/sqlite/wallet-store.ts";
import { managementContract } from "./management-contract.ts";

managementContract("SQLite", async () => {
  const db = openDatabase(":memory:");
  return {
    accounts: sqliteAccountStore(db),
    wallets: sqliteWalletStore(db, () => {}),
    ...managementStores(sqliteRunner(db)),
    async dispose() {
      db.close();
    },
  };
});
