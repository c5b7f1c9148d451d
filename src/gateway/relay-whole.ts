import { GatewayError } from "../core/errors.ts";
import { asObject, type JsonObject } from "../core/json.ts";
import { isSide } from "../core/protocol.ts";
import type { KeptAnswer } from "../core/request-record.ts";
import { NO_USAGE } from "../core/usage.ts";
import { REQUESTS_OWN } from "../protocols/errors/of-upstream.ts";
import { newTapState, type TapState } from "../protocols/protocol.ts";
import { parseObject } from "../protocols/read-json.ts";
import { TRANSLATORS } from "../translation/translators.ts";
import { answerHeaders, shownModel } from "./answer-headers.ts";
import { chargeOf } from "./charge-of.ts";
import { textBytesOf } from "./estimate-input.ts";
import type { Exchange } from "./exchange.ts";
import { type FairCharge, needsText } from "./fair-charge.ts";
import { chargeExchange, keptAnswer, recordExchange, releaseHold } from "./finish-exchange.ts";
import type { Gateway } from "./gateway.ts";
import { capture } from "./keep-transcript.ts";
import { keepResponse } from "./kept-responses.ts";
import { keepAnswerSignatures } from "./kept-signatures.ts";
import type { UpstreamAnswer } from "./open-answer.ts";
import { refuse, worded } from "./refuse.ts";
import { renameModel } from "./rename-model.ts";

const QUOTED_LENGTH_MAX = 500;

/** What an upstream says of a request in words that are not its protocol's. */
function wordsOf(whole: Uint8Array, parsed: JsonObject | undefined): string {
  const said = [asObject(parsed?.error)?.message, parsed?.error, parsed?.message, parsed?.detail].find(
    (text) => typeof text === "string",
  );
  const text =
    typeof said === "string" ? said : new TextDecoder().decode(whole.subarray(0, QUOTED_LENGTH_MAX));
  return text.slice(0, QUOTED_LENGTH_MAX).trim();
}

/** The dialect's own kind for a refusal that came in other words. */
function kindOf(status: number): "model_not_found" | "too_large" | "bad_request" {
  if (status === 404) return "model_not_found";
  return status === 413 ? "too_large" : "bad_request";
}

const SPOKEN_AS = { openai: "openai-chat", gemini: "gemini", anthropic: "anthropic-messages" } as const;

/** What the upstream found wrong, in its own words; of which kind, as far as its protocol is read here. */
export function refusalIn(
  exchange: Exchange,
  { status, parsed }: UpstreamAnswer,
  whole: Uint8Array,
): GatewayError {
  const said = wordsOf(whole, parsed);
  // Beside text OpenAI's errors are those of chat, Google's those of generateContent.
  const protocol = isSide(exchange.codec.id) ? SPOKEN_AS[exchange.dialect] : exchange.codec.id;
  const read = TRANSLATORS[protocol].upstream?.decodeError(status, parsed, said);
  const kind = read && REQUESTS_OWN.has(read.kind) ? read.kind : kindOf(status);
  const message = said === "" ? `The upstream of this model refused the request (status ${status}).` : said;
  return new GatewayError(kind, message, read?.param === undefined ? {} : { param: read.param });
}

/** An upstream's refusal where the operator's documents have it in other words for this client. */
function inOwnWords(
  gateway: Gateway,
  exchange: Exchange,
  answer: UpstreamAnswer,
  whole: Uint8Array,
): GatewayError | undefined {
  if (Object.keys(gateway.snapshot().errors).length === 0) return undefined;
  const error = refusalIn(exchange, answer, whole);
  return worded(gateway, exchange, error) === error ? undefined : error;
}

/** The upstream's word on the client's own request (400, 404, …): passed on, charged nothing. */
function relayRefusal(
  gateway: Gateway,
  exchange: Exchange,
  answer: UpstreamAnswer,
  whole: Uint8Array,
): Response {
  // Every dialect has its error under this name; what has not is put into the client's words.
  if (!asObject(answer.parsed?.error)) {
    const message = `The upstream of this model refused the request (status ${answer.status}): ${wordsOf(whole, answer.parsed)}`;
    return refuse(gateway, exchange, new GatewayError(kindOf(answer.status), message));
  }
  const error = inOwnWords(gateway, exchange, answer, whole);
  if (error) return refuse(gateway, exchange, error);
  releaseHold(gateway, exchange);
  recordExchange(gateway, exchange, {
    outcome: "failed",
    status: answer.status,
    error: "refused by the upstream",
  });
  const headers = { ...answerHeaders(exchange, answer), "x-should-retry": "false" };
  return new Response(whole, { status: answer.status, headers });
}

