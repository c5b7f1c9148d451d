import { Ledger } from "../../src/billing/ledger.ts";
import type { ReserveResult } from "../../src/billing/outcomes.ts";
import type { Reservation } from "../../src/billing/reservation.ts";
import type { Nanos } from "../../src/core/money.ts";
import { NO_USAGE } from "../../src/core/usage.ts";
import { openMemoryLedger } from "../../src/storage/memory/ledger-store.ts";
import { gatedStore, manualTime, valueNow } from "./gated-store.ts";

export const IDLE_MS = 10_000;

/** A ledger that is not registered yet, over a store in memory behind a gate, with one wallet `w`. */
export function newLedger() {
  const time = manualTime();
  const memory = openMemoryLedger(time.clock);
  memory.addWallet("w");
  const gate = gatedStore(memory);
  const faults: string[] = [];
  const ledger = new Ledger({
    store: gate.store,
    clock: time.clock,
    settleWaitMs: 5_000,
    idleMs: IDLE_MS,
    groupMs: 0,
    retryMs: 200,
    delay: time.delay,
    onFault: (message) => faults.push(message),
  });
  let requests = 0;

  /** Answers the new lot's id. */
  function grant(nanos: bigint, expiresInMs?: number): string {
    const expiresAt = expiresInMs === undefined ? null : time.clock.now() + expiresInMs;
    const grantKey = `grant:${memory.tables.lots.rows.size}`;
    memory.grant({ walletId: "w", source: "top-up", nanos, expiresAt, spendRank: 0, grantKey });
    return memory.tables.grantKeys.get(grantKey) ?? "";
  }

  function ask(holdNanos: bigint): ReserveResult | Promise<ReserveResult> {
    return ledger.reserve("w", `r${requests++}`, holdNanos);
  }

  /** @throws when it is refused, or needs a call that is held. */
  function reserve(holdNanos: bigint): Reservation {
    const result = valueNow(ask(holdNanos));
    if (result?.kind !== "reserved") throw new Error(`not reserved but ${result?.kind}`);
    return result.reservation;
  }

  function settle(reservation: Reservation, pricedNanos: Nanos) {
    return ledger.settle(reservation, { pricedNanos, priceVersion: 1, usage: NO_USAGE });
  }

  function charges() {
    return [...memory.tables.charges.rows.values()];
  }

  function charged(): bigint {
    return charges().reduce((sum, row) => sum + row.amountNanos, 0n);
  }

  function taken(lotId: string): bigint | undefined {
    return memory.tables.lots.get(lotId)?.takenNanos;
  }

  return { time, memory, gate, faults, ledger, grant, ask, reserve, settle, charges, charged, taken };
}
