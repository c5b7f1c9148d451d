import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Reservation } from "../../src/billing/reservation.ts";
import { newLedger } from "./ledger-fixture.ts";
import { PROPERTY } from "./property.ts";

test("property: whatever requests do, money is neither made nor lost", async () => {
  const nanos = fc.bigInt({ min: 0n, max: 120n });
  const step = fc.oneof(
    fc.record({ kind: fc.constant("reserve" as const), nanos }),
    fc.record({ kind: fc.constant("settle" as const), nanos, which: fc.nat() }),
    fc.record({ kind: fc.constant("release" as const), which: fc.nat() }),
    fc.record({ kind: fc.constant("grant" as const), nanos: fc.bigInt({ min: 1n, max: 200n }) }),
    fc.record({ kind: fc.constant("recall" as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const run = newLedger();
      const running: Reservation[] = [];
      let [granted, owed, number] = [0n, 0n, 0];
      const taking = (which: number) => running.splice(which % Math.max(running.length, 1), 1)[0];
      for (const each of steps) {
        number++;
        if (each.kind === "grant") {
          granted += each.nanos;
          run.memory.grant({
            walletId: "w",
            source: "top-up",
            nanos: each.nanos,
            expiresAt: null,
            spendRank: number % 2,
            grantKey: `g${number}`,
          });
        } else if (each.kind === "reserve") {
          const result = await run.ledger.reserve("w", `r${number}`, each.nanos);
          const held = running.reduce((sum, reservation) => sum + reservation.holdNanos, 0n);
          const free = granted - owed - held;
          expect(result.kind === "reserved").toBe(each.nanos <= free);
          if (result.kind === "reserved") running.push(result.reservation);
          else
            expect(result).toEqual({
              kind: each.nanos <= granted - owed ? "held" : "insufficient",
              balanceNanos: granted - owed,
            });
        } else if (each.kind === "recall") {
          await run.ledger.recall("w");
        } else {
          const reservation = taking(each.which);
          if (!reservation) continue;
          if (each.kind === "release") run.ledger.release(reservation);
          else {
            const outcome = await run.settle(reservation, each.nanos);
            if (outcome.kind === "posted") owed += outcome.amountNanos;
          }
        }
        expect(run.memory.balanceNanos("w")).toBe(granted - owed);
      }
      for (const reservation of running) run.ledger.release(reservation);
      await run.ledger.drain();
      const leased = [...run.memory.tables.leases.rows.values()].reduce(
        (sum, row) => sum + row.grantedNanos - row.spentNanos - row.returnedNanos,
        0n,
      );
      expect([leased, run.ledger.running, run.memory.balanceNanos("w")]).toEqual([0n, 0, granted - owed]);
    }),
    PROPERTY,
  );
});
