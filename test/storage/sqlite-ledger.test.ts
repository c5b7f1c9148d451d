import { expect, test } from "bun:test";
import { NO_USAGE } from "../../src/core/usage.ts";
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
