import { join } from "node:path";
import { peopleStore } from "../../src/storage/people/people-store.ts";
import { openDatabase } from "../../src/storage/sqlite/database.ts";
import { sqliteRunner } from "../../src/storage/sqlite/people-runner.ts";
import { sqliteWalletStore } from "../../src/storage/sqlite/wallet-store.ts";
import { newFolder } from "../support/folder.ts";
import { peopleContract } from "./people-contract.ts";
import { NOW, type PeopleFixture } from "./people-fixture.ts";

peopleContract("SQLite", async (): Promise<PeopleFixture> => {
  const folder = newFolder();
  const file = join(folder.path, "quoin.db");
  const db = openDatabase(file);
  const wallets = sqliteWalletStore(db, () => {});
  return {
    people: peopleStore(sqliteRunner(db)),
    balance: async (walletId) => await wallets.balance(walletId, NOW),
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
