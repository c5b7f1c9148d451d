import { eventEnd, parseEvent } from "../base/sse.ts";
import { encodingOf } from "../base/unpack.ts";
import { GatewayError } from "../core/errors.ts";
import { asObject, type JsonObject } from "../core/json.ts";
import type { RequestHead } from "../core/request-head.ts";
import { NO_USAGE, type Usage } from "../core/usage.ts";
import { newTapState, type UsageTap } from "../protocols/protocol.ts";
import { parseObject } from "../protocols/read-json.ts";
import { contains } from "../protocols/text-bytes.ts";
import { credentialRefused, letGo, type Refusal, refused } from "./classify-answer.ts";
import type { Exchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { isSilent } from "./stream-filter.ts";
import type { Translation } from "./translate-exchange.ts";
import type { TranslatedStream } from "./translated-stream.ts";
import type { Try } from "./try.ts";
import { type AnswerReader, readerOf, readWhole } from "./upstream-reader.ts";

/** An upstream's answer that is good so far: whole, or a stream whose first bytes are here. */
export interface UpstreamAnswer {
  readonly kind: "served";
  readonly status: number;
  readonly headers: Headers;
  readonly attempt: Try;
  /** The body of a whole answer. */
  readonly whole: Uint8Array | undefined;
  /** The same as an object; undefined for a stream and for a refusal that is no JSON. */
  readonly parsed: JsonObject | undefined;
  readonly first: Uint8Array;
  readonly reader: AnswerReader | undefined;
  /** Of an answer in another protocol beside text: what reads its usage, and what writes it for the client. */
  readonly rewrite?: Rewrite;
  /** The answer is bytes of media, which have no events. */
  readonly raw?: boolean;
  /** How a stream in another protocol becomes the client's. */
  readonly translated?: TranslatedStream;
  /** How the answer was translated; undefined where bytes pass. */
  readonly translation?: Translation;
}

export interface Rewrite {
  readonly tap: UsageTap;
  /** The client's answer, once it is known what was used. */
  write(usage: Usage): Uint8Array;
}

const EMPTY = new Uint8Array(0);

export function isPlainStream(headers: Headers): boolean {
  const isStream = headers.get("content-type")?.toLowerCase().startsWith("text/event-stream") === true;
  return isStream && encodingOf(headers) === undefined;
}

/** A streaming request was answered with something else. */
export function noPlainStream(response: Response): Refusal {
  letGo(response);
  const message =
    "The upstream of this model answered a streaming request without a plain stream; try again.";
  return refused(new GatewayError("upstream_error", message), "no event stream", response.status);
}

export const FAILED_EARLY = "The upstream of this model failed as its answer began; try again.";

/** The first event of a stream, past comments; undefined while it is not complete. */
function firstEvent(bytes: Uint8Array): Uint8Array | undefined {
  for (let from = 0; ; ) {
    const end = eventEnd(bytes, from);
    if (end < 0) return undefined;
    const event = bytes.subarray(from, end);
    if (!isSilent(event)) return event;
    from = end;
  }
}

/** A stream that begins with its protocol's error event has served nothing yet. */
function isFailure(exchange: Exchange, event: Uint8Array): boolean {
  if (!contains(event, ERROR)) return false;
  return exchange.codec.tap.readEvent(newTapState(true, NO_USAGE), parseEvent(event)) === "failed";
}

const ERROR = new TextEncoder().encode("error");

/** Comments keep a client alive, so they are not kept from it for longer than this. */
export const HEAD_WAIT_MS = 5_000;
export const OPENING_BYTES_MAX = 256 * 1024;

/**
 * The first bytes of a stream up to its first event, which tells whether the upstream is good.
 * Undefined when it ended before any; "failed" when the event is an error.
 */
async function readOpening(
  gateway: Gateway,
  exchange: Exchange,
  reader: AnswerReader,
): Promise<Uint8Array | "failed" | undefined> {
  const untilMs = gateway.clock.monotonic() + HEAD_WAIT_MS;
  let opening = (await reader.read()).value;
  while (opening !== undefined) {
    const event = firstEvent(opening);
    if (event) return isFailure(exchange, event) ? "failed" : opening;
    if (opening.length > OPENING_BYTES_MAX || gateway.clock.monotonic() > untilMs) return opening;
    const more = (await reader.read()).value;
    // Half an event and then the end: the relay knows what that is worth.
    if (more === undefined) return firstEvent(Buffer.concat([opening, BLANK_LINE])) ? opening : undefined;
    opening = Buffer.concat([opening, more]);
  }
  return undefined;
}

const BLANK_LINE = new TextEncoder().encode("\n\n");

/** Google and Anthropic answer 400 also when our credential or our account is at fault. */
const OURS_AT_400 = ["API_KEY_INVALID", "API key expired", "credit balance is too low"].map((text) =>
  new TextEncoder().encode(text),
);

/**
 * A whole answer that is none: one of a vendor's 400s about our own account, a body that is not
 * the JSON object that every protocol promises, or an error under a status of success.
 */
export function refusalOf(
  status: number,
  whole: Uint8Array,
  parsed: JsonObject | undefined,
): { error: GatewayError; reason: string } | undefined {
  if (status === 400 && OURS_AT_400.some((text) => contains(whole, text))) {
    return { error: credentialRefused(), reason: "credential refused" };
  }
  if (status >= 400) return undefined;
  if (!parsed) {
    const message =
      "The upstream of this model answered with something that is not a JSON object; try again.";
    return { error: new GatewayError("upstream_error", message), reason: "not JSON" };
  }
  return asObject(parsed.error)
    ? { error: new GatewayError("upstream_error", FAILED_EARLY), reason: "error body" }
    : undefined;
}

async function openWhole(
  gateway: Gateway,
  attempt: Try,
  response: Response,
): Promise<UpstreamAnswer | Refusal> {
  const { status, headers } = response;
  const whole = await readWhole(response, gateway.answerBytesMax);
  attempt.end();
  const parsed = parseObject(whole);
  const refusal = refusalOf(status, whole, parsed);
  if (refusal) return refused(refusal.error, refusal.reason, status);
  return { kind: "served", status, headers, attempt, whole, parsed, first: EMPTY, reader: undefined };
}

/**
 * Waits for the first sign that the upstream is good: the whole body of a whole answer, the first
 * bytes of a stream. Until then another target can still be tried.
 */
export function openAnswer(
  gateway: Gateway,
  exchange: Exchange,
  head: RequestHead,
  attempt: Try,
  response: Response,
): Promise<UpstreamAnswer | Refusal> {
  return !head.stream || response.status >= 400
    ? openWhole(gateway, attempt, response)
    : openStream(gateway, exchange, attempt, response);
}

async function openStream(
  gateway: Gateway,
  exchange: Exchange,
  attempt: Try,
  response: Response,
): Promise<UpstreamAnswer | Refusal> {
  const { status, headers } = response;
  if (!isPlainStream(headers)) return noPlainStream(response);
  const reader = readerOf(response);
  const first = await readOpening(gateway, exchange, reader);
  if (first === undefined) {
    const message = "The upstream of this model closed its stream before the first event; try again.";
    return refused(new GatewayError("upstream_error", message), "empty stream", status);
  }
  if (first === "failed") {
    reader.cancel();
    return refused(new GatewayError("upstream_error", FAILED_EARLY), "error event", status);
  }
  exchange.firstByteMs = gateway.clock.monotonic() - exchange.startedMs;
  return { kind: "served", status, headers, attempt, whole: undefined, parsed: undefined, first, reader };
}
