import { type RawIndex, rawIndex, writeJson } from "../base/raw-json.ts";
import { GatewayError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { REQUESTS_OWN } from "../protocols/errors/of-upstream.ts";
import { parseObject } from "../protocols/read-json.ts";
import { translateWhole } from "../translation/answer-translator.ts";
import { type Refusal, refused } from "./classify-answer.ts";
import { type Exchange, textProtocolOf } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import {
  HEAD_WAIT_MS,
  isPlainStream,
  noPlainStream,
  OPENING_BYTES_MAX,
  refusalOf,
  type UpstreamAnswer,
} from "./open-answer.ts";
import { joinTurns, type Resumption, readWholeTurns } from "./resume-turns.ts";
import type { Translation } from "./translate-exchange.ts";
import {
  finishTranslated,
  newTranslatedStream,
  openTranslatedStream,
  type TranslatedStream,
} from "./translated-stream.ts";
import type { Try } from "./try.ts";
import type { AnswerReader } from "./upstream-reader.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const EMPTY = new Uint8Array(0);

async function openWhole(
  gateway: Gateway,
  attempt: Try,
  response: Response,
  translation: Translation,
  resumption: Resumption | undefined,
): Promise<UpstreamAnswer | Refusal> {
  const { status, headers } = response;
  const bytes = await readWholeTurns(gateway, response, resumption);
  attempt.end();
  const read = readTranslated(bytes, response, translation);
  if ("kind" in read) return read;
  const parsed = translateWhole(translation.translator, read.answer, read.index);
  const whole = encoder.encode(writeJson(parsed));
  return {
    kind: "served",
    status,
    headers,
    attempt,
    whole,
    parsed,
    first: EMPTY,
    reader: undefined,
    translation,
  };
}

interface ReadAnswer {
  readonly answer: JsonObject;
  readonly index: RawIndex;
}

/** The whole answer of an upstream of another protocol, or why it is none. */
export function readTranslated(
  bytes: Uint8Array,
  { status }: Response,
  { translator }: Translation,
): ReadAnswer | Refusal {
  const answer = parseObject(bytes);
  const ours = refusalOf(status, bytes, answer);
  if (status >= 400) {
    if (ours) return refused(ours.error, ours.reason, status);
    const text = decoder.decode(bytes);
    const error = translator.upstream.decodeError(status, answer, text);
    return refused(error, `status ${status}`, status, !REQUESTS_OWN.has(error.kind));
  }
  if (ours || !answer) {
    return refused(
      ours?.error ?? new GatewayError("upstream_error", NOT_JSON),
      ours?.reason ?? "not JSON",
      status,
    );
  }
  return { answer, index: rawIndex(bytes, answer) };
}

const NOT_JSON = "The upstream of this model answered with something that is not a JSON object; try again.";

/** Reads until the answer itself begins, or the wait is over: until then another target can be tried. */
async function readOpening(gateway: Gateway, stream: TranslatedStream, reader: AnswerReader): Promise<void> {
  const untilMs = gateway.clock.monotonic() + HEAD_WAIT_MS;
  let size = 0;
  while (stream.translator.phase === "beginning") {
    const { done, value } = await reader.read();
    if (done) {
      finishTranslated(stream);
      return;
    }
    openTranslatedStream(stream, value);
    size += value.length;
    if (size > OPENING_BYTES_MAX || gateway.clock.monotonic() > untilMs) return;
  }
}

/**
 * Waits for the first sign that an upstream of another protocol is good: its whole answer,
 * translated, or the first part of its stream.
 */
export async function openTranslated(
  gateway: Gateway,
  exchange: Exchange,
  attempt: Try,
  response: Response,
  translation: Translation,
  resumption: Resumption | undefined,
): Promise<UpstreamAnswer | Refusal> {
  const { status, headers } = response;
  if (!exchange.head?.stream || status >= 400)
    return await openWhole(gateway, attempt, response, translation, resumption);
  if (!isPlainStream(headers)) return noPlainStream(response);
  const reader = joinTurns(response, attempt, resumption);
  const translated = newTranslatedStream(translation.translator, textProtocolOf(exchange));
  await readOpening(gateway, translated, reader);
  const { failure } = translation.translator;
  if (failure) {
    reader.cancel();
    return refused(failure, "failed as it began", status, !REQUESTS_OWN.has(failure.kind));
  }
  exchange.firstByteMs = gateway.clock.monotonic() - exchange.startedMs;
  return {
    kind: "served",
    status,
    headers,
    attempt,
    whole: undefined,
    parsed: undefined,
    first: EMPTY,
    reader,
    translated,
    translation,
  };
}
