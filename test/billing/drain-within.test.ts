import { expect, test } from "bun:test";
import { drainWithin } from "../../src/billing/drain-within.ts";
import { valueNow } from "./gated-store.ts";
import { newLedger } from "./ledger-fixture.ts";

const LIMIT_MS = 5_000;

test("a drain ends when all is known, and otherwise at its limit, also while the store keeps failing", async () => {
  const { gate, grant, ledger, reserve, settle, taken, time } = newLedger();
  await ledger.register();
  const lotId = grant(100n);
  gate.hold("settle");
  void settle(reserve(30n), 20n);

  const late = drainWithin(ledger, LIMIT_MS, time.delay);
  for (let tries = 0; tries < 5; tries++) {
    gate.next("settle").fail();
    time.advance(200);
  }
  expect(valueNow(late)).toBeUndefined();
  time.advance(LIMIT_MS);
  expect(valueNow(late)).toBe(false);
  expect(ledger.running).toBe(1);

  const inTime = drainWithin(ledger, LIMIT_MS, time.delay);
  gate.next("settle").pass();
  expect(valueNow(inTime)).toBe(true);
  expect([ledger.running, taken(lotId)]).toEqual([0, 20n]);
});
