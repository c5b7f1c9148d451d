import { beforeEach, describe, expect, test } from "bun:test";
import { valueNow } from "./gated-store.ts";
import { newLedger } from "./ledger-fixture.ts";

describe("money that expires while it is leased", () => {
  let { time, memory, ledger, grant, ask, reserve, settle, taken } = newLedger();
  beforeEach(async () => {
    ({ time, memory, ledger, grant, ask, reserve, settle, taken } = newLedger());
    await ledger.register();
  });

  test("is not reserved any more from that moment on", () => {
    grant(100n, 1_000);
    expect(reserve(10n).legs).toHaveLength(1);
    time.advance(999);
    reserve(10n);
    time.advance(1);
    expect(valueNow(ask(10n))).toEqual({ kind: "insufficient", balanceNanos: 0n });
  });

  test("gives way to money that does not", () => {
    const monthly = grant(100n, 1_000);
    const bought = grant(50n);
    expect(reserve(100n).legs.map(({ slice }) => slice.lotId)).toEqual([monthly]);
    time.advance(1_000);
    expect(reserve(50n).legs.map(({ slice }) => slice.lotId)).toEqual([bought]);
    expect(valueNow(ask(1n))).toEqual({ kind: "held", balanceNanos: 50n });
  });

  test("pays for what had reserved it before, then goes to the operator", async () => {
    const lot = grant(100n, 1_000);
    const running = reserve(60n);
    time.advance(1_000);
    await ledger.sweep();
    expect(memory.expire()).toBe(40n);
    expect(await settle(running, 25n)).toEqual({ kind: "posted", amountNanos: 25n });
    await ledger.sweep();
    expect(memory.expire()).toBe(35n);
    expect(memory.expire()).toBe(0n);
    expect(taken(lot)).toBe(100n);
    expect(memory.balanceNanos("w")).toBe(0n);
  });

  test("goes back at the next sweep although its wallet is in use", async () => {
    const lot = grant(100n, 1_000);
    grant(100n);
    reserve(110n);
    time.advance(1_000);
    await ledger.sweep();
    expect(taken(lot)).toBe(100n);
    expect(memory.expire()).toBe(0n);
  });
});
