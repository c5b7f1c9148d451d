import { beforeEach, describe, expect, test } from "bun:test";
import { valueNow } from "./gated-store.ts";
import { IDLE_MS, newLedger } from "./ledger-fixture.ts";

describe("the ledger's leases", () => {
  let { time, memory, gate, ledger, grant, ask, reserve, settle, charges, taken } = newLedger();
  beforeEach(async () => {
    ({ time, memory, gate, ledger, grant, ask, reserve, settle, charges, taken } = newLedger());
    await ledger.register();
  });

  describe("late news of an epoch that is over", () => {
    /** Its epoch was ended by others, and a charge has told it so. */
    async function loseEpoch() {
      const free = reserve(0n);
      await memory.register();
      await settle(free, 0n);
    }

    test("a settle of the old epoch does not end the present one", async () => {
      grant(100n);
      const old = reserve(20n);
      await loseEpoch();
      const young = reserve(20n);
      expect(await settle(old, 10n)).toEqual({ kind: "posted", amountNanos: 10n });
      expect(await settle(young, 10n)).toEqual({ kind: "posted", amountNanos: 10n });
      expect(gate.calls.filter((verb) => verb === "register")).toHaveLength(2);
    });

    test("a lease of the old epoch that fails late does not end the present one", async () => {
      memory.addWallet("v");
      grant(100n);
      gate.hold("lease");
      const stuck = ledger.reserve("v", "stuck", 5n);
      const stuckLease = gate.next("lease");
      await loseEpoch();
      const young = ask(20n);
      valueNow(young);
      gate.next("lease").pass();
      const result = valueNow(young);
      stuckLease.fail();
      expect(valueNow(stuck)).toMatchObject({ kind: "unavailable" });
      if (result?.kind !== "reserved") throw new Error("not reserved");
      expect(await settle(result.reservation, 10n)).toMatchObject({ kind: "posted" });
    });

    test("a return of the old epoch does not make the node forget a wallet of the present one", async () => {
      grant(100n);
      const old = reserve(20n);
      ledger.release(old);
      gate.hold("giveBack");
      time.advance(IDLE_MS);
      const sweeping = ledger.sweep();
      valueNow(sweeping);
      const returning = gate.next("giveBack");
      // Meanwhile the node learns from a charge that its epoch is over.
      const free = reserve(0n);
      await memory.register();
      await settle(free, 0n);
      const young = reserve(20n);
      returning.pass();
      await sweeping;
      expect(ledger.heldNanos("w")).toBe(20n);
      expect(await settle(young, 10n)).toMatchObject({ kind: "posted" });
    });

    test("recall does not return leases of the old epoch a second time", async () => {
      const lotId = grant(100n);
      gate.hold("lease");
      const first = ask(10n);
      const recalling = ledger.recall("w");
      const free = reserve(0n);
      const slow = gate.next("lease");
      await memory.register();
      await settle(free, 0n);
      const young = ask(10n);
      valueNow(young);
      gate.next("lease").pass();
      slow.fail();
      await recalling;
      valueNow(first);
      expect(taken(lotId)).toBe(10n);
      expect(valueNow(ledger.drain().then(() => "drained"))).toBe("drained");
    });
  });

  describe("giving back", () => {
    test("sweep returns what lay idle, but never what is held", async () => {
      const lotId = grant(100n);
      reserve(30n);
      time.advance(IDLE_MS - 1);
      await ledger.sweep();
      expect(taken(lotId)).toBe(100n);
      time.advance(1);
      await ledger.sweep();
      expect(taken(lotId)).toBe(30n);
      expect(ask(1n)).toBeInstanceOf(Promise);
    });

    test("recall returns what is not held at once, so that new money is spent in its order", async () => {
      const bought = grant(100n);
      reserve(10n);
      const expiring = grant(20n, 60_000);
      await ledger.recall("w");
      expect(taken(bought)).toBe(10n);
      await settle(reserve(20n), 20n);
      expect(charges()).toMatchObject([{ lotId: expiring }]);
    });

    test("recall of a wallet that leases waits for that", async () => {
      const lotId = grant(100n);
      gate.hold("lease");
      const asked = ask(10n);
      const recalling = ledger.recall("w");
      gate.next("lease").pass();
      await recalling;
      expect(valueNow(asked)).toMatchObject({ kind: "reserved" });
      expect(taken(lotId)).toBe(10n);
    });

    test("recall of a wallet that nobody uses does nothing", async () => {
      await ledger.recall("unknown");
      expect(gate.calls).toEqual(["register"]);
    });

    test("requests that come while money is returned wait, and lease it again", () => {
      grant(100n);
      ledger.release(reserve(10n));
      gate.hold("giveBack");
      const recalling = ledger.recall("w");
      const asked = ask(100n);
      expect(valueNow(asked)).toBeUndefined();
      gate.next("giveBack").pass();
      expect(valueNow(asked)).toMatchObject({ kind: "reserved" });
      expect(valueNow(recalling.then(() => "done"))).toBe("done");
    });

    test("a return whose answer was lost is asked for again, and done once", async () => {
      const lotId = grant(100n);
      ledger.release(reserve(10n));
      gate.hold("giveBack");
      const recalling = ledger.recall("w");
      gate.next("giveBack").lose();
      await recalling;
      expect(taken(lotId)).toBe(0n);
      const asked = ask(100n);
      gate.next("giveBack").pass();
      expect(valueNow(asked)).toMatchObject({ kind: "reserved" });
      expect(taken(lotId)).toBe(100n);
      expect(gate.calls.filter((verb) => verb === "register")).toHaveLength(1);
    });

    test("a lease whose answer was lost is asked for again, and taken once", async () => {
      const lotId = grant(100n);
      gate.hold("lease");
      const failed = ask(10n);
      gate.next("lease").lose();
      expect(await failed).toMatchObject({ kind: "unavailable" });
      expect(taken(lotId)).toBe(100n);
      const asked = ask(100n);
      gate.next("lease").pass();
      expect(valueNow(asked)).toMatchObject({ kind: "reserved" });
      expect(taken(lotId)).toBe(100n);
      expect(memory.tables.leases.rows.size).toBe(1);
    });

    test("a lease whose answer was lost is found by the sweep, and given back", async () => {
      const lotId = grant(100n);
      gate.hold("lease");
      const failed = ask(10n);
      gate.next("lease").lose();
      await failed;
      expect(taken(lotId)).toBe(100n);
      time.advance(IDLE_MS);
      const sweeping = ledger.sweep();
      valueNow(sweeping);
      gate.next("lease").pass();
      await sweeping;
      expect(taken(lotId)).toBe(0n);
    });

    test("a node whose epoch others ended registers with the next sweep", async () => {
      const lotId = grant(100n);
      reserve(10n);
      await memory.register();
      expect(taken(lotId)).toBe(0n);
      await ledger.sweep();
      expect(gate.calls.filter((verb) => verb === "register")).toHaveLength(2);
      expect(valueNow(ask(100n))).toMatchObject({ kind: "reserved" });
    });

    test("drain waits for every charge, and leaves nothing leased", () => {
      const lotId = grant(100n);
      gate.hold("settle");
      void settle(reserve(30n), 20n);
      const draining = ledger.drain().then(() => "drained");
      expect(valueNow(draining)).toBeUndefined();
      gate.next("settle").pass();
      expect(valueNow(draining)).toBe("drained");
      expect(taken(lotId)).toBe(20n);
    });
  });
});
