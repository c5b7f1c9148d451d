import { join } from "node:path";
import { openDatabase } from "../../src/storage/sqlite/database.ts";
import { sqliteRunner } from "../../src/storage/sqlite/people-runner.ts";
import { newFolder } from "../support/folder.ts";
import { rootKeyContract } from "./root-key-contract.ts";

rootKeyContract("SQLite", async () => {
  const folder = newFolder();
  const db = openDatabase(join(folder.path, "quoin.db"));
  return {
    runner: sqliteRunner(db),
    dispose() {
      db.close();
      folder.remove();
    },
  };
});
