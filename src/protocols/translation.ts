import type { RawIndex } from "../base/raw-json.ts";
import type { SseEvent } from "../base/sse.ts";
import type { GatewayError } from "../core/errors.ts";
import type { LossAction } from "../core/generation/loss.ts";
import type { Signature } from "../core/generation/node.ts";
import type { GenerationRequest } from "../core/generation/request.ts";
import type { StreamPart } from "../core/generation/stream-part.ts";
import type { TargetTraits } from "../core/generation/traits.ts";
import type { JsonObject } from "../core/json.ts";
import type { PathFacts } from "./protocol.ts";

/**
 * What a protocol brings to translation: a client side, which reads requests and writes answers, and an
 * upstream side, which writes requests and reads answers. All of it is pure. Between the two sides stands
 * `src/translation/`, which fits what one side read to what the other can say.
 */

export interface DecodeContext {
  /** Source text of the body's objects. */
  readonly raw: RawIndex;
  readonly path: PathFacts;
  /** The signature that `seal` wrapped; undefined for text that we did not make, or that was changed. */
  unseal(text: string): readonly Signature[] | undefined;
}

/** What an encoder could not say. Losses that change the meaning are thrown (`unsupported`) instead. */
export interface LossReport {
  /** @param path the field as the client wrote it: a node's `at`, or a name of FIELD_NAMES */
  lose(action: LossAction, path: string, reason: string): void;
}

export interface EncodeContext {
  readonly traits: TargetTraits;
  readonly report: LossReport;
}

/** One event of a stream, before it is written: `data` is an object or OpenAI's end mark. */
export interface WireEvent {
  /** Its `event:` line, in the protocols that have one. */
  readonly name?: string;
  readonly data: JsonObject | "[DONE]";
}

export interface AnswerContext {
  /** 32 hexadecimal digits; ids that the answer needs are derived from it. */
  readonly answerId: string;
  /** The model's name as the client wrote it. */
  readonly model: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly request: GenerationRequest;
  /** Wraps opaque state so that `unseal` knows it again: letters, digits, `-`, `_` and `.` only. */
  seal(signatures: readonly Signature[]): string;
  /** A failure that the encoder finds by itself, as the operator's documents have it. Absent: as it is. */
  readonly word?: (error: GatewayError) => GatewayError;
}

/** What an encoder tells of a failure that it found by itself. */
export function wordedBy({ word }: AnswerContext, error: GatewayError): GatewayError {
  return word ? word(error) : error;
}

/** Writes one answer. `encode` answers the events that one part makes; those of `end` wait for the charge. */
export interface AnswerEncoder {
  encode(part: StreamPart): readonly WireEvent[];
  /** The events that end the stream after `error` in the client's dialect; none is a clean end. */
  fail(error: GatewayError): readonly WireEvent[];
}

/** Follows a stream that we write; the protocol's clients insist on what it checks (PROTOCOLS.md 2). */
export interface Grammar {
  /** What is wrong with this event at this place, or undefined. */
  check(event: WireEvent): string | undefined;
  /** What is missing when the stream ends here, or undefined. */
  end(): string | undefined;
}

export interface ClientCodec {
  /** @throws GatewayError `bad_request` naming the field, `unsupported` for what no gateway can serve. */
  decodeRequest(body: JsonObject, context: DecodeContext): GenerationRequest;
  openEncoder(context: AnswerContext): AnswerEncoder;
  /** The whole answer that the events of a finished stream add up to, as the vendor's SDK adds them up. */
  fold(events: readonly WireEvent[]): JsonObject;
  openGrammar(request: GenerationRequest): Grammar;
}

/** Reads one answer of an upstream. */
export interface AnswerDecoder {
  decode(event: SseEvent): readonly StreamPart[];
  /** The connection ended: what is still owed, `end` where the answer is whole, else `fail`. */
  end(): readonly StreamPart[];
}

export interface AnswerDecodeContext {
  readonly traits: TargetTraits;
  /** As it was encoded. */
  readonly request: GenerationRequest;
  /** 32 hexadecimal digits; call ids that the upstream leaves out are derived from it. */
  readonly answerId: string;
}

/** The turns of one answer whose upstream pauses and wants to be asked on (Anthropic's `pause_turn`). */
export interface PausedTurns {
  /** One complete event of the upstream's stream, as it stands in that of a single turn; empty: it does not. */
  takeEvent(bytes: Uint8Array): Uint8Array;
  /** A whole answer with all before it; undefined when it paused. */
  takeWhole(answer: JsonObject, raw: RawIndex): JsonObject | undefined;
  /** Whether the turn is over and the answer is not. */
  isPaused(): boolean;
  /** The request that goes on. @param body the first request's */
  nextBody(body: Uint8Array): Uint8Array;
}

export interface UpstreamCodec {
  /** The body, in which `Raw` stands for source text (written by `writeJson`); the model's name is `traits.model`. */
  encodeRequest(request: GenerationRequest, context: EncodeContext): JsonObject;
  /** Names of the vendor's previews that the body uses, for its header (`anthropic-beta`). */
  readonly betasOf?: (body: JsonObject) => readonly string[];
  /** Undefined where no answer to this body can pause. */
  readonly openPausedTurns?: (body: JsonObject) => PausedTurns | undefined;
  openDecoder(context: AnswerDecodeContext): AnswerDecoder;
  /** A whole answer as the parts that its stream would have had, `start` to `end`. */
  decodeWhole(answer: JsonObject, raw: RawIndex, context: AnswerDecodeContext): readonly StreamPart[];
  /** A refusal (status ≥ 400, or an error body under 200) in our words; `answer` undefined: no JSON. */
  decodeError(status: number, answer: JsonObject | undefined, text: string): GatewayError;
}

/** A protocol's two sides; completions has no upstream side, since chat says all that it can. */
export interface Translator {
  readonly client: ClientCodec;
  readonly upstream: UpstreamCodec | undefined;
}
