import { priceUsage } from "../billing/price-usage.ts";
import type { Reservation } from "../billing/reservation.ts";
import { inputTokensOf, NO_USAGE, type Usage } from "../core/usage.ts";
import type { TapState } from "../protocols/protocol.ts";
import type { AnswerFilter } from "./answer-filter.ts";
import { estimateUsage, OUTPUT_BYTES_PER_TOKEN } from "./estimate-usage.ts";
import type { Exchange } from "./exchange.ts";
import { believed } from "./fair-charge.ts";
import type { Gateway } from "./gateway.ts";

/** How far a stream's hold has been looked after. */
export interface HoldWatch {
  /** Bytes of text at which the cost is looked at next. */
  nextBytes: number;
  /** asking: more is being taken · spent: there is no more. */
  state: "enough" | "asking" | "spent";
}

const LOOK_EVERY_BYTES = 4_096;
/** Once there is no more. */
const LOOK_AGAIN_BYTES = 256;

export function newHoldWatch(): HoldWatch {
  return { nextBytes: LOOK_EVERY_BYTES, state: "enough" };
}

/** What an answer has certainly used: input only where it is reported, output by its text. */
function certainUsage({ usage, textBytes }: TapState): Usage {
  const known = inputTokensOf(usage) > 0 ? usage : NO_USAGE;
  const relayed = Math.floor(textBytes / OUTPUT_BYTES_PER_TOKEN);
  return { ...known, output: Math.max(known.output, relayed - known.reasoning) };
}

function askMore(gateway: Gateway, reservation: Reservation, moreNanos: bigint, watch: HoldWatch): void {
  const extended = gateway.ledger.extend(reservation, moreNanos);
  if (extended === true) return;
  watch.state = extended === false ? "spent" : "asking";
  if (extended !== false)
    void extended.then((grown) => {
      watch.state = grown ? "enough" : "spent";
    });
}

/**
 * Takes more money for an answer that has used four fifths of its hold (LEDGER.md 4): its input was counted
 * too low, or the upstream gives more than its limit. True when there is no more, and the answer has certainly
 * used all that is held: what it would still cost is nobody's to pay.
 */
function growHold(
  gateway: Gateway,
  exchange: Exchange,
  tap: TapState,
  bodyBytes: number,
  watch: HoldWatch,
): boolean {
  if (tap.textBytes < watch.nextBytes || watch.state === "asking") return false;
  const { reservation, price } = exchange;
  if (!reservation || !price) return false;
  const known = believed(tap, exchange);
  watch.nextBytes = tap.textBytes + (watch.state === "spent" ? LOOK_AGAIN_BYTES : LOOK_EVERY_BYTES);
  if (watch.state === "spent") return priceUsage(price, certainUsage(known)) >= reservation.holdNanos;
  const usedNanos = priceUsage(price, estimateUsage(known, bodyBytes).usage);
  if (usedNanos * 5n < reservation.holdNanos * 4n) return false;
  // Half as much again as was used: an answer of any length asks seldom.
  askMore(gateway, reservation, usedNanos + usedNanos / 2n + 1n - reservation.holdNanos, watch);
  return false;
}

/** Looks after a stream's hold; where all is spent, the answer ends as at an output limit, charged what is held. */
export function watchHold(
  gateway: Gateway,
  exchange: Exchange,
  filter: AnswerFilter,
  bodyBytes: number,
  watch: HoldWatch,
): void {
  const { tap } = filter;
  if (!growHold(gateway, exchange, tap, bodyBytes, watch)) return;
  const known = believed(tap, exchange);
  const { usage } = estimateUsage(known, bodyBytes);
  if (!filter.endAtLimit(usage)) return;
  // A report that cannot be true stays, for the charge to be doubted.
  if (known === tap) tap.usage = usage;
  tap.source = "none";
  exchange.notes.push("ended at its output limit: neither the hold nor the balance paid for more");
}
