import type { Protocol } from "../core/protocol.ts";
import type { RequestHead } from "../core/request-head.ts";
import { classifyAnswer, classifyFault, type Refusal } from "./classify-answer.ts";
import type { Exchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import type { UpstreamAnswer } from "./open-answer.ts";
import { openTranslated } from "./open-translated.ts";
import { type Translation, translateExchange } from "./translate-exchange.ts";
import type { Try } from "./try.ts";

/** Sends a translated request; `stream` may differ from the client's wish. */
export function sendTranslated(
  gateway: Gateway,
  { endpoint, request }: Exchange,
  { target, abort }: Try,
  { protocol, body, betas }: Translation,
  stream: boolean,
): Promise<Response> {
  return gateway.send({
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

/** Asks a target in another protocol, or in the client's own where its bytes must not pass as they are. */
export async function translateTo(
  gateway: Gateway,
  exchange: Exchange,
  head: RequestHead,
  attempt: Try,
  protocol: Protocol,
): Promise<UpstreamAnswer | Refusal> {
  const translation = await translateExchange(gateway, exchange, head, { target: attempt.target, protocol });
  try {
    const response = await sendTranslated(gateway, exchange, attempt, translation, head.stream);
    const refusal = classifyAnswer(response);
    return refusal ?? (await openTranslated(gateway, exchange, attempt, response, translation));
  } catch (fault) {
    return classifyFault(fault, attempt);
  }
}
