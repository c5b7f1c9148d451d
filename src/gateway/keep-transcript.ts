import { rawIndex } from "../base/raw-json.ts";
import { parseEvents } from "../base/sse.ts";
import type { GenerationRequest } from "../core/generation/request.ts";
import type { StreamPart } from "../core/generation/stream-part.ts";
import type { TargetTraits } from "../core/generation/traits.ts";
import { asList, asObject, type JsonObject } from "../core/json.ts";
import type { Principal } from "../core/principal.ts";
import type { TranscriptTurn } from "../core/transcript.ts";
import { eventObject, parseObject } from "../protocols/read-json.ts";
import type { AnswerDecodeContext } from "../protocols/translation.ts";
import { answerTurns, bodyWithoutBytes, turnsOf, withinBound } from "../translation/transcribe.ts";
import { TRANSLATORS } from "../translation/translators.ts";
import { type Exchange, isGeneration, textProtocolOf } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import type { TranscriptCapture } from "./transcript-capture.ts";

/** Past this an answer is text no more; what came so far is kept. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/** Undefined: its key does not ask for it, it is no generation of text, or there is no room. */
export function openCapture(
  gateway: Gateway,
  exchange: Exchange,
  { keepPrompts }: Principal,
): TranscriptCapture | undefined {
  if (keepPrompts !== true || !isGeneration(exchange)) return undefined;
  const { bytes } = exchange;
  const room = gateway.transcripts.admit(bytes.length);
  return room && { body: bytes, answer: [], answerBytes: 0, room };
}

/** Another piece of the answer. */
export function capture(transcript: TranscriptCapture, chunk: Uint8Array): void {
  if (chunk.length === 0) return;
  if (transcript.answerBytes + chunk.length > ANSWER_BYTES_MAX || !transcript.room.grow(chunk.length)) return;
  transcript.answer.push(chunk);
  transcript.answerBytes += chunk.length;
}

/** Keeps what was captured, once the answer has gone: reading it takes milliseconds. */
export function keepTranscript(gateway: Gateway, exchange: Exchange, transcript: TranscriptCapture): void {
  setImmediate(() => {
    try {
      transcribe(gateway, exchange, transcript);
    } catch (cause) {
      gateway.log("error", "a prompt could not be kept", { request: exchange.id, cause: String(cause) });
    } finally {
      transcript.room.leave();
    }
  });
}

function transcribe(gateway: Gateway, exchange: Exchange, { body, answer }: TranscriptCapture): void {
  const { principal } = exchange;
  const parsed = parseObject(body);
  if (!principal || !parsed) return;
  const request = TRANSLATORS[textProtocolOf(exchange)].client.decodeRequest(parsed, {
    raw: rawIndex(body, parsed),
    path: exchange.endpoint,
    unseal: gateway.envelope.unseal,
  });
  const said = withinBound(turnsOf(request.turns));
  const answered = withinBound(readAnswer(exchange, request, Buffer.concat(answer)));
  const { accountId, keyId, userId } = principal;
  gateway.transcripts.put({
    ...{ requestId: exchange.id, accountId, keyId, userId, at: exchange.at },
    turns: said.turns,
    answer: answered.turns,
    body: bodyWithoutBytes(parsed),
    isCut: said.isCut || answered.isCut,
  });
}

/** The client's protocol is read here as an upstream would speak it, whoever spoke it really. */
function traitsOf(exchange: Exchange): TargetTraits | undefined {
  const known = exchange.attempt && Object.values(exchange.attempt.target.traits)[0];
  return known && { ...known, protocol: textProtocolOf(exchange) };
}

function readAnswer(
  exchange: Exchange,
  request: GenerationRequest,
  bytes: Uint8Array,
): readonly TranscriptTurn[] {
  const traits = traitsOf(exchange);
  if (!traits || bytes.length === 0) return [];
  const whole = parseObject(bytes);
  const { upstream } = TRANSLATORS[textProtocolOf(exchange)];
  if (!upstream) return completed(whole ? [whole] : parseEvents(bytes).map(({ data }) => eventObject(data)));
  const context: AnswerDecodeContext = { traits, request, answerId: exchange.id };
  const parts = whole
    ? upstream.decodeWhole(whole, rawIndex(bytes, whole), context)
    : decoded(upstream.openDecoder(context), bytes);
  return answerTurns(parts);
}

function decoded(
  decoder: ReturnType<NonNullable<(typeof TRANSLATORS)["gemini"]["upstream"]>["openDecoder"]>,
  bytes: Uint8Array,
): readonly StreamPart[] {
  return parseEvents(bytes).flatMap((event) => decoder.decode(event));
}

/** Completions have text alone: no upstream's codec reads it, since chat says all that it can. */
function completed(objects: readonly (JsonObject | undefined)[]): readonly TranscriptTurn[] {
  const texts = new Map<number, string>();
  for (const choice of objects.flatMap((object) => asList(object?.choices))) {
    const { index = 0, text } = asObject(choice) ?? {};
    if (typeof text !== "string") continue;
    texts.set(Number(index), (texts.get(Number(index)) ?? "") + text);
  }
  return [...texts.values()].map((text) => ({ role: "assistant", parts: [{ kind: "text", text }] }));
}
