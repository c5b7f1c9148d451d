import type { Nanos } from "../core/money.ts";

/** This node's share of one lot, and what of it is spent and promised. */
export interface Slice {
  readonly lotId: string;
  /** Of this node's monotonic clock: from then on nothing is reserved of it; undefined: it does not expire. */
  usableUntilMs?: number | undefined;
  /** Leased and not given back. */
  granted: Nanos;
  spent: Nanos;
  reserved: Nanos;
}

export interface Leg {
  readonly slice: Slice;
  /** Grows when the reservation is extended. */
  holdNanos: Nanos;
}

/** reserved → settling → posted | void, or reserved → released; never back. */
export type ReservationState = "reserved" | "settling" | "posted" | "void" | "released";

/** Money promised to one running request, inside this node's leases. */
export interface Reservation {
  readonly requestId: string;
  readonly walletId: string;
  readonly epoch: number;
  /** At most one for each slice. */
  readonly legs: Leg[];
  holdNanos: Nanos;
  state: ReservationState;
  /** What it may spend of budgets; each holds as much as the reservation itself. */
  readonly budgets: Reservation[];
}

export function lesser(a: Nanos, b: Nanos): Nanos {
  return a < b ? a : b;
}

export function freeOf(slice: Slice): Nanos {
  return slice.granted - slice.spent - slice.reserved;
}

function hasExpired({ usableUntilMs }: Slice, nowMs: number): boolean {
  return usableUntilMs !== undefined && usableUntilMs <= nowMs;
}

/** The slices of which may still be reserved; the same list where that is all of them. */
export function unexpired(slices: Slice[], nowMs: number): Slice[] {
  return slices.some((slice) => hasExpired(slice, nowMs))
    ? slices.filter((slice) => !hasExpired(slice, nowMs))
    : slices;
}

/** What may still be reserved. */
export function freeIn(slices: Slice[], nowMs: number): Nanos {
  return unexpired(slices, nowMs).reduce((sum, slice) => sum + freeOf(slice), 0n);
}

/** What may still be spent, by running requests or later ones. */
export function unspentIn(slices: Slice[], nowMs: number): Nanos {
  return unexpired(slices, nowMs).reduce((sum, slice) => sum + slice.granted - slice.spent, 0n);
}

/** Takes `needNanos` out of the unexpired slices in their order, or returns undefined and takes nothing. */
export function takeLegs(slices: readonly Slice[], needNanos: Nanos, nowMs: number): Leg[] | undefined {
  const legs: Leg[] = [];
  let missing = needNanos;
  for (const slice of slices) {
    if (missing === 0n) break;
    const free = freeOf(slice);
    if (free <= 0n || hasExpired(slice, nowMs)) continue;
    const holdNanos = lesser(free, missing);
    legs.push({ slice, holdNanos });
    missing -= holdNanos;
  }
  if (missing > 0n) return undefined;
  for (const leg of legs) leg.slice.reserved += leg.holdNanos;
  return legs;
}

/** Takes `moreNanos` for a running request, or takes nothing and answers false. */
export function growLegs(
  reservation: Reservation,
  slices: readonly Slice[],
  moreNanos: Nanos,
  nowMs: number,
): boolean {
  const more = takeLegs(slices, moreNanos, nowMs);
  if (!more) return false;
  for (const leg of more) {
    const known = reservation.legs.find(({ slice }) => slice === leg.slice);
    if (known) known.holdNanos += leg.holdNanos;
    else reservation.legs.push(leg);
  }
  reservation.holdNanos += moreNanos;
  return true;
}

/** Gives back what is held beyond `toNanos`, of the legs that were taken last first. */
export function shrinkLegs(reservation: Reservation, toNanos: Nanos): void {
  let beyond = reservation.holdNanos - toNanos;
  for (const leg of reservation.legs.toReversed()) {
    if (beyond <= 0n) return;
    const part = lesser(leg.holdNanos, beyond);
    leg.holdNanos -= part;
    leg.slice.reserved -= part;
    reservation.holdNanos -= part;
    beyond -= part;
  }
}

/** A reservation and what it holds of budgets. */
export function partsOf(reservation: Reservation): readonly Reservation[] {
  return reservation.budgets.length === 0 ? [reservation] : [reservation, ...reservation.budgets];
}

/** The amount over the legs: each takes up to its hold, in order. */
export function splitAmount(legs: readonly Leg[], amountNanos: Nanos): Nanos[] {
  let rest = amountNanos;
  return legs.map(({ holdNanos }) => {
    const part = lesser(rest, holdNanos);
    rest -= part;
    return part;
  });
}
