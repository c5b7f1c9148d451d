import type { Nanos } from "../core/money.ts";

/** This node's share of one lot, and what of it is spent and promised. */
export interface Slice {
  readonly lotId: string;
  /** Leased and not given back. */
  granted: Nanos;
  spent: Nanos;
  reserved: Nanos;
}

export interface Leg {
  readonly slice: Slice;
  readonly holdNanos: Nanos;
}

/** reserved → settling → posted | void, or reserved → released; never back. */
export type ReservationState = "reserved" | "settling" | "posted" | "void" | "released";

/** Money promised to one running request, inside this node's leases. */
export interface Reservation {
  readonly requestId: string;
  readonly walletId: string;
  readonly epoch: number;
  readonly legs: readonly Leg[];
  readonly holdNanos: Nanos;
  state: ReservationState;
}

export function lesser(a: Nanos, b: Nanos): Nanos {
  return a < b ? a : b;
}

export function freeOf(slice: Slice): Nanos {
  return slice.granted - slice.spent - slice.reserved;
}

/** Takes `needNanos` out of the slices in their order, or returns undefined and takes nothing. */
export function takeLegs(slices: readonly Slice[], needNanos: Nanos): Leg[] | undefined {
  const legs: Leg[] = [];
  let missing = needNanos;
  for (const slice of slices) {
    if (missing === 0n) break;
    const free = freeOf(slice);
    if (free <= 0n) continue;
    const holdNanos = lesser(free, missing);
    legs.push({ slice, holdNanos });
    missing -= holdNanos;
  }
  if (missing > 0n) return undefined;
  for (const leg of legs) leg.slice.reserved += leg.holdNanos;
  return legs;
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
