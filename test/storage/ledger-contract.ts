import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { ChargeEntry, ChargeRow, LedgerStore } from "../../src/billing/store.ts";
import { NO_USAGE } from "../../src/core/usage.ts";
import type { Dump, LeaseSeen, LotSeen } from "../simulation/auditor/seen.ts";
import type { LotAsked, StoreServer } from "../simulation/store-server.ts";

/** A ledger store under test, with the operator's side and the tables. */
export interface LedgerFixture {
  readonly server: StoreServer;
  /** Milliseconds since the fixture's beginning, by the store's clock. */
  setTime(ms: number): void;
  /** The process dies without a word; answers the store as the next process finds it. */
  crash(): Promise<StoreServer>;
  dispose(): Promise<void>;
  /** Calls reach the store over a network: a first write may come after its own repetition. */
  readonly remote: boolean;
}

const WALLET = "a0000000000000000000000000000001";
const OTHER = "a0000000000000000000000000000002";
const ALL = 1n << 62n;

function requestId(number: number): string {
  return `c${number.toString(16).padStart(31, "0")}`;
}

interface LegAsked {
  readonly lotId: string | null;
  readonly nanos: bigint;
}

function rowsOf(number: number, epoch: number, legs: readonly LegAsked[]): ChargeRow[] {
  return legs.map(({ lotId, nanos }, leg) => ({
    requestId: requestId(number),
    leg,
    state: "posted",
    walletId: WALLET,
    epoch,
    lotId,
    amountNanos: nanos,
    pricedNanos: nanos,
    priceVersion: 3,
    usage: leg === 0 ? { ...NO_USAGE, input: 12, output: 7 } : NO_USAGE,
    at: 1_700_000_000_000,
  }));
}

function charge(number: number, epoch: number, lotId: string | null, nanos: bigint): ChargeEntry {
  return { rows: rowsOf(number, epoch, [{ lotId, nanos }]), repeated: false };
}

function tombstone(number: number, epoch: number): ChargeEntry {
  const [row] = rowsOf(number, epoch, [{ lotId: null, nanos: 0n }]);
  return { rows: row ? [{ ...row, state: "void", usage: NO_USAGE }] : [], repeated: true };
}

function again(entry: ChargeEntry): ChargeEntry {
  return { ...entry, repeated: true };
}

/** The message of a rejection; undefined when there was none. */
async function rejection(work: Promise<unknown>): Promise<string | undefined> {
  return await work.then(
    () => undefined,
    (cause: unknown) => String(cause),
  );
}

let grants = 0;

function money(nanos: bigint, lot: Partial<LotAsked> = {}): LotAsked {
  grants++;
  return {
    walletId: WALLET,
    nanos,
    grantKey: `grant:${grants}`,
    expiresAtMs: null,
    spendRank: 10,
    ...lot,
  };
}

