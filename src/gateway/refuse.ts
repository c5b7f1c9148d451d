import { type GatewayError, toGatewayError } from "../core/errors.ts";
import { inWordsOf, type Listener } from "../protocols/errors/profile.ts";
import { renderError } from "../protocols/errors/render.ts";
import { withMend } from "./client-mends.ts";
import { type AnswerOrigin, type Exchange, idHeaders, requestIdOf } from "./exchange.ts";
import { recordExchange, releaseHold } from "./finish-exchange.ts";
import type { Gateway } from "./gateway.ts";

/** An error as a whole answer in the words of its listener's dialect, or of the operator's documents. */
export function errorResponse(
  { snapshot }: Pick<Gateway, "snapshot">,
  listener: Listener,
  error: GatewayError,
  of: AnswerOrigin,
): Response {
  const said = inWordsOf(snapshot().errors, error, listener);
  const { status, headers, body } = renderError(listener.dialect, said, requestIdOf(of));
  return new Response(body, { status, headers: { ...headers, ...idHeaders(of) } });
}

function listenerOf({ dialect, codec }: Exchange): Listener {
  return { dialect, protocol: codec.id };
}

/** The error as the operator's documents have it for the client of this exchange. */
export function worded({ snapshot }: Gateway, exchange: Exchange, error: GatewayError): GatewayError {
  return inWordsOf(snapshot().errors, error, listenerOf(exchange));
}

/** Ends an exchange that served nothing: the hold is freed, the record written, the client told. */
export function refuse(gateway: Gateway, exchange: Exchange, thrown: unknown): Response {
  return refusalOf(gateway, exchange, thrown).response;
}

/** As `refuse`, with the error in the words of its client, for one that has got its head already. */
export function refusalOf(
  gateway: Gateway,
  exchange: Exchange,
  thrown: unknown,
): { readonly told: GatewayError; readonly response: Response } {
  const error = toGatewayError(thrown);
  if (error.kind === "internal") logInternal(gateway, exchange, error);
  releaseHold(gateway, exchange);
  const { request, peers, head, principal } = exchange;
  const plan = principal && gateway.snapshot().plans.get(principal.planId);
  const allowed = principal?.models ? new Set(principal.models) : plan?.models;
  const told = withMend(gateway, { request, peers, model: head?.model, allowed }, error);
  const response = errorResponse(gateway, listenerOf(exchange), told, exchange);
  for (const [name, value] of Object.entries(exchange.limitHeaders ?? {})) response.headers.set(name, value);
  recordExchange(gateway, exchange, { outcome: "failed", status: response.status, error: error.message });
  return { told: inWordsOf(gateway.snapshot().errors, told, listenerOf(exchange)), response };
}

/** A mistake of our own is for the operator's eyes; the client learns only that there was one. */
export function logInternal(gateway: Gateway, exchange: Exchange, error: GatewayError): void {
  const cause = describe(error.cause);
  gateway.log("error", "a request failed inside Quoin", { request: exchange.id, cause });
}

function describe(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
