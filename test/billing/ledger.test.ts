import { beforeEach, describe, expect, test } from "bun:test";
import { NO_USAGE } from "../../src/core/usage.ts";
import { valueNow } from "./gated-store.ts";
import { newLedger } from "./ledger-fixture.ts";

describe("the ledger", () => {
  let { time, memory, gate, faults, ledger, grant, ask, reserve, settle, charges, charged, taken } =
    newLedger();
  beforeEach(async () => {
    ({ time, memory, gate, faults, ledger, grant, ask, reserve, settle, charges, charged, taken } =
      newLedger());
    await ledger.register();
  });

  describe("extend", () => {
    test("takes more for a running request, out of what is leased or by leasing more", async () => {
      grant(100n);
      const reservation = reserve(60n);
      expect(ledger.extend(reservation, 30n)).toBe(true);
      const later = grant(50n);
      expect(valueNow(ledger.extend(reservation, 40n))).toBe(true);
      expect(reservation.holdNanos).toBe(130n);
      expect(ledger.heldNanos("w")).toBe(130n);
      expect(await settle(reservation, 120n)).toEqual({ kind: "posted", amountNanos: 120n });
      expect(charges().map((row) => row.amountNanos)).toEqual([100n, 20n]);
      expect(charges()[1]?.lotId).toBe(later);
      expect(ledger.heldNanos("w")).toBe(0n);
    });

    test("where there is no more the hold stands as it was", () => {
      grant(100n);
      const reservation = reserve(60n);
      expect(valueNow(ledger.extend(reservation, 41n))).toBe(false);
      expect(reservation.holdNanos).toBe(60n);
      expect(ledger.heldNanos("w")).toBe(60n);
    });

    test("a request that ended while more was leased holds nothing", () => {
      grant(100n);
      const reservation = reserve(60n);
      grant(50n);
      gate.hold("lease");
      const extending = ledger.extend(reservation, 50n);
      ledger.release(reservation);
      gate.next("lease").pass();
      expect(valueNow(extending)).toBe(false);
      expect(ledger.heldNanos("w")).toBe(0n);
      expect(ledger.running).toBe(0);
    });

    test("a store that fails leaves the hold, and what it did lease is found with the next ask", async () => {
      grant(100n);
      const reservation = reserve(60n);
      gate.hold("lease");
      const extending = ledger.extend(reservation, 50n);
      gate.next("lease").lose();
      expect(valueNow(extending)).toBe(false);
      expect([ledger.heldNanos("w"), reservation.holdNanos]).toEqual([60n, 60n]);
      const again = ledger.extend(reservation, 40n);
      expect(valueNow(again)).toBe(true);
      expect(faults).toHaveLength(1);
    });
  });

  describe("reserve", () => {
    test("leases with its first request, and then answers without a promise", () => {
      grant(100n);
      const first = ask(10n);
      expect(first).toBeInstanceOf(Promise);
      expect(valueNow(first)).toMatchObject({ kind: "reserved" });
      expect(ask(90n)).toMatchObject({ kind: "reserved", reservation: { holdNanos: 90n } });
      expect(gate.calls).toEqual(["register", "lease"]);
      expect(ledger.heldNanos("w")).toBe(100n);
      expect(ledger.running).toBe(2);
    });

    test("requests that come together lease once, and each gets its own", () => {
      grant(100n);
      gate.hold("lease");
      const asked = [ask(40n), ask(60n)];
      gate.next("lease").pass();
      expect(asked.map((each) => valueNow(each)?.kind)).toEqual(["reserved", "reserved"]);
      expect(gate.calls).toEqual(["register", "lease"]);
    });

    test("a request that waited for another's lease and found it used up leases again", () => {
      grant(100n);
      gate.hold("lease");
      const asked = [ask(60n), ask(60n)];
      grant(50n);
      gate.next("lease").pass();
      expect(valueNow(asked[1] ?? ask(0n))).toMatchObject({ kind: "reserved" });
      expect(gate.calls.filter((verb) => verb === "lease")).toHaveLength(1);
    });

    test("a balance that cannot pay is insufficient, and says how much it is", () => {
      grant(100n);
      expect(valueNow(ask(101n))).toEqual({ kind: "insufficient", balanceNanos: 100n });
      reserve(30n);
      expect(valueNow(ask(101n))).toEqual({ kind: "insufficient", balanceNanos: 100n });
    });

    test("takes as much as there is where less will do, and never less than the least", () => {
      grant(100n);
      const part = ledger.reserve("w", "part", 250n, 100n);
      expect(valueNow(part)).toMatchObject({ kind: "reserved", reservation: { holdNanos: 100n } });
      expect(gate.calls).toEqual(["register", "lease", "lease"]);
      expect(valueNow(ledger.reserve("w", "none", 250n, 1n))).toEqual({ kind: "held", balanceNanos: 100n });
      expect(valueNow(ledger.reserve("w", "more", 250n, 101n))).toEqual({
        kind: "insufficient",
        balanceNanos: 100n,
      });
    });

    test("a request that ends tells those who wait for its money", async () => {
      grant(100n);
      const running = reserve(100n);
      const freed = ledger.freed("w", 60_000);
      ledger.release(running);
      await freed;
      expect(ask(100n)).toMatchObject({ kind: "reserved" });
    });

    test("a balance that running requests hold is held; once they are done it pays", () => {
      grant(100n);
      const running = reserve(60n);
      expect(valueNow(ask(50n))).toEqual({ kind: "held", balanceNanos: 100n });
      ledger.release(running);
      expect(ask(50n)).toMatchObject({ kind: "reserved" });
    });

    test("what is spent is no longer in the balance", async () => {
      grant(100n);
      await settle(reserve(60n), 60n);
      expect(valueNow(ask(50n))).toEqual({ kind: "insufficient", balanceNanos: 40n });
    });

    test("a free model needs no money, no lease and no lot", async () => {
      const reservation = reserve(0n);
      expect(gate.calls).toEqual(["register"]);
      expect(await settle(reservation, 0n)).toEqual({ kind: "posted", amountNanos: 0n });
      expect(charges()).toMatchObject([{ lotId: null, amountNanos: 0n }]);
    });

    test("a new top-up is found by the next request that needs it", () => {
      grant(10n);
      expect(valueNow(ask(50n))).toMatchObject({ kind: "insufficient" });
      grant(50n);
      expect(valueNow(ask(50n))).toMatchObject({ kind: "reserved" });
    });

    test("a frozen wallet pays nothing", () => {
      grant(100n);
      memory.freeze("w", true);
      expect(valueNow(ask(1n))).toEqual({ kind: "insufficient", balanceNanos: 0n });
    });

    test("spends what expires first, over lots", async () => {
      const bought = grant(100n);
      const expiring = grant(30n, 60_000);
      const outcome = await settle(reserve(50n), 40n);
      expect(outcome).toEqual({ kind: "posted", amountNanos: 40n });
      const rows = charges();
      expect(rows.map((row) => [row.lotId, row.amountNanos])).toEqual([
        [expiring, 30n],
        [bought, 10n],
      ]);
      expect(ledger.heldNanos("w")).toBe(0n);
      expect(ask(90n)).toMatchObject({ kind: "reserved" });
    });

    test("is unavailable when the store fails, and the next request finds everything again", () => {
      const lotId = grant(100n);
      gate.hold("lease");
      const failed = ask(10n);
      gate.next("lease").lose();
      expect(valueNow(failed)).toMatchObject({ kind: "unavailable" });
      expect(taken(lotId)).toBe(100n);
      const again = ask(100n);
      valueNow(again);
      gate.next("lease").pass();
      expect(valueNow(again)).toMatchObject({ kind: "reserved" });
      expect(gate.calls).toEqual(["register", "lease", "lease"]);
      expect(faults).toHaveLength(1);
    });

    test("requests that come while the node registers wait for that one epoch", () => {
      grant(100n);
      const fresh = newLedger();
      fresh.memory.grant({
        walletId: "w",
        source: "top-up",
        nanos: 9n,
        expiresAt: null,
        spendRank: 0,
        grantKey: "g",
      });
      fresh.gate.hold("register");
      const starting = fresh.ledger.register();
      const asked = [1n, 2n].map((nanos) => fresh.ledger.reserve("w", `q${nanos}`, nanos));
      fresh.gate.next("register").pass();
      expect(asked.map((each) => valueNow(each)?.kind)).toEqual(["reserved", "reserved"]);
      expect(valueNow(starting.then(() => "started"))).toBe("started");
      expect(fresh.memory.tables.epoch).toBe(1);
    });
  });

  describe("release", () => {
    test("frees the hold at once, and once", () => {
      grant(100n);
      const reservation = reserve(100n);
      ledger.release(reservation);
      ledger.release(reservation);
      expect([ledger.heldNanos("w"), ledger.running]).toEqual([0n, 0]);
      expect(ask(100n)).toMatchObject({ kind: "reserved" });
      expect(valueNow(ask(1n))).toMatchObject({ kind: "held" });
    });

    test("changes nothing once settling has begun", async () => {
      grant(100n);
      gate.hold("settle");
      const reservation = reserve(100n);
      const outcome = settle(reservation, 70n);
      ledger.release(reservation);
      expect(ledger.heldNanos("w")).toBe(100n);
      gate.next("settle").pass();
      ledger.release(reservation);
      expect(valueNow(outcome)).toEqual({ kind: "posted", amountNanos: 70n });
      expect(valueNow(ask(31n))).toMatchObject({ kind: "insufficient", balanceNanos: 30n });
    });
  });

  describe("settle", () => {
    test("charges what was used, and frees the rest of the hold", async () => {
      grant(100n);
      expect(await settle(reserve(80n), 30n)).toEqual({ kind: "posted", amountNanos: 30n });
      expect(ask(70n)).toMatchObject({ kind: "reserved" });
      expect(charged()).toBe(30n);
    });

    test("charges at most the hold; what is above it is kept as the price", async () => {
      grant(100n);
      expect(await settle(reserve(30n), 80n)).toEqual({ kind: "posted", amountNanos: 30n });
      expect(charges()).toMatchObject([{ amountNanos: 30n, pricedNanos: 80n }]);
    });

    test("a second time is refused, after a release too", async () => {
      grant(100n);
      const settled = reserve(30n);
      const first = settle(settled, 10n);
      await expect(settle(settled, 10n)).rejects.toThrow("settles only once");
      await first;
      await expect(settle(settled, 10n)).rejects.toThrow("is posted");
      const released = reserve(30n);
      ledger.release(released);
      await expect(settle(released, 10n)).rejects.toThrow("is released");
      expect(charged()).toBe(10n);
    });

    test("holds the money until it is known whether the charge stands", () => {
      grant(100n);
      gate.hold("settle");
      const outcome = settle(reserve(100n), 100n);
      gate.next("settle").lose();
      time.advance(4_800);
      gate.next("settle").lose();
      time.advance(200);
      expect(valueNow(outcome)).toMatchObject({ kind: "void" });
      expect([ledger.heldNanos("w"), ledger.running]).toEqual([100n, 1]);
      gate.next("settle").pass();
      expect([ledger.heldNanos("w"), ledger.running]).toEqual([0n, 0]);
      // The charge had won and was paid back, into a lot of its own.
      expect(valueNow(ask(100n))).toMatchObject({ kind: "reserved" });
    });

    test("of an ended epoch is paid in another, from what is there", async () => {
      const lotId = grant(100n);
      const reservation = reserve(60n);
      await memory.register();
      expect(await settle(reservation, 50n)).toEqual({ kind: "posted", amountNanos: 50n });
      expect(charged()).toBe(50n);
      expect([ledger.running, ledger.heldNanos("w")]).toEqual([0, 0n]);
      expect(valueNow(ask(50n))).toMatchObject({ kind: "reserved" });
      expect(taken(lotId)).toBe(100n);
    });

    test("of an ended epoch is void and free of charge where nothing is left to pay it", async () => {
      grant(100n);
      const reservation = reserve(60n);
      const other = await memory.register();
      const all = { walletId: "w", epoch: other, turn: 1, needNanos: 100n, wantNanos: 100n };
      await memory.lease(all);
      const lotId = [...memory.tables.lots.rows.keys()][0] ?? "";
      const row = { leg: 0, state: "posted" as const, walletId: "w", epoch: other, lotId, priceVersion: 1 };
      const paid = {
        ...row,
        requestId: "theirs",
        amountNanos: 100n,
        pricedNanos: 100n,
        usage: NO_USAGE,
        at: 0,
      };
      await memory.settle([{ rows: [paid], repeated: false }]);
      expect(await settle(reservation, 50n)).toMatchObject({ kind: "void" });
      expect(charged()).toBe(100n);
      expect(ledger.running).toBe(0);
    });
  });
});