/** What every store of the ledger must do; `open` gives an empty one with two wallets. */
export function ledgerContract(name: string, open: () => LedgerFixture): void {
  describe(`ledger store: ${name}`, () => {
    let fixture: LedgerFixture;
    let server: StoreServer;
    let store: LedgerStore;
    let epoch: number;

    beforeEach(async () => {
      fixture = open();
      server = fixture.server;
      store = server.store;
      server.addWallet(WALLET);
      server.addWallet(OTHER);
      epoch = await store.register();
    });
    afterEach(() => fixture.dispose());

    function lotOf(dump: Dump, grantKey: string): LotSeen {
      const lot = dump.lots.find((row) => row.grantKey === grantKey);
      if (!lot) throw new Error(`no lot of ${grantKey}`);
      return lot;
    }

    function grant(nanos: bigint, lot: Partial<LotAsked> = {}): string {
      const asked = money(nanos, lot);
      server.grant(asked);
      return lotOf(server.dump(), asked.grantKey).lotId;
    }

    function takenOf(lotId: string): bigint | undefined {
      return server.dump().lots.find((lot) => lot.lotId === lotId)?.taken;
    }

    function leaseOf(lotId: string, of = epoch): LeaseSeen | undefined {
      return server.dump().leases.find((lease) => lease.lotId === lotId && lease.epoch === of);
    }

    function leaseAll(): ReturnType<LedgerStore["lease"]> {
      return store.lease(WALLET, 1n, ALL, epoch);
    }

    describe("grants", () => {
      test("the same key grants once", () => {
        const asked = money(100n);
        expect([server.grant(asked), server.grant(asked)]).toEqual([true, false]);
        expect(server.dump().lots).toHaveLength(1);
        expect(server.dump().transfers).toHaveLength(1);
      });
    });

    describe("register", () => {
      test("counts epochs up, and returns what earlier ones did not spend", async () => {
        const lotId = grant(100n);
        await leaseAll();
        await store.settle([charge(1, epoch, lotId, 30n)]);
        const next = await store.register();
        expect(next).toBeGreaterThan(epoch);
        expect(takenOf(lotId)).toBe(30n);
        expect(leaseOf(lotId)).toMatchObject({ granted: 100n, spent: 30n, returned: 70n });
        expect(await store.lease(WALLET, 70n, ALL, next)).toEqual({
          grants: [{ lotId, nanos: 70n }],
          freeNanos: 70n,
        });
      });
    });

    describe("lease", () => {
      test("takes the earliest expiry first, then the lower rank, then the older lot", async () => {
        const bought = grant(10n);
        const free = grant(10n, { spendRank: 0 });
        const late = grant(10n, { expiresAtMs: 9_000 });
        const early = grant(10n, { expiresAtMs: 5_000 });
        const younger = grant(10n);
        const answer = await leaseAll();
        expect(answer.grants.map((lease) => lease.lotId)).toEqual([early, late, free, bought, younger]);
        expect(answer.freeNanos).toBe(50n);
      });

      test("takes at most what is wanted, the last lot in part", async () => {
        const first = grant(10n);
        const second = grant(10n);
        const answer = await store.lease(WALLET, 5n, 14n, epoch);
        expect(answer.grants).toEqual([
          { lotId: first, nanos: 10n },
          { lotId: second, nanos: 4n },
        ]);
        expect([takenOf(first), takenOf(second)]).toEqual([10n, 4n]);
        expect(leaseOf(second)).toMatchObject({ granted: 4n, spent: 0n, returned: 0n });
      });

      test("takes nothing when less than the need is free, and says what is", async () => {
        const lotId = grant(10n);
        expect(await store.lease(WALLET, 11n, ALL, epoch)).toEqual({ grants: [], freeNanos: 10n });
        expect(takenOf(lotId)).toBe(0n);
        expect(leaseOf(lotId)).toBeUndefined();
      });

      test("adds to a lease of the same epoch", async () => {
        const lotId = grant(10n);
        await store.lease(WALLET, 3n, 3n, epoch);
        await store.lease(WALLET, 4n, 4n, epoch);
        expect(leaseOf(lotId)).toMatchObject({ granted: 7n });
        expect(takenOf(lotId)).toBe(7n);
      });

      test("leaves other wallets, expired lots and frozen wallets alone", async () => {
        grant(10n, { walletId: OTHER });
        const expiring = grant(10n, { expiresAtMs: 1_000 });
        fixture.setTime(1_000);
        expect(await leaseAll()).toEqual({ grants: [], freeNanos: 0n });
        expect(takenOf(expiring)).toBe(0n);
        const lotId = grant(10n);
        server.freeze(WALLET, true);
        expect(await leaseAll()).toEqual({ grants: [], freeNanos: 0n });
        server.freeze(WALLET, false);
        expect((await leaseAll()).grants).toEqual([{ lotId, nanos: 10n }]);
      });

      test("is refused to an epoch that is over", async () => {
        const lotId = grant(10n);
        await store.register();
        expect(await rejection(leaseAll())).toContain("is over");
        expect(takenOf(lotId)).toBe(0n);
      });
    });

    describe("giveBack", () => {
      test("returns what it is told, and that can be leased again", async () => {
        const lotId = grant(10n);
        await leaseAll();
        await store.giveBack([{ lotId, nanos: 6n }], epoch);
        expect(leaseOf(lotId)).toMatchObject({ granted: 10n, returned: 6n });
        expect(takenOf(lotId)).toBe(4n);
        expect((await leaseAll()).grants).toEqual([{ lotId, nanos: 6n }]);
      });

      test("is refused to an epoch that is over: register returned the money", async () => {
        const lotId = grant(10n);
        await leaseAll();
        const next = await store.register();
        await store.lease(WALLET, 10n, ALL, next);
        expect(await rejection(store.giveBack([{ lotId, nanos: 10n }], epoch))).toContain("is over");
        expect(takenOf(lotId)).toBe(10n);
        expect(leaseOf(lotId, next)).toMatchObject({ granted: 10n, returned: 0n });
      });
    });

    describe("settle", () => {
      test("writes a charge and spends its lease", async () => {
        const lotId = grant(100n);
        await leaseAll();
        expect(await store.settle([charge(1, epoch, lotId, 40n)])).toEqual([{ kind: "applied" }]);
        const { charges } = server.dump();
        expect(charges).toHaveLength(1);
        expect(charges[0]).toMatchObject({ requestId: requestId(1), leg: 0, state: "posted", amount: 40n });
        expect(leaseOf(lotId)).toMatchObject({ granted: 100n, spent: 40n });
      });

      test("writes all legs of a charge over two lots", async () => {
        const [first, second] = [grant(10n), grant(10n)];
        await leaseAll();
        const legs = [
          { lotId: first, nanos: 10n },
          { lotId: second, nanos: 5n },
        ];
        await store.settle([{ rows: rowsOf(1, epoch, legs), repeated: false }]);
        expect([leaseOf(first)?.spent, leaseOf(second)?.spent]).toEqual([10n, 5n]);
        const results = await store.settle([{ rows: rowsOf(1, epoch, legs), repeated: true }]);
        expect(results).toEqual([{ kind: "duplicate", state: "posted", amountNanos: 15n }]);
        expect(server.dump().charges).toHaveLength(2);
      });

      test("keeps a charge of nothing, which has no lot", async () => {
        expect(await store.settle([charge(1, epoch, null, 0n)])).toEqual([{ kind: "applied" }]);
        expect(await store.settle([again(charge(1, epoch, null, 0n))])).toEqual([
          { kind: "duplicate", state: "posted", amountNanos: 0n },
        ]);
      });

      test("writes a repeated charge that never arrived", async () => {
        const lotId = grant(100n);
        await leaseAll();
        expect(await store.settle([again(charge(1, epoch, lotId, 40n))])).toEqual([{ kind: "applied" }]);
        expect(leaseOf(lotId)?.spent).toBe(40n);
      });

      test("answers a batch in order, each charge for itself", async () => {
        const lotId = grant(100n);
        await leaseAll();
        const first = charge(1, epoch, lotId, 10n);
        await store.settle([first]);
        const results = await store.settle([
          charge(2, epoch, lotId, 20n),
          again(first),
          charge(3, epoch - 1, lotId, 30n),
          tombstone(4, epoch),
        ]);
        expect(results.map((result) => result.kind)).toEqual(["applied", "duplicate", "fenced", "applied"]);
        expect(leaseOf(lotId)?.spent).toBe(30n);
      });

      test("writes nothing of an ended epoch, but knows what stood before it ended", async () => {
        const lotId = grant(100n);
        await leaseAll();
        const stood = charge(1, epoch, lotId, 40n);
        await store.settle([stood]);
        await store.register();
        expect(await store.settle([again(stood), charge(2, epoch, lotId, 1n), tombstone(3, epoch)])).toEqual([
          { kind: "duplicate", state: "posted", amountNanos: 40n },
          { kind: "fenced" },
          { kind: "fenced" },
        ]);
        expect(server.dump().charges).toHaveLength(1);
      });

      test("a tombstone keeps the charge from posting later", async () => {
        const [first, second] = [grant(10n), grant(10n)];
        await leaseAll();
        expect(await store.settle([tombstone(1, epoch)])).toEqual([{ kind: "applied" }]);
        const legs = [
          { lotId: first, nanos: 10n },
          { lotId: second, nanos: 5n },
        ];
        const late = { rows: rowsOf(1, epoch, legs), repeated: true };
        expect(await store.settle([late])).toEqual([{ kind: "duplicate", state: "void", amountNanos: 0n }]);
        expect([leaseOf(first)?.spent, leaseOf(second)?.spent]).toEqual([0n, 0n]);
        expect(server.dump().charges).toHaveLength(1);
      });

      test("a tombstone that comes too late says that the charge stands", async () => {
        const lotId = grant(100n);
        await leaseAll();
        await store.settle([charge(1, epoch, lotId, 40n)]);
        expect(await store.settle([tombstone(1, epoch)])).toEqual([
          { kind: "duplicate", state: "posted", amountNanos: 40n },
        ]);
      });

      test("a first write that arrives after its tombstone writes nothing, of no leg", async () => {
        if (!fixture.remote) return;
        const [first, second] = [grant(10n), grant(10n)];
        await leaseAll();
        await store.settle([tombstone(1, epoch)]);
        const legs = [
          { lotId: first, nanos: 10n },
          { lotId: second, nanos: 5n },
        ];
        await store.settle([{ rows: rowsOf(1, epoch, legs), repeated: false }]);
        expect(server.dump().charges).toHaveLength(1);
        expect([leaseOf(first)?.spent, leaseOf(second)?.spent]).toEqual([0n, 0n]);
      });
    });

    describe("reverse", () => {
      test("pays a charge back once, into a lot like the one that paid", async () => {
        const lotId = grant(100n, { expiresAtMs: 50_000, spendRank: 0 });
        await leaseAll();
        await store.settle([charge(1, epoch, lotId, 40n)]);
        await store.reverse(requestId(1));
        await store.reverse(requestId(1));
        const { lots, transfers } = server.dump();
        expect(lots).toHaveLength(2);
        const back = lots.find((lot) => lot.lotId !== lotId);
        expect(back).toMatchObject({
          walletId: WALLET,
          granted: 40n,
          taken: 0n,
          expiresAtMs: 50_000,
          spendRank: 0,
        });
        expect(transfers.filter((transfer) => transfer.kind === "reversal")).toMatchObject([
          { amount: 40n, ref: requestId(1), credit: back?.lotId },
        ]);
        expect((await leaseAll()).grants).toMatchObject([{ nanos: 40n }]);
        expect(leaseOf(lotId)?.spent).toBe(40n);
      });

      test("pays every leg back to the expiry of its own lot", async () => {
        const first = grant(10n, { expiresAtMs: 50_000 });
        const second = grant(10n);
        await leaseAll();
        const legs = [
          { lotId: first, nanos: 10n },
          { lotId: second, nanos: 5n },
        ];
        await store.settle([{ rows: rowsOf(1, epoch, legs), repeated: false }]);
        await store.reverse(requestId(1));
        const back = server.dump().lots.filter((lot) => lot.lotId !== first && lot.lotId !== second);
        expect(back.map((lot) => [lot.granted, lot.expiresAtMs])).toEqual([
          [10n, 50_000],
          [5n, null],
        ]);
      });

      test("does nothing for a void, a charge of nothing, or no charge", async () => {
        await store.settle([tombstone(1, epoch), charge(2, epoch, null, 0n)]);
        for (const number of [1, 2, 3]) await store.reverse(requestId(number));
        expect(server.dump().lots).toHaveLength(0);
        expect(server.dump().transfers).toHaveLength(0);
      });
    });

    describe("after a crash", () => {
      test("what was acknowledged is there, and what was only leased is free", async () => {
        const lotId = grant(100n);
        await leaseAll();
        await store.settle([charge(1, epoch, lotId, 40n)]);
        await store.settle([charge(2, epoch, lotId, 5n), tombstone(3, epoch)]);
        server = await fixture.crash();
        store = server.store;
        const next = await store.register();
        expect(next).toBeGreaterThan(epoch);
        expect(takenOf(lotId)).toBe(45n);
        const results = await store.settle([
          again(charge(2, epoch, lotId, 5n)),
          again(charge(3, epoch, lotId, 5n)),
        ]);
        expect(results).toEqual([
          { kind: "duplicate", state: "posted", amountNanos: 5n },
          { kind: "duplicate", state: "void", amountNanos: 0n },
        ]);
        expect(await store.lease(WALLET, 55n, ALL, next)).toMatchObject({ freeNanos: 55n });
      });

      test("a reversal is paid only once more", async () => {
        const lotId = grant(100n);
        await leaseAll();
        await store.settle([charge(1, epoch, lotId, 40n)]);
        await store.reverse(requestId(1));
        server = await fixture.crash();
        store = server.store;
        await store.register();
        await store.reverse(requestId(1));
        expect(server.dump().lots).toHaveLength(2);
      });
    });
  });
}
