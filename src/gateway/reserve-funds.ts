import type { ReserveResult } from "../billing/outcomes.ts";
import { inputTokensBound, type QuoteFacts, quote } from "../billing/quote.ts";
import type { Reservation } from "../billing/reservation.ts";
import type { Model } from "../core/model.ts";
import type { Price } from "../core/price.ts";
import type { Principal } from "../core/principal.ts";
import type { MostUsed, RequestHead } from "../core/request-head.ts";
import { readsUnseen, searchesMax } from "../protocols/unseen-input.ts";
import { bindBudgets } from "./bind-budgets.ts";
import type { Exchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { type Asking, reserveLess, unavailable } from "./reserve-less.ts";

/** Beside text: each of its texts may fill a context. */
function boundBeside(head: RequestHead, model: Model, price: Price, most: MostUsed): QuoteFacts {
  const outputTokensMax = Math.min(head.outputTokensMax ?? model.outputTokensMax, model.outputTokensMax);
  return {
    ...most,
    price,
    contextTokens: model.contextTokens * head.choices,
    outputTokensMax,
    choices: head.choices,
  };
}

/** In tokens; what nobody sees here may fill the context window. */
function mostInput(exchange: Exchange, head: RequestHead, contextTokens: number): number {
  // A conversation that the vendor keeps.
  if (head.previousId !== undefined && exchange.ownInput === undefined) return contextTokens;
  const seen = inputTokensBound(exchange.bytes.length);
  return seen < contextTokens && readsUnseen(exchange.codec.id, head.body) ? contextTokens : seen;
}

/** LEDGER.md 4 (a): what a request may cost at the very most. */
function boundOf(exchange: Exchange, head: RequestHead, model: Model, price: Price): QuoteFacts {
  const { contextTokens } = model;
  if (head.most) return boundBeside(head, model, price, head.most);
  return {
    price,
    inputTokens: mostInput(exchange, head, contextTokens),
    contextTokens,
    outputTokensMax: head.outputTokensMax ?? model.outputTokensMax,
    choices: head.choices,
    searches: searchesMax(exchange.codec.id, head.body),
  };
}

/**
 * Sets aside the most that the request may cost; at once where this node's lease has the money. Where it
 * has not, the input is counted, and the output limit lowered to what is left.
 * @throws GatewayError `insufficient_funds` when the balance pays for nothing, `funds_held`, `unavailable`.
 */
export function reserveFunds(
  gateway: Gateway,
  exchange: Exchange,
  principal: Principal,
  head: RequestHead,
): Reservation | Promise<Reservation> {
  const { model, price } = exchange;
  if (!model || !price) throw new Error("funds are reserved for a model with its price");
  const bound = boundOf(exchange, head, model, price);
  const asking: Asking = { gateway, exchange, principal, head, bound };
  const reserved = gateway.ledger.reserve(principal.walletId, exchange.id, quote(bound));
  if (!(reserved instanceof Promise) && reserved.kind === "reserved")
    return withBudgets(asking, reserved.reservation);
  return afterwards(asking, reserved);
}

/** What cannot be counted against every budget is not held either. */
function withBudgets(asking: Asking, reservation: Reservation): Reservation | Promise<Reservation> {
  const binding = bindBudgets(asking, reservation);
  if (!binding) return reservation;
  return binding.then(
    () => reservation,
    (fault) => {
      asking.gateway.ledger.release(reservation);
      throw fault;
    },
  );
}

async function afterwards(
  asking: Asking,
  reserved: ReserveResult | Promise<ReserveResult>,
): Promise<Reservation> {
  const result = await reserved;
  if (result.kind === "reserved") return await withBudgets(asking, result.reservation);
  if (result.kind === "unavailable") throw unavailable(result.cause);
  return await withBudgets(asking, await reserveLess(asking));
}
