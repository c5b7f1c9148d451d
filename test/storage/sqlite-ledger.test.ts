import type { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { copyFileSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LedgerStore, SettleResult } from "../../src/billing/store.ts";
import { NO_USAGE } from "../../src/core/usage.ts";
import { openDatabase } from "../../src/storage/sqlite/database.ts";
import { openSqliteLedger, type SqliteLedgerStore } from "../../src/storage/sqlite/ledger-store.ts";
import { proveLedger } from "../../src/storage/sqlite/prove.ts";
import { seeded } from "../simulation/random.ts";
import { sqliteStorage } from "../simulation/sqlite-server.ts";
import { BEGAN_AT } from "../simulation/store-server.ts";
import { type LedgerFixture, ledgerContract } from "./ledger-contract.ts";

ledgerContract("SQLite", async (): Promise<LedgerFixture> => {
  const time = { ms: 0 };
  const storage = sqliteStorage({
    clock: { now: () => BEGAN_AT + time.ms, monotonic: () => time.ms },
    random: seeded(1),
    transparent: true,
    onFatal: () => undefined,
  });
  const server = storage.open();
  return {
    server,
    async setTime(ms) {
      time.ms = ms;
    },
    crash() {
      server.answered();
      return Promise.resolve(storage.open());
    },
    another: () => storage.another(0),
    dispose: storage.dispose,
    remote: false,
  };
});

test("charges over many journal files survive a crash, and old files go", async () => {
  const clock = { now: () => BEGAN_AT, monotonic: () => 0 };
  const kindly = { ...seeded(1), chance: () => false };
  const storage = sqliteStorage({ clock, random: kindly, transparent: true, onFatal: () => undefined });
  let server = storage.open();
  const walletId = "a0000000000000000000000000000001";
  await server.addWallet(walletId);
  await server.grant({ walletId, nanos: 1_000_000n, grantKey: "g", expiresAtMs: null, spendRank: 0 });
  const epoch = await server.store.register();
  const { grants } = await server.store.lease({
    walletId,
    epoch,
    turn: 1,
    needNanos: 1n,
    wantNanos: 1_000_000n,
  });
  const [{ lotId } = { lotId: "" }] = grants;
  const usage = { ...NO_USAGE, input: 123_456, cacheRead: 234_567, output: 34_567, reasoning: 4_567 };
  const base = { leg: 0, state: "posted" as const, walletId, epoch, lotId, priceVersion: 1, usage, at: 0 };
  const [batches, size] = [120, 500];
  for (let batch = 0; batch < batches; batch++) {
    const entries = Array.from({ length: size }, (_, index) => {
      const requestId = (batch * size + index).toString(16).padStart(32, "0");
      return { rows: [{ ...base, requestId, amountNanos: 1n, pricedNanos: 1n }], repeated: false };
    });
    await server.store.settle(entries);
  }
  server.answered();
  expect(storage.journalFiles()).toBeLessThanOrEqual(4);
  server = storage.open();
  expect(await server.store.register()).toBe(epoch + 1);
  const { charges, leases, lots } = await server.dump();
  expect(charges).toHaveLength(batches * size);
  expect(leases[0]?.spent).toBe(BigInt(batches * size));
  expect(lots[0]?.taken).toBe(BigInt(batches * size));
  await storage.dispose();
});

describe("processes of one machine", () => {
  const walletId = "a0000000000000000000000000000001";
  const settled = (epoch: number, lotId: string, number: number, nanos: bigint) => {
    const requestId = number.toString(16).padStart(32, "0");
    const money = { lotId, amountNanos: nanos, pricedNanos: nanos, priceVersion: 1, usage: NO_USAGE };
    return {
      rows: [{ requestId, leg: 0, state: "posted" as const, walletId, epoch, at: 0, ...money }],
      repeated: false,
    };
  };

  async function machine(): Promise<{
    folder: string;
    db: Database;
    ledger: SqliteLedgerStore;
    lotId: string;
  }> {
    const folder = mkdtempSync(join(tmpdir(), "quoin-nodes-"));
    const db = openDatabase(join(folder, "quoin.db"));
    const ledger = openAt(folder, db);
    db.exec(`INSERT INTO account (account_id, name, created_at) VALUES (x'aa', 'a', 0);
      INSERT INTO wallet (wallet_id, account_id, currency) VALUES (x'${walletId}', x'aa', 'USD');
      INSERT INTO lot (lot_id, wallet_id, source, granted, spend_rank, grant_key)
      VALUES (x'b0000000000000000000000000000001', x'${walletId}', 'top-up', 100, 10, 'g');
      INSERT INTO transfer (transfer_id, key, kind, debit, credit, amount, at)
      VALUES (x'01', 'g', 'grant', x'00', x'b0000000000000000000000000000001', 100, 0);`);
    return { folder, db, ledger, lotId: "b0000000000000000000000000000001" };
  }

  function openAt(folder: string, db: Database): SqliteLedgerStore {
    const clock = { now: () => BEGAN_AT, monotonic: () => 0 };
    const onFatal = (cause: unknown) => expect(cause).toBeUndefined();
    return openSqliteLedger({ db, home: folder, clock, onFatal });
  }

  const lease = (ledger: LedgerStore, epoch: number, nanos: bigint) =>
    ledger.lease({ walletId, epoch, turn: 1, needNanos: nanos, wantNanos: nanos });

  test("of one that ends, what is on its way to the journal stands, the rest is free at once", async () => {
    const { folder, db, ledger, lotId } = await machine();
    const [one, two] = [ledger.node(2), ledger.node(3)];
    const [first, second] = [await one.register(), await two.register()];
    await lease(one, first, 60n);
    await lease(two, second, 40n);
    const onItsWay = Promise.all([
      one.settle([settled(first, lotId, 1, 5n)]),
      two.settle([settled(second, lotId, 2, 7n)]),
      one.settle([settled(first, lotId, 3, 6n)]),
    ]);
    await one.retire();
    const applied: readonly SettleResult[] = [{ kind: "applied" }];
    expect(await onItsWay).toEqual([applied, applied, applied]);
    expect(await one.settle([settled(first, lotId, 4, 1n)])).toEqual([{ kind: "fenced" }]);
    expect(await lease(two, second, 49n)).toMatchObject({ grants: [{ nanos: 49n }], freeNanos: 49n });
    // Those that wait for one write share the next.
    expect(ledger.syncs()).toBe(2);
    await ledger.close();
    expect(await proveLedger(folder, async () => undefined)).toMatchObject({ ok: true, charges: 3 });
    db.close();
    rmSync(folder, { recursive: true });
  });

  test("charges of two come back from the journal, though a power cut took the step between their leases", async () => {
    const { folder, db, ledger, lotId } = await machine();
    const one = ledger.node(2);
    const first = await one.register();
    const second = await ledger.node(3).register();
    await lease(one, first, 100n);
    const cut = mkdtempSync(join(tmpdir(), "quoin-nodes-"));
    for (const name of ["quoin.db", "quoin.db-wal"]) copyFileSync(join(folder, name), join(cut, name));
    await one.giveBack([{ walletId, epoch: first, turn: 2, grants: [{ lotId, nanos: 50n }] }]);
    await lease(ledger, second, 50n);
    await one.settle([settled(first, lotId, 1, 30n)]);
    await ledger.node(3).settle([settled(second, lotId, 2, 40n)]);
    cpSync(join(folder, "journal"), join(cut, "journal"), { recursive: true });
    const again = openDatabase(join(cut, "quoin.db"));
    await openAt(cut, again).close();
    const taken = again.query<{ taken: bigint }, []>("SELECT taken FROM lot").get()?.taken;
    expect(taken).toBe(70n);
    expect(await proveLedger(cut, async () => undefined)).toMatchObject({ ok: true, charges: 2 });
    await ledger.close();
    for (const database of [db, again]) database.close();
    for (const path of [folder, cut]) rmSync(path, { recursive: true });
  });
});
