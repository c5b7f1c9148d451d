import { monthOf } from "../base/utc-month.ts";
import type { SoldPlan } from "../core/model.ts";
import { NANOS_PER_CENT, type Nanos } from "../core/money.ts";

const DAY_MS = 86_400_000;
/** Providers draft an invoice for an hour or so: credit lasts until the next is paid. */
const CREDIT_OVERLAP_MS = 6 * 3_600_000;

/** A plan, and for how many members; undefined: for any number. */
export interface Choice {
  readonly planId: string;
  readonly seats: number | undefined;
}

/** Credit that a paid period brings, once for its key. */
export interface CreditDue {
  readonly key: string;
  readonly nanos: Nanos;
  /** Milliseconds since the epoch; undefined: never. */
  readonly expiresAt: number | undefined;
}

/** A share of a period as a fraction. */
interface Part {
  readonly left: bigint;
  readonly of: bigint;
}

export const sameChoice = (one: Choice, other: Choice): boolean =>
  one.planId === other.planId && one.seats === other.seats;

/** Of a whole month. */
export function monthPrice({ monthNanos, seatNanos = 0n }: SoldPlan, seats = 0): Nanos {
  return monthNanos + seatNanos * BigInt(seats);
}

/** Of a whole month: for each seat, or once where the plan has none. */
export function monthCredit({ credit }: SoldPlan, seats = 1): Nanos {
  return (credit?.nanos ?? 0n) * BigInt(seats);
}

/** What is left of a UTC month, the day of `at` included. */
export function restOfMonth(at: number): Part {
  const { startsAt, endsAt } = monthOf(at);
  const days = Math.round((endsAt - startsAt) / DAY_MS);
  return { left: BigInt(days - Math.floor((at - startsAt) / DAY_MS)), of: BigInt(days) };
}

/** A price for a part of its period, in whole cents, half up. */
export function partPrice(nanos: Nanos, { left, of }: Part): Nanos {
  const divisor = of * NANOS_PER_CENT;
  return ((2n * nanos * left + divisor) / (2n * divisor)) * NANOS_PER_CENT;
}

/** Credit for a part of its period, rounded down. */
export const partCredit = (nanos: Nanos, { left, of }: Part): Nanos => (nanos * left) / of;

/** A paid invoice of a subscription; times in milliseconds since the epoch. */
export interface PaidInvoice {
  readonly id: string;
  /** What it paid for. */
  readonly choice: Choice;
  readonly from: number;
  readonly to: number;
  /** It paid for more of a period that was paid before. */
  readonly isChange: boolean;
}

export interface Bought {
  /** What the last one paid for. */
  readonly choice: Choice;
  readonly paidUntil: number;
  readonly credits: readonly CreditDue[];
}

/**
 * What paid invoices, the oldest first, have bought: a function of them alone, so that neither the order in which
 * they are told nor repeats matter. Undefined where nothing was paid.
 * @param soldOf undefined for a plan that is not sold any more: it brings no credit
 */
export function readInvoices(
  walletId: string,
  invoices: readonly PaidInvoice[],
  soldOf: (planId: string) => SoldPlan | undefined,
): Bought | undefined {
  let bought: Bought | undefined;
  let period = { from: 0, to: 0 };
  const creditOf = ({ planId, seats }: Choice) => {
    const sold = soldOf(planId);
    return sold ? monthCredit(sold, seats) : 0n;
  };
  for (const { id, choice, from, to, isChange } of invoices) {
    const whole = creditOf(choice);
    const more = bought && isChange ? whole - creditOf(bought.choice) : whole;
    const length = period.to - period.from;
    const part = { left: BigInt(Math.max(0, period.to - from)), of: BigInt(length) };
    const nanos = isChange && length > 0 ? partCredit(more, part) : more;
    const carries = soldOf(choice.planId)?.credit?.carryOver === true;
    const credit = {
      key: `plan:${walletId}:${id}`,
      nanos,
      expiresAt: carries ? undefined : to + CREDIT_OVERLAP_MS,
    };
    // A change that stands first belongs to a period that is not told any more.
    const isKnown = bought !== undefined || !isChange;
    const credits = [...(bought?.credits ?? []), ...(isKnown && nanos > 0n ? [credit] : [])];
    bought = { choice, paidUntil: Math.max(bought?.paidUntil ?? 0, to), credits };
    if (!isChange) period = { from, to };
  }
  return bought;
}
