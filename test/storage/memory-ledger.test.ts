import { describe, expect, test } from "bun:test";
import { NO_USAGE } from "../../src/core/usage.ts";
import { openMemoryLedger } from "../../src/storage/memory/ledger-store.ts";
import { BEGAN_AT, memoryNodes } from "../simulation/store-server.ts";
import { type LedgerFixture, ledgerContract } from "./ledger-contract.ts";

const TTL_MS = 15_000;

ledgerContract("memory", async (): Promise<LedgerFixture> => {
  const time = { ms: 0 };
  const open = memoryNodes({ now: () => BEGAN_AT + time.ms, monotonic: () => time.ms }, TTL_MS);
  return {
    server: open(),
    async setTime(ms) {
      time.ms = ms;
    },
    async crash() {
      time.ms += 2 * TTL_MS;
      const next = open();
      await next.store.renew(await next.store.register());
      return next;
    },
    another: open,
    ttlMs: TTL_MS,
    dispose: () => Promise.resolve(),
    remote: true,
  };
});

describe("the memory store", () => {
  function withLease() {
    const time = { now: 1_000 };
    const store = openMemoryLedger({ now: () => time.now, monotonic: () => time.now });
    store.addWallet("w");
    store.grant({
      walletId: "w",
      source: "monthly",
      nanos: 100n,
      expiresAt: 2_000,
      spendRank: 0,
      grantKey: "g",
    });
    const [lotId = ""] = store.tables.lots.rows.keys();
    return { store, time, lotId };
  }

  test("refuses a charge above its lease, and the whole batch with it", async () => {
    const { store, lotId } = withLease();
    const epoch = await store.register();
    await store.lease({ walletId: "w", epoch: epoch, turn: 1, needNanos: 10n, wantNanos: 10n });
    const row = {
      leg: 0,
      state: "posted" as const,
      walletId: "w",
      epoch,
      lotId,
      priceVersion: 1,
      usage: NO_USAGE,
      at: 0,
    };
    const entries = [6n, 5n].map((nanos, index) => ({
      rows: [{ ...row, requestId: `r${index}`, amountNanos: nanos, pricedNanos: nanos }],
      repeated: false,
    }));
    await expect(store.settle(entries)).rejects.toThrow("spent + returned <= granted");
    expect(store.tables.charges.rows.size).toBe(0);
    expect(store.tables.leases.get(`${lotId}:${epoch}`)?.spentNanos).toBe(0n);
  });

  test("returns nothing when one of the returns is more than is leased", async () => {
    const { store, lotId } = withLease();
    const epoch = await store.register();
    await store.lease({ walletId: "w", epoch: epoch, turn: 1, needNanos: 30n, wantNanos: 30n });
    const tooMuch = [20n, 11n].map((nanos) => ({ lotId, nanos }));
    await expect(store.giveBack([{ walletId: "w", epoch, turn: 2, grants: tooMuch }])).rejects.toThrow(
      "spent + returned <= granted",
    );
    expect(store.tables.lots.get(lotId)?.takenNanos).toBe(30n);
  });

  test("moves what is free in expired lots to the operator, and later what comes back", async () => {
    const { store, time, lotId } = withLease();
    const epoch = await store.register();
    await store.lease({ walletId: "w", epoch: epoch, turn: 1, needNanos: 30n, wantNanos: 30n });
    expect(store.expire()).toBe(0n);
    time.now = 2_000;
    expect(store.expire()).toBe(70n);
    expect(store.balanceNanos("w")).toBe(0n);
    await store.giveBack([{ walletId: "w", epoch: epoch, turn: 2, grants: [{ lotId, nanos: 10n }] }]);
    expect([store.expire(), store.expire()]).toEqual([10n, 0n]);
    expect(store.tables.lots.get(lotId)?.takenNanos).toBe(100n);
  });

  test("its balance is what is free and what is leased and unspent", async () => {
    const { store } = withLease();
    const epoch = await store.register();
    await store.lease({ walletId: "w", epoch: epoch, turn: 1, needNanos: 30n, wantNanos: 30n });
    expect(store.balanceNanos("w")).toBe(100n);
  });
});
