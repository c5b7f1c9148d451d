import type { Exchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { sendOrUnseal } from "./sealed-reasoning.ts";
import type { Translation } from "./translate-exchange.ts";
import type { Try } from "./try.ts";

/** Sends a translated request; `stream` may differ from the client's wish. */
export function sendTranslated(
  gateway: Gateway,
  exchange: Exchange,
  { target, abort }: Try,
  { protocol, body, betas }: Translation,
  stream: boolean,
): Promise<Response> {
  const { endpoint, request } = exchange;
  return sendOrUnseal(gateway, exchange, {
    target,
    protocol,
    operation: endpoint.operation,
    stream,
    clientHeaders: request.headers,
    betas,
    body,
    signal: abort.signal,
  });
}
