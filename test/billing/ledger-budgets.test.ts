import { beforeEach, describe, expect, test } from "bun:test";
import type { Reservation } from "../../src/billing/reservation.ts";
import { newLedger } from "./ledger-fixture.ts";

let fixture: ReturnType<typeof newLedger>;

/** A budget with so much left. */
function budget(id: string, nanos: bigint): string {
  fixture.memory.addWallet(id);
  const grantKey = `budget:${id}`;
  fixture.memory.grant({
    walletId: id,
    source: "monthly",
    nanos,
    expiresAt: null,
    spendRank: 0,
    grantKey,
  });
  return id;
}

function leftOf(id: string): bigint {
  return fixture.memory.balanceNanos(id) - fixture.ledger.heldNanos(id);
}

/** 1,000 in the wallet, of which a request holds 100. */
async function reserved(): Promise<Reservation> {
  const { reservation } = (await fixture.ask(100n)) as { reservation: Reservation };
  return reservation;
}

beforeEach(async () => {
  fixture = newLedger();
  fixture.grant(1_000n);
  await fixture.ledger.register();
});

describe("a reservation that is counted against budgets", () => {
  test("holds the same of each, and gives it back", async () => {
    const [day, month] = [budget("day", 300n), budget("month", 500n)];
    const reservation = await reserved();
    expect(await fixture.ledger.bind(reservation, day)).toBeUndefined();
    expect(await fixture.ledger.bind(reservation, month)).toBeUndefined();
    expect([leftOf("day"), leftOf("month"), leftOf("w")]).toEqual([200n, 400n, 900n]);
    expect(fixture.ledger.running).toBe(1);
    fixture.ledger.release(reservation);
    expect([leftOf("day"), leftOf("month"), leftOf("w")]).toEqual([300n, 500n, 1_000n]);
    expect(fixture.ledger.running).toBe(0);
  });

  test("charges each what it cost, in the rows of one request", async () => {
    const reservation = await reserved();
    await fixture.ledger.bind(reservation, budget("day", 300n));
    expect(await fixture.settle(reservation, 40n)).toEqual({ kind: "posted", amountNanos: 40n });
    expect(fixture.charges().map(({ leg, walletId, amountNanos }) => [leg, walletId, amountNanos])).toEqual([
      [0, "w", 40n],
      [1, "day", 40n],
    ]);
    expect([leftOf("day"), leftOf("w")]).toEqual([260n, 960n]);
  });

  test("costs a budget what was charged, not what the hold did not cover", async () => {
    const reservation = await reserved();
    await fixture.ledger.bind(reservation, budget("day", 300n));
    await fixture.settle(reservation, 500n);
    expect([leftOf("day"), leftOf("w")]).toEqual([200n, 900n]);
  });

  test("holds no more than the smallest has, where that is enough", async () => {
    const [day, month] = [budget("day", 70n), budget("month", 500n)];
    const reservation = await reserved();
    await fixture.ledger.bind(reservation, month);
    expect(await fixture.ledger.bind(reservation, day)).toMatchObject({ kind: "insufficient" });
    expect(reservation.holdNanos).toBe(100n);
    expect(await fixture.ledger.bind(reservation, day, 50n)).toBeUndefined();
    expect(reservation.holdNanos).toBe(70n);
    expect([leftOf("day"), leftOf("month"), leftOf("w")]).toEqual([0n, 430n, 930n]);
    await fixture.settle(reservation, 500n);
    expect([leftOf("day"), leftOf("month"), leftOf("w")]).toEqual([0n, 430n, 930n]);
  });

  test("is told when running requests hold what is left", async () => {
    const day = budget("day", 150n);
    const [first, second] = [await reserved(), await reserved()];
    await fixture.ledger.bind(first, day);
    expect(await fixture.ledger.bind(second, day)).toMatchObject({ kind: "held" });
    fixture.ledger.release(first);
    expect(await fixture.ledger.bind(second, day)).toBeUndefined();
  });

  test("grows in all of them, or in none", async () => {
    const [day, month] = [budget("day", 150n), budget("month", 500n)];
    const reservation = await reserved();
    await fixture.ledger.bind(reservation, month);
    await fixture.ledger.bind(reservation, day);
    expect(await fixture.ledger.extend(reservation, 60n)).toBe(false);
    expect([leftOf("day"), leftOf("month"), leftOf("w")]).toEqual([50n, 400n, 900n]);
    expect(await fixture.ledger.extend(reservation, 50n)).toBe(true);
    expect([leftOf("day"), leftOf("month"), leftOf("w")]).toEqual([0n, 350n, 850n]);
    await fixture.settle(reservation, 150n);
    expect([leftOf("day"), leftOf("month"), leftOf("w")]).toEqual([0n, 350n, 850n]);
  });
});

test("a charge whose epoch ended is made anew against the same budgets", async () => {
  const reservation = await reserved();
  await fixture.ledger.bind(reservation, budget("day", 300n));
  // Another life of this node ends this one's epoch.
  await fixture.memory.register();
  const settling = fixture.settle(reservation, 40n);
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  expect(await settling).toMatchObject({ kind: "posted" });
  expect([leftOf("day"), leftOf("w")]).toEqual([260n, 960n]);
  expect(fixture.charges()).toHaveLength(2);
});