function tapOf(
  exchange: Exchange,
  { parsed, rewrite }: UpstreamAnswer,
  whole: Uint8Array,
  counting: boolean,
): TapState {
  const tap = newTapState(true, NO_USAGE);
  if (counting) return tap;
  if (parsed) (rewrite?.tap ?? exchange.codec.tap).readWhole(tap, parsed);
  if (isSide(exchange.codec.id)) return tap;
  // Without a report the output is estimated from what it looks like.
  if (needsText(tap, exchange)) exchange.codec.tap.glance(tap, whole);
  return tap;
}

const UNCHARGED: FairCharge = { metered: { usage: NO_USAGE, source: "none" }, free: true };

function shownBody(
  exchange: Exchange,
  answer: UpstreamAnswer,
  whole: Uint8Array,
  { metered }: FairCharge,
): Uint8Array {
  if (answer.translation) return whole;
  if (answer.rewrite) return answer.rewrite.write(metered.usage);
  return renameModel(whole, shownModel(exchange, answer), exchange.codec.modelPaths);
}

/** Charges a whole answer, durably, and then hands it out. */
export async function relayWhole(
  gateway: Gateway,
  exchange: Exchange,
  answer: UpstreamAnswer,
): Promise<Response> {
  const whole = answer.whole ?? new Uint8Array(0);
  if (answer.status >= 400) return relayRefusal(gateway, exchange, answer, whole);
  const counting = exchange.endpoint.operation === "count-tokens";
  const tap = answer.translation?.translator.tap ?? tapOf(exchange, answer, whole, counting);
  const textBytes = () => textBytesOf(exchange.bytes, exchange.head?.body);
  const fair = counting ? UNCHARGED : await chargeOf(exchange, tap, textBytes);
  const kept = answer.translation ? undefined : keptAnswer(exchange, tap.answerId);
  const chargeNanos = await chargeExchange(gateway, exchange, fair, kept);
  rememberAnswer(gateway, exchange, kept);
  recordExchange(gateway, exchange, {
    outcome: "finished",
    status: answer.status,
    metered: fair.metered,
    chargeNanos,
    answerId: tap.answerId,
  });
  const shown = shownBody(exchange, answer, whole, fair);
  if (exchange.transcript) capture(exchange.transcript, shown);
  keepForNextTurn(gateway, exchange, answer, () => parseObject(shown));
  return new Response(shown, { status: answer.status, headers: answerHeaders(exchange, answer) });
}

/**
 * Keeps what the conversation's next request may build on: opaque state, and the response itself. Never
 * throws: the answer is charged already, and has to reach its client.
 */
export function keepForNextTurn(
  gateway: Gateway,
  exchange: Exchange,
  answer: UpstreamAnswer,
  response: () => JsonObject | undefined,
): void {
  try {
    keepAnswer(gateway, exchange, answer, response);
  } catch (cause) {
    gateway.log("error", "an answer could not be kept for the next turn of its conversation", {
      request: exchange.id,
      cause: String(cause),
    });
  }
}

function keepAnswer(
  gateway: Gateway,
  exchange: Exchange,
  { translation, attempt }: UpstreamAnswer,
  response: () => JsonObject | undefined,
): void {
  if (translation) keepAnswerSignatures(gateway, exchange, translation.translator);
  if (!exchange.storing) return;
  const { upstream, model } = attempt.target;
  keepResponse(gateway, exchange, response(), { upstream: upstream.id, model });
}

/** Later requests of this account may build on this answer. */
export function rememberAnswer(gateway: Gateway, exchange: Exchange, kept: KeptAnswer | undefined): void {
  if (kept && exchange.principal) gateway.answers.remember(kept, exchange.principal.accountId);
}
