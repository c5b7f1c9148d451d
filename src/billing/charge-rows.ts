import type { Nanos } from "../core/money.ts";
import type { KeptAnswer } from "../core/request-record.ts";
import { NO_USAGE, type Usage } from "../core/usage.ts";
import { lesser, type Reservation, splitAmount } from "./reservation.ts";
import type { ChargeRow } from "./store.ts";

export interface Settlement {
  /** What the usage costs; the charge is at most the hold. */
  readonly pricedNanos: Nanos;
  readonly priceVersion: number;
  readonly usage: Usage;
  readonly answer?: KeptAnswer | undefined;
}

/** One row per leg; the first carries what the hold did not cover, as the operator's shortfall. */
export function chargeRows(reservation: Reservation, settlement: Settlement, at: number): ChargeRow[] {
  const { requestId, walletId, epoch, legs, holdNanos } = reservation;
  const { pricedNanos, priceVersion, usage, answer } = settlement;
  const amountNanos = lesser(pricedNanos, holdNanos);
  const shortfall = pricedNanos - amountNanos;
  const base = {
    requestId,
    state: "posted" as const,
    walletId,
    epoch,
    priceVersion,
    at,
  };
  if (legs.length === 0) {
    return [{ ...base, leg: 0, lotId: null, amountNanos: 0n, pricedNanos, usage, answer }];
  }
  const amounts = splitAmount(legs, amountNanos);
  return legs.flatMap(({ slice }, leg) => {
    const amount = amounts[leg] ?? 0n;
    if (leg > 0 && amount === 0n) return [];
    return [
      {
        ...base,
        leg,
        lotId: slice.lotId,
        amountNanos: amount,
        pricedNanos: leg === 0 ? amount + shortfall : amount,
        usage: leg === 0 ? usage : NO_USAGE,
        answer: leg === 0 ? answer : undefined,
      },
    ];
  });
}

/** The tombstone of a charge that was given up: it keeps a delayed write from posting later. */
export function voidRow(reservation: Reservation, settlement: Settlement, at: number): ChargeRow {
  return {
    requestId: reservation.requestId,
    leg: 0,
    state: "void",
    walletId: reservation.walletId,
    epoch: reservation.epoch,
    lotId: null,
    amountNanos: 0n,
    pricedNanos: 0n,
    priceVersion: settlement.priceVersion,
    usage: NO_USAGE,
    at,
  };
}
