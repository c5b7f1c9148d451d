import { join } from "node:path";
import { sqliteAccountStore } from "../../src/storage/sqlite/account-store.ts";
import { openDatabase } from "../../src/storage/sqlite/database.ts";
import { newFolder } from "../support/folder.ts";
import { type AccountFixture, accountContract } from "./account-contract.ts";

accountContract("SQLite", async (): Promise<AccountFixture> => {
  const folder = newFolder();
  const file = join(folder.path, "quoin.db");
  const db = openDatabase(file);
  return {
    accounts: sqliteAccountStore(db),
    async bytesAtRest() {
      db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      return Buffer.from(await Bun.file(file).bytes());
    },
    async dispose() {
      db.close();
      folder.remove();
    },
  };
});
