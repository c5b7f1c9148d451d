import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { ChargeEntry, ChargeRow, LedgerStore } from "../../src/billing/store.ts";
import { NO_USAGE } from "../../src/core/usage.ts";
import type { Dump, LeaseSeen, LotSeen } from "../simulation/auditor/seen.ts";
import type { LotAsked, StoreServer } from "../simulation/store-server.ts";

/** A ledger store under test, with the operator's side and the tables. */
export interface LedgerFixture {
  readonly server: StoreServer;
  /** Milliseconds since the fixture's beginning, by the store's clock. */
  setTime(ms: number): Promise<void>;
  /** The process dies without a word; answers the store as the next process finds it. */
  crash(): Promise<StoreServer>;
  dispose(): Promise<void>;
  /** A second node on the same store, which gives nodes `ttlMs` to renew; undefined where there is only one. */
  readonly another?: (() => StoreServer) | undefined;
  readonly ttlMs?: number | undefined;
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
export function ledgerContract(name: string, open: () => Promise<LedgerFixture>): void {
  describe(`ledger store: ${name}`, () => {
    let fixture: LedgerFixture;
    let server: StoreServer;
    let store: LedgerStore;
    let epoch: number;
    let turn: number;

    beforeEach(async () => {
      fixture = await open();
      server = fixture.server;
      store = server.store;
      await server.addWallet(WALLET);
      await server.addWallet(OTHER);
      turn = 0;
      epoch = await store.register();
    });
    afterEach(() => fixture.dispose());

    function lotOf(dump: Dump, grantKey: string): LotSeen {
      const lot = dump.lots.find((row) => row.grantKey === grantKey);
      if (!lot) throw new Error(`no lot of ${grantKey}`);
      return lot;
    }

    async function grant(nanos: bigint, lot: Partial<LotAsked> = {}): Promise<string> {
      const asked = money(nanos, lot);
      await server.grant(asked);
      return lotOf(await server.dump(), asked.grantKey).lotId;
    }

    async function takenOf(lotId: string): Promise<bigint | undefined> {
      return (await server.dump()).lots.find((lot) => lot.lotId === lotId)?.taken;
    }

    async function leaseOf(lotId: string, of = epoch): Promise<LeaseSeen | undefined> {
      const { leases } = await server.dump();
      return leases.find((lease) => lease.lotId === lotId && lease.epoch === of);
    }

    function lease(needNanos: bigint, wantNanos: bigint, of = epoch): ReturnType<LedgerStore["lease"]> {
      return store.lease({ walletId: WALLET, epoch: of, turn: ++turn, needNanos, wantNanos });
    }

    function leaseAll(): ReturnType<LedgerStore["lease"]> {
      return lease(1n, ALL);
    }

    function giveBack(lotId: string, nanos: bigint): Promise<void> {
      return store.giveBack([{ walletId: WALLET, epoch, turn: ++turn, grants: [{ lotId, nanos }] }]);
    }

    describe("grants", () => {
      test("the same key grants once", async () => {
        const asked = money(100n);
        expect([await server.grant(asked), await server.grant(asked)]).toEqual([true, false]);
        expect((await server.dump()).lots).toHaveLength(1);
        expect((await server.dump()).transfers).toHaveLength(1);
      });
    });

    describe("register", () => {
      test("counts epochs up, and returns what earlier ones did not spend", async () => {
        const lotId = await grant(100n);
        await leaseAll();
        await store.settle([charge(1, epoch, lotId, 30n)]);
        const next = await store.register();
        expect(next).toBeGreaterThan(epoch);
        expect(await takenOf(lotId)).toBe(30n);
        expect(await leaseOf(lotId)).toMatchObject({ granted: 100n, spent: 30n, returned: 70n });
        expect(await lease(70n, ALL, next)).toEqual({
          grants: [{ lotId, nanos: 70n }],
          freeNanos: 70n,
          elsewhereNanos: 0n,
          nodes: 1,
        });
      });
    });

    describe("lease", () => {
      test("takes the earliest expiry first, then the lower rank, then the older lot", async () => {
        const bought = await grant(10n);
        const free = await grant(10n, { spendRank: 0 });
        const late = await grant(10n, { expiresAtMs: 9_000 });
        const early = await grant(10n, { expiresAtMs: 5_000 });
        const younger = await grant(10n);
        const answer = await leaseAll();
        expect(answer.grants.map((lease) => lease.lotId)).toEqual([early, late, free, bought, younger]);
        expect(answer.freeNanos).toBe(50n);
      });

      test("takes at most what is wanted, the last lot in part", async () => {
        const first = await grant(10n);
        const second = await grant(10n);
        const answer = await lease(5n, 14n);
        expect(answer.grants).toEqual([
          { lotId: first, nanos: 10n },
          { lotId: second, nanos: 4n },
        ]);
        expect([await takenOf(first), await takenOf(second)]).toEqual([10n, 4n]);
        expect(await leaseOf(second)).toMatchObject({ granted: 4n, spent: 0n, returned: 0n });
      });

      test("takes nothing when less than the need is free, and says what is", async () => {
        const lotId = await grant(10n);
        expect(await lease(11n, ALL)).toMatchObject({ grants: [], freeNanos: 10n });
        expect(await takenOf(lotId)).toBe(0n);
        expect(await leaseOf(lotId)).toBeUndefined();
      });

      test("adds to a lease of the same epoch", async () => {
        const lotId = await grant(10n);
        await lease(3n, 3n);
        await lease(4n, 4n);
        expect(await leaseOf(lotId)).toMatchObject({ granted: 7n });
        expect(await takenOf(lotId)).toBe(7n);
      });

      test("leaves other wallets, expired lots and frozen wallets alone", async () => {
        await grant(10n, { walletId: OTHER });
        const expiring = await grant(10n, { expiresAtMs: 1_000 });
        await fixture.setTime(1_000);
        expect(await leaseAll()).toMatchObject({ grants: [], freeNanos: 0n });
        expect(await takenOf(expiring)).toBe(0n);
        const lotId = await grant(10n);
        await server.freeze(WALLET, true);
        expect(await leaseAll()).toMatchObject({ grants: [], freeNanos: 0n });
        await server.freeze(WALLET, false);
        expect((await leaseAll()).grants).toEqual([{ lotId, nanos: 10n }]);
      });

      test("is refused to an epoch that is over", async () => {
        const lotId = await grant(10n);
        await store.register();
        expect(await rejection(leaseAll())).toContain("is over");
        expect(await takenOf(lotId)).toBe(0n);
      });
    });

    describe("giveBack", () => {
      test("returns what it is told, and that can be leased again", async () => {
        const lotId = await grant(10n);
        await leaseAll();
        await giveBack(lotId, 6n);
        expect(await leaseOf(lotId)).toMatchObject({ granted: 10n, returned: 6n });
        expect(await takenOf(lotId)).toBe(4n);
        expect((await leaseAll()).grants).toEqual([{ lotId, nanos: 6n }]);
      });

      test("is refused to an epoch that is over: register returned the money", async () => {
        const lotId = await grant(10n);
        await leaseAll();
        const next = await store.register();
        await lease(10n, ALL, next);
        expect(await rejection(giveBack(lotId, 10n))).toContain("is over");
        expect(await takenOf(lotId)).toBe(10n);
        expect(await leaseOf(lotId, next)).toMatchObject({ granted: 10n, returned: 0n });
      });
    });

    describe("settle", () => {
      test("writes a charge and spends its lease", async () => {
        const lotId = await grant(100n);
        await leaseAll();
        expect(await store.settle([charge(1, epoch, lotId, 40n)])).toEqual([{ kind: "applied" }]);
        const { charges } = await server.dump();
        expect(charges).toHaveLength(1);
        expect(charges[0]).toMatchObject({ requestId: requestId(1), leg: 0, state: "posted", amount: 40n });
        expect(await leaseOf(lotId)).toMatchObject({ granted: 100n, spent: 40n });
      });

      test("writes all legs of a charge over two lots", async () => {
        const [first, second] = [await grant(10n), await grant(10n)];
        await leaseAll();
        const legs = [
          { lotId: first, nanos: 10n },
          { lotId: second, nanos: 5n },
        ];
        await store.settle([{ rows: rowsOf(1, epoch, legs), repeated: false }]);
        expect([(await leaseOf(first))?.spent, (await leaseOf(second))?.spent]).toEqual([10n, 5n]);
        const results = await store.settle([{ rows: rowsOf(1, epoch, legs), repeated: true }]);
        expect(results).toEqual([{ kind: "duplicate", state: "posted", amountNanos: 15n }]);
        expect((await server.dump()).charges).toHaveLength(2);
      });

      test("keeps a charge of nothing, which has no lot", async () => {
        expect(await store.settle([charge(1, epoch, null, 0n)])).toEqual([{ kind: "applied" }]);
        expect(await store.settle([again(charge(1, epoch, null, 0n))])).toEqual([
          { kind: "duplicate", state: "posted", amountNanos: 0n },
        ]);
      });

      test("writes a repeated charge that never arrived", async () => {
        const lotId = await grant(100n);
        await leaseAll();
        expect(await store.settle([again(charge(1, epoch, lotId, 40n))])).toEqual([{ kind: "applied" }]);
        expect((await leaseOf(lotId))?.spent).toBe(40n);
      });

      test("answers a batch in order, each charge for itself", async () => {
        const lotId = await grant(100n);
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
        expect((await leaseOf(lotId))?.spent).toBe(30n);
      });

      test("writes nothing of an ended epoch, but knows what stood before it ended", async () => {
        const lotId = await grant(100n);
        await leaseAll();
        const stood = charge(1, epoch, lotId, 40n);
        await store.settle([stood]);
        await store.register();
        expect(await store.settle([again(stood), charge(2, epoch, lotId, 1n), tombstone(3, epoch)])).toEqual([
          { kind: "duplicate", state: "posted", amountNanos: 40n },
          { kind: "fenced" },
          { kind: "fenced" },
        ]);
        expect((await server.dump()).charges).toHaveLength(1);
      });

      test("a tombstone keeps the charge from posting later", async () => {
        const [first, second] = [await grant(10n), await grant(10n)];
        await leaseAll();
        expect(await store.settle([tombstone(1, epoch)])).toEqual([{ kind: "applied" }]);
        const legs = [
          { lotId: first, nanos: 10n },
          { lotId: second, nanos: 5n },
        ];
        const late = { rows: rowsOf(1, epoch, legs), repeated: true };
        expect(await store.settle([late])).toEqual([{ kind: "duplicate", state: "void", amountNanos: 0n }]);
        expect([(await leaseOf(first))?.spent, (await leaseOf(second))?.spent]).toEqual([0n, 0n]);
        expect((await server.dump()).charges).toHaveLength(1);
      });

      test("a tombstone that comes too late says that the charge stands", async () => {
        const lotId = await grant(100n);
        await leaseAll();
        await store.settle([charge(1, epoch, lotId, 40n)]);
        expect(await store.settle([tombstone(1, epoch)])).toEqual([
          { kind: "duplicate", state: "posted", amountNanos: 40n },
        ]);
      });

      test("a first write that arrives after its tombstone writes nothing, of no leg", async () => {
        if (!fixture.remote) return;
        const [first, second] = [await grant(10n), await grant(10n)];
        await leaseAll();
        await store.settle([tombstone(1, epoch)]);
        const legs = [
          { lotId: first, nanos: 10n },
          { lotId: second, nanos: 5n },
        ];
        await store.settle([{ rows: rowsOf(1, epoch, legs), repeated: false }]);
        expect((await server.dump()).charges).toHaveLength(1);
        expect([(await leaseOf(first))?.spent, (await leaseOf(second))?.spent]).toEqual([0n, 0n]);
      });
    });

    describe("turns", () => {
      test("a lease that is asked for again is answered as before, and taken once", async () => {
        if (!fixture.remote) return;
        const lotId = await grant(100n);
        const step = { walletId: WALLET, epoch, turn: 7, needNanos: 10n, wantNanos: 40n };
        const answer = await store.lease(step);
        expect(await store.lease(step)).toEqual(answer);
        expect(answer.grants).toEqual([{ lotId, nanos: 40n }]);
        expect(await takenOf(lotId)).toBe(40n);
      });

      test("a return that is asked for again is done once", async () => {
        if (!fixture.remote) return;
        const lotId = await grant(100n);
        await leaseAll();
        const step = { walletId: WALLET, epoch, turn: 7, grants: [{ lotId, nanos: 30n }] };
        await store.giveBack([step]);
        await store.giveBack([step]);
        expect(await takenOf(lotId)).toBe(70n);
      });

      test("a step that comes after a later one does nothing", async () => {
        if (!fixture.remote) return;
        const lotId = await grant(100n);
        turn = 10;
        await lease(10n, 10n);
        const late = { walletId: WALLET, epoch, turn: 10 };
        expect(await rejection(store.lease({ ...late, needNanos: 5n, wantNanos: 5n }))).toContain(
          "came after",
        );
        expect(await rejection(store.giveBack([{ ...late, grants: [{ lotId, nanos: 5n }] }]))).toContain(
          "came after",
        );
        expect(await takenOf(lotId)).toBe(10n);
      });

      test("returns of several wallets are all done, or none", async () => {
        const [mine, theirs] = [await grant(10n), await grant(10n, { walletId: OTHER })];
        await leaseAll();
        const ask = { walletId: OTHER, epoch, turn: ++turn, needNanos: 10n, wantNanos: 10n };
        await store.lease(ask);
        const step = { epoch, turn: ++turn };
        await store.giveBack([
          { ...step, walletId: OTHER, grants: [{ lotId: theirs, nanos: 4n }] },
          { ...step, walletId: WALLET, grants: [{ lotId: mine, nanos: 3n }] },
        ]);
        expect([await takenOf(mine), await takenOf(theirs)]).toEqual([7n, 6n]);
      });
    });

    describe("several nodes", () => {
      let other: StoreServer;
      let theirs: number;
      beforeEach(async () => {
        if (!fixture.another) return;
        other = fixture.another();
        theirs = await other.store.register();
      });

      test("share a wallet, and see what the other holds of it", async () => {
        if (!fixture.another) return;
        const lotId = await grant(100n);
        await lease(60n, 60n);
        const ask = { walletId: WALLET, epoch: theirs, turn: 1, needNanos: 50n, wantNanos: ALL };
        expect(await other.store.lease(ask)).toEqual({
          grants: [],
          freeNanos: 40n,
          elsewhereNanos: 60n,
          nodes: 2,
        });
        const less = await other.store.lease({ ...ask, turn: 2, needNanos: 40n });
        expect(less.grants).toEqual([{ lotId, nanos: 40n }]);
        expect([(await leaseOf(lotId))?.granted, (await leaseOf(lotId, theirs))?.granted]).toEqual([
          60n,
          40n,
        ]);
      });

      test("a start of one leaves the other's leases alone", async () => {
        if (!fixture.another) return;
        const lotId = await grant(100n);
        await lease(60n, 60n);
        await other.store.register();
        expect(await takenOf(lotId)).toBe(60n);
        expect(await store.renew(epoch)).toBe(true);
      });

      test("one that is silent too long is ended by the other, and writes nothing any more", async () => {
        const { another, ttlMs } = fixture;
        if (!another || ttlMs === undefined) return;
        const lotId = await grant(100n);
        await lease(60n, 60n);
        await store.settle([charge(1, epoch, lotId, 10n)]);
        await fixture.setTime(ttlMs - 1);
        expect(await other.store.renew(theirs)).toBe(true);
        expect(await store.renew(epoch)).toBe(true);
        await fixture.setTime(2 * ttlMs - 2);
        expect(await other.store.renew(theirs)).toBe(true);
        await fixture.setTime(2 * ttlMs + 1);
        expect(await other.store.renew(theirs)).toBe(true);
        expect(await takenOf(lotId)).toBe(10n);
        expect(await store.renew(epoch)).toBe(false);
        expect(await store.settle([charge(2, epoch, lotId, 5n)])).toEqual([{ kind: "fenced" }]);
        expect(await store.settle([again(charge(1, epoch, lotId, 10n))])).toMatchObject([
          { kind: "duplicate", amountNanos: 10n },
        ]);
        expect(await rejection(leaseAll())).toContain("is over");
        expect(await rejection(giveBack(lotId, 50n))).toContain("is over");
        expect(await takenOf(lotId)).toBe(10n);
        expect(await store.register()).toBeGreaterThan(theirs);
      });
    });

    describe("reverse", () => {
      test("pays a charge back once, into a lot like the one that paid", async () => {
        const lotId = await grant(100n, { expiresAtMs: 50_000, spendRank: 0 });
        await leaseAll();
        await store.settle([charge(1, epoch, lotId, 40n)]);
        await store.reverse(requestId(1));
        await store.reverse(requestId(1));
        const { lots, transfers } = await server.dump();
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
        expect((await leaseOf(lotId))?.spent).toBe(40n);
      });

      test("pays back what is in quarantine, too", async () => {
        const lotId = await grant(100n);
        await leaseAll();
        const doubtful = rowsOf(1, epoch, [{ lotId, nanos: 40n }]).map((row) => ({
          ...row,
          state: "quarantined" as const,
        }));
        await store.settle([{ rows: doubtful, repeated: false }]);
        expect(await store.settle([again({ rows: doubtful, repeated: true })])).toEqual([
          { kind: "duplicate", state: "quarantined", amountNanos: 40n },
        ]);
        await store.reverse(requestId(1));
        const { transfers } = await server.dump();
        expect(transfers.filter(({ kind }) => kind === "reversal").map(({ amount }) => amount)).toEqual([
          40n,
        ]);
      });

      test("pays every leg back to the expiry of its own lot", async () => {
        const first = await grant(10n, { expiresAtMs: 50_000 });
        const second = await grant(10n);
        await leaseAll();
        const legs = [
          { lotId: first, nanos: 10n },
          { lotId: second, nanos: 5n },
        ];
        await store.settle([{ rows: rowsOf(1, epoch, legs), repeated: false }]);
        await store.reverse(requestId(1));
        const back = (await server.dump()).lots.filter((lot) => lot.lotId !== first && lot.lotId !== second);
        expect(back.map((lot) => [lot.granted, lot.expiresAtMs])).toEqual([
          [10n, 50_000],
          [5n, null],
        ]);
      });

      test("does nothing for a void, a charge of nothing, or no charge", async () => {
        await store.settle([tombstone(1, epoch), charge(2, epoch, null, 0n)]);
        for (const number of [1, 2, 3]) await store.reverse(requestId(number));
        expect((await server.dump()).lots).toHaveLength(0);
        expect((await server.dump()).transfers).toHaveLength(0);
      });
    });

    describe("after a crash", () => {
      test("what was acknowledged is there, and what was only leased is free", async () => {
        const lotId = await grant(100n);
        await leaseAll();
        await store.settle([charge(1, epoch, lotId, 40n)]);
        await store.settle([charge(2, epoch, lotId, 5n), tombstone(3, epoch)]);
        server = await fixture.crash();
        store = server.store;
        const next = await store.register();
        expect(next).toBeGreaterThan(epoch);
        expect(await takenOf(lotId)).toBe(45n);
        const results = await store.settle([
          again(charge(2, epoch, lotId, 5n)),
          again(charge(3, epoch, lotId, 5n)),
        ]);
        expect(results).toEqual([
          { kind: "duplicate", state: "posted", amountNanos: 5n },
          { kind: "duplicate", state: "void", amountNanos: 0n },
        ]);
        expect(await lease(55n, ALL, next)).toMatchObject({ freeNanos: 55n });
      });

      test("a reversal is paid only once more", async () => {
        const lotId = await grant(100n);
        await leaseAll();
        await store.settle([charge(1, epoch, lotId, 40n)]);
        await store.reverse(requestId(1));
        server = await fixture.crash();
        store = server.store;
        await store.register();
        await store.reverse(requestId(1));
        expect((await server.dump()).lots).toHaveLength(2);
      });
    });
  });
}
