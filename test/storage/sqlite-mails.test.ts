import { join } from "node:path";
import { mailStore } from "../../src/storage/mail-store.ts";
import { openDatabase } from "../../src/storage/sqlite/database.ts";
import { sqliteRunner } from "../../src/storage/sqlite/people-runner.ts";
import { newFolder } from "../support/folder.ts";
import { mailContract } from "./mail-contract.ts";

mailContract("SQLite", async () => {
  const folder = newFolder();
  const file = join(folder.path, "quoin.db");
  const db = openDatabase(file);
  return {
    store: mailStore(sqliteRunner(db)),
    async bytesAtRest() {
      db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      return Buffer.from(await Bun.file(file).bytes());
    },
    dispose() {
      db.close();
      folder.remove();
    },
  };
});
