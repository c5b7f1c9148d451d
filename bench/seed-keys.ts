/**
 * Makes keys in bulk on a home whose server does not run: one by one, each durable by itself, a million of them
 * would take an hour. Run as `bun bench/seed-keys.ts COUNT FILE` with the QUOIN_* environment of that home; writes
 * the keys to FILE, one a line, all of one length.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { hintOf, newKey } from "../src/accounts/key-format.ts";
import { hashKey } from "../src/accounts/key-verifier.ts";
import { idBytes, newId } from "../src/base/id.ts";
import { readSettings } from "../src/config/settings.ts";
import { type Home, lockAndOpenHome } from "../src/home.ts";
import { transact } from "../src/storage/sqlite/database.ts";
import { ACCOUNT, KEY_PREFIX, PLAN } from "./gateway.ts";

const BATCH = 5_000;
/** The same row that `AccountStore.addKey` writes; that method makes each one durable, which is what costs the hour. */
const INSERT_KEY =
  "INSERT INTO api_key (hash, key_id, account_id, plan_id, name, hint, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)";

function seedBatch(home: Home, accountId: Uint8Array, count: number): string[] {
  const { db } = home;
  if (!db) throw new Error("The bench makes its keys in SQLite; unset QUOIN_DATABASE_URL.");
  const insert = db.prepare(INSERT_KEY);
  return transact(db, () =>
    Array.from({ length: count }, (_, at) => {
      const key = newKey(KEY_PREFIX);
      insert.run(
        hashKey(home.secret, key),
        idBytes(newId()),
        accountId,
        PLAN,
        `bench ${at}`,
        hintOf(key),
        Date.now(),
      );
      return key;
    }),
  );
}

async function seedKeys(count: number, file: string): Promise<void> {
  const settings = readSettings(process.env);
  const home = await lockAndOpenHome(settings, (cause) => {
    throw cause;
  });
  if (home === undefined)
    throw new Error(`Another process holds ${settings.home}; stop it before seeding keys.`);
  const descriptor = openSync(file, "w");
  const { accountId } = await home.accounts.ensureAccount(ACCOUNT, Date.now());
  for (let made = 0; made < count; made += BATCH) {
    const keys = seedBatch(home, idBytes(accountId), Math.min(BATCH, count - made));
    writeSync(descriptor, `${keys.join("\n")}\n`);
  }
  closeSync(descriptor);
  await home.close();
}

if (import.meta.main) {
  const [count, file] = process.argv.slice(2);
  await seedKeys(Number(count), file ?? "");
}
