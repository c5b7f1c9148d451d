import { priceUsage } from "../billing/price-usage.ts";
import type { TapState } from "../protocols/protocol.ts";
import { estimateUsage } from "./estimate-usage.ts";
import type { Exchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";

/** How far a stream's hold has been looked after. */
export interface HoldWatch {
  /** Bytes of text at which the cost is looked at next. */
  nextBytes: number;
  /** The wallet had no more, or more is being taken. */
  resting: boolean;
}

const LOOK_EVERY_BYTES = 4_096;

export function newHoldWatch(): HoldWatch {
  return { nextBytes: LOOK_EVERY_BYTES, resting: false };
}

/**
 * Takes more money for an answer that has used four fifths of its hold (LEDGER.md 4): its input was counted
 * too low, or the upstream gives more than its limit. Where the wallet has no more the hold stays, and what
 * is beyond it is the operator's.
 */
export function growHold(
  gateway: Gateway,
  exchange: Exchange,
  tap: TapState,
  bodyBytes: number,
  watch: HoldWatch,
): void {
  if (tap.textBytes < watch.nextBytes || watch.resting) return;
  watch.nextBytes = tap.textBytes + LOOK_EVERY_BYTES;
  const { reservation, price } = exchange;
  if (!reservation || !price) return;
  const usedNanos = priceUsage(price, estimateUsage(tap, bodyBytes).usage);
  if (usedNanos * 5n < reservation.holdNanos * 4n) return;
  const moreNanos = usedNanos + usedNanos / 2n + 1n - reservation.holdNanos;
  // Half as much again as was used: an answer of any length asks seldom.
  const extended = gateway.ledger.extend(reservation, moreNanos);
  if (extended === true) return;
  watch.resting = true;
  if (extended instanceof Promise)
    void extended.then((grown) => {
      watch.resting = !grown;
    });
}
