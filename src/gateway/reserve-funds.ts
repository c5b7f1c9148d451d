import type { ReserveResult } from "../billing/outcomes.ts";
import { quote } from "../billing/quote.ts";
import type { Reservation } from "../billing/reservation.ts";
import { GatewayError } from "../core/errors.ts";
import type { Model } from "../core/model.ts";
import { formatUsd, type Nanos } from "../core/money.ts";
import type { Principal } from "../core/principal.ts";
import type { RequestHead } from "../core/request-head.ts";
import type { Exchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";

/** When running requests hold the money, some of it is usually free again this soon. */
const HELD_RETRY_MS = 2_000;

function insufficient(balanceNanos: bigint, holdNanos: bigint): GatewayError {
  const message = `Your balance of $${formatUsd(balanceNanos)} does not cover this request, which may cost up to $${formatUsd(holdNanos)}; top up, or lower its output limit.`;
  return new GatewayError("insufficient_funds", message);
}

function held(balanceNanos: bigint): GatewayError {
  const message = `Your running requests hold your balance of $${formatUsd(balanceNanos)}; wait for one to finish, or top up.`;
  return new GatewayError("funds_held", message, { retryAfterMs: HELD_RETRY_MS });
}

function quoteOf(model: Model, bodyBytes: number, head: RequestHead): Nanos {
  return quote({
    price: model.price,
    bodyBytes,
    contextTokens: model.contextTokens,
    outputTokensMax: head.outputTokensMax ?? model.outputTokensMax,
    choices: head.choices,
  });
}

function reservationOf(result: ReserveResult, holdNanos: Nanos): Reservation {
  switch (result.kind) {
    case "reserved":
      return result.reservation;
    case "insufficient":
      throw insufficient(result.balanceNanos, holdNanos);
    case "held":
      throw held(result.balanceNanos);
    case "unavailable":
      throw new GatewayError("unavailable", "The ledger is out of reach; try again in a moment.", {
        retryAfterMs: 1_000,
        cause: result.cause,
      });
  }
}

/**
 * Sets aside the most that the request may cost; at once where this node's lease has the money.
 * @throws GatewayError `insufficient_funds`, `funds_held`, `unavailable`.
 */
export function reserveFunds(
  gateway: Gateway,
  exchange: Exchange,
  principal: Principal,
  model: Model,
  head: RequestHead,
): Reservation | Promise<Reservation> {
  const holdNanos = quoteOf(model, exchange.bytes.length, head);
  const reserved = gateway.ledger.reserve(principal.walletId, exchange.id, holdNanos);
  return reserved instanceof Promise
    ? reserved.then((result) => reservationOf(result, holdNanos))
    : reservationOf(reserved, holdNanos);
}
