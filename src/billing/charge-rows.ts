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
  /** The upstream's report cannot be true: the operator confirms the charge, or refunds it. */
  readonly doubtful?: boolean | undefined;
}

/**
 * One row per leg; the first carries what the hold did not cover, as the operator's shortfall. Legs of other
 * wallets than the first's are budgets: what was spent of them, which is no money.
 */
export function chargeRows(reservation: Reservation, settlement: Settlement, at: number): ChargeRow[] {
  const rows = moneyRows(reservation, settlement, at);
  if (reservation.budgets.length > 0) addBudgetRows(rows, reservation, settlement, at);
  return rows;
}

function addBudgetRows(
  rows: ChargeRow[],
  { budgets, holdNanos }: Reservation,
  settlement: Settlement,
  at: number,
): void {
  const amountNanos = lesser(settlement.pricedNanos, holdNanos);
  if (amountNanos === 0n) return;
  let leg = (rows.at(-1)?.leg ?? 0) + 1;
  for (const budget of budgets) {
    for (const row of moneyRows(budget, { ...settlement, pricedNanos: amountNanos }, at)) {
      if (row.amountNanos === 0n) continue;
      rows.push({ ...row, leg, usage: NO_USAGE, answer: undefined });
      leg++;
    }
  }
}

/** The rows of a charge that are money: those of the wallet that pays, which leg 0 names. */
export function moneyOf<Row extends { readonly leg: number; readonly walletId: string }>(
  rows: readonly Row[],
): readonly Row[] {
  if (rows.length === 1) return rows;
  const payer = rows.find(({ leg }) => leg === 0)?.walletId;
  return rows.filter(({ walletId }) => walletId === payer);
}

function moneyRows(reservation: Reservation, settlement: Settlement, at: number): ChargeRow[] {
  const { legs, holdNanos } = reservation;
  const { pricedNanos } = settlement;
  const amountNanos = lesser(pricedNanos, holdNanos);
  const [only] = legs;
  if (!only) return [legRow(reservation, settlement, at, 0, null, 0n, pricedNanos)];
  if (legs.length === 1) {
    return [legRow(reservation, settlement, at, 0, only.slice.lotId, amountNanos, pricedNanos)];
  }
  const shortfall = pricedNanos - amountNanos;
  const amounts = splitAmount(legs, amountNanos);
  return legs.flatMap(({ slice }, leg) => {
    const amount = amounts[leg] ?? 0n;
    if (leg > 0 && amount === 0n) return [];
    const priced = leg === 0 ? amount + shortfall : amount;
    return [legRow(reservation, settlement, at, leg, slice.lotId, amount, priced)];
  });
}

function legRow(
  { requestId, walletId, epoch }: Reservation,
  { priceVersion, usage, answer, doubtful }: Settlement,
  at: number,
  leg: number,
  lotId: string | null,
  amountNanos: Nanos,
  pricedNanos: Nanos,
): ChargeRow {
  return {
    requestId,
    leg,
    state: doubtful ? "quarantined" : "posted",
    walletId,
    epoch,
    lotId,
    amountNanos,
    pricedNanos,
    priceVersion,
    usage: leg === 0 ? usage : NO_USAGE,
    at,
    answer: leg === 0 ? answer : undefined,
  };
}

/** What rows charge for, to make them anew under another reservation. */
export function settlementOf(rows: readonly ChargeRow[]): Settlement {
  const [first] = rows;
  if (!first) throw new Error("a charge without rows");
  const pricedNanos = moneyOf(rows).reduce((sum, row) => sum + row.pricedNanos, 0n);
  const { priceVersion, usage, answer, state } = first;
  return { pricedNanos, priceVersion, usage, answer, doubtful: state === "quarantined" };
}

/** The tombstone of a charge that was given up, from its first row: it keeps a delayed write from posting later. */
export function voidRow(first: ChargeRow): ChargeRow {
  const nothing = { lotId: null, amountNanos: 0n, pricedNanos: 0n, usage: NO_USAGE, answer: undefined };
  return { ...first, state: "void", ...nothing };
}
