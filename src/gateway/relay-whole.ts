import { asObject, type JsonObject } from "../core/json.ts";
import { NO_USAGE } from "../core/usage.ts";
import { newTapState } from "../protocols/protocol.ts";
import { answerHeaders, shownModel } from "./answer-headers.ts";
import { meterUsage } from "./estimate-usage.ts";
import type { Exchange } from "./exchange.ts";
import { chargeExchange, recordExchange, releaseHold } from "./finish-exchange.ts";
import type { Gateway } from "./gateway.ts";
import type { UpstreamAnswer } from "./open-answer.ts";
import { renameModel } from "./rename-model.ts";

const decoder = new TextDecoder();

/** Undefined for a body that is not a JSON object; it is relayed all the same. */
function parseAnswer(bytes: Uint8Array): JsonObject | undefined {
  try {
    return asObject(JSON.parse(decoder.decode(bytes)));
  } catch {
    // An upstream's answer that is no JSON carries no usage; the estimate stands in for it.
    return undefined;
  }
}

/** The upstream's word on the client's own request (400, 404, …): passed on, charged nothing. */
function relayRefusal(
  gateway: Gateway,
  exchange: Exchange,
  answer: UpstreamAnswer,
  whole: Uint8Array,
): Response {
  releaseHold(gateway, exchange);
  recordExchange(gateway, exchange, {
    outcome: "failed",
    status: answer.status,
    error: "refused by the upstream",
  });
  const headers = { ...answerHeaders(exchange, answer), "x-should-retry": "false" };
  return new Response(whole, { status: answer.status, headers });
}

/** Charges a whole answer, durably, and then hands it out. */
export async function relayWhole(
  gateway: Gateway,
  exchange: Exchange,
  answer: UpstreamAnswer,
): Promise<Response> {
  const whole = answer.whole ?? new Uint8Array(0);
  if (answer.status >= 400) return relayRefusal(gateway, exchange, answer, whole);
  const tap = newTapState(true, NO_USAGE);
  const parsed = parseAnswer(whole);
  const counting = exchange.endpoint.operation === "count-tokens";
  if (parsed && !counting) exchange.codec.tap.readWhole(tap, parsed);
  const metered = counting
    ? { usage: NO_USAGE, source: "none" as const }
    : meterUsage(tap, exchange.bytes.length);
  const chargeNanos = await chargeExchange(gateway, exchange, metered);
  rememberAnswer(gateway, exchange, tap.answerId);
  recordExchange(gateway, exchange, {
    outcome: "finished",
    status: answer.status,
    metered,
    chargeNanos,
    answerId: tap.answerId,
  });
  const shown = renameModel(whole, shownModel(exchange, answer), exchange.codec.modelPaths);
  return new Response(shown, { status: answer.status, headers: answerHeaders(exchange, answer) });
}

/** Later requests of this account may build on this answer (Responses). */
export function rememberAnswer(gateway: Gateway, exchange: Exchange, answerId: string): void {
  if (exchange.codec.id !== "openai-responses" || answerId === "" || !exchange.principal) return;
  gateway.answers.remember(answerId, exchange.principal.accountId);
}
