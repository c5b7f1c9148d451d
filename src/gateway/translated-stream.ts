import { type EventSplit, eventEnd, parseEvent, takeComplete } from "../base/sse.ts";
import type { GatewayError } from "../core/errors.ts";
import { asObject, type JsonObject } from "../core/json.ts";
import type { Protocol } from "../core/protocol.ts";
import type { Usage } from "../core/usage.ts";
import type { WireEvent } from "../protocols/translation.ts";
import { writeSse } from "../protocols/write-sse.ts";
import {
  type AnswerTranslator,
  type Translated,
  type TranslationPhase,
  translateEnd,
  translateEvent,
  translateLimit,
} from "../translation/answer-translator.ts";
import type { FilterPhase } from "./stream-filter.ts";

/** The bytes around an answer's translator: an upstream's stream in, the client's out. */
export interface TranslatedStream extends EventSplit {
  readonly translator: AnswerTranslator;
  /** The client's. */
  readonly protocol: Protocol;
  /** Events of the opening, which was read before the head was sent. */
  ready: string;
  /** Events that wait for the charge. */
  held: string;
  /** Responses: the response object of its terminal event. */
  response: JsonObject | undefined;
}

const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();

export function newTranslatedStream(translator: AnswerTranslator, protocol: Protocol): TranslatedStream {
  return { translator, protocol, pending: NOTHING, ready: "", held: "", response: undefined };
}

function write(stream: TranslatedStream, events: readonly WireEvent[]): string {
  let text = "";
  for (const event of events) text += writeSse(stream.protocol, event);
  return text;
}

function take(stream: TranslatedStream, { now, held }: Translated): string {
  for (const { data } of held) if (data !== "[DONE]") stream.response = asObject(data.response);
  stream.held += write(stream, held);
  return write(stream, now);
}

/** Takes an answer that is whole already. */
export function readyEvents(stream: TranslatedStream, translated: Translated): void {
  stream.ready += take(stream, translated);
}

function feedEvents(stream: TranslatedStream, complete: Uint8Array): string {
  let text = "";
  for (let from = 0; from < complete.length; ) {
    const found = eventEnd(complete, from);
    const end = found < 0 ? complete.length : found;
    const event = parseEvent(complete.subarray(from, end));
    from = end;
    // Comments keep a connection alive; an event without data says nothing (HTML standard).
    if (event.data !== "") text += take(stream, translateEvent(stream.translator, event));
  }
  return text;
}

/** Takes a chunk of the upstream's stream before the head is sent; its events wait in `ready`. */
export function openTranslatedStream(stream: TranslatedStream, chunk: Uint8Array): void {
  stream.ready += feedEvents(stream, takeComplete(stream, chunk));
}

/** Takes a chunk of the upstream's stream and answers what the client may have now. */
export function feedTranslated(stream: TranslatedStream, chunk: Uint8Array): Uint8Array {
  const text = stream.ready + feedEvents(stream, takeComplete(stream, chunk));
  stream.ready = "";
  return text === "" ? NOTHING : encoder.encode(text);
}

/**
 * The upstream closed its stream: its last event, perhaps without an empty line, and what is owed.
 * Answers whether the answer is whole; its end is in `held` then.
 */
export function finishTranslated(stream: TranslatedStream): boolean {
  const rest = stream.pending;
  stream.pending = NOTHING;
  // Before the terminal event nothing can be told to the client at once any more: it waits with it.
  let text = rest.length > 0 ? feedEvents(stream, rest) : "";
  text += take(stream, translateEnd(stream.translator));
  stream.held = text + stream.held;
  return stream.translator.phase === "ended";
}

/** The answer ends here, at a limit; its end is in `held` then. False where it has not begun, or has ended. */
export function endTranslatedAtLimit(stream: TranslatedStream, usage: Usage): boolean {
  const { translator } = stream;
  if (translator.phase !== "answering") return false;
  stream.pending = NOTHING;
  const text = take(stream, translateLimit(translator, usage));
  stream.held = text + stream.held;
  return phaseOfTranslated(stream) === "ended";
}

/** The events that waited for the charge. */
export function takeTranslatedHeld(stream: TranslatedStream): Uint8Array {
  const held = encoder.encode(stream.held);
  stream.held = "";
  return held;
}

const PHASES = {
  beginning: "relaying",
  answering: "relaying",
  ended: "ended",
  failed: "failed",
} as const satisfies Record<TranslationPhase, FilterPhase>;

export function phaseOfTranslated(stream: TranslatedStream): FilterPhase {
  return PHASES[stream.translator.phase];
}

/** The error as the last bytes of the client's stream. */
export function endOfTranslated(stream: TranslatedStream, error: GatewayError): Uint8Array {
  return stream.translator.told
    ? NOTHING
    : encoder.encode(write(stream, stream.translator.encoder.fail(error)));
}
