import { parseEvent } from "../base/sse.ts";
import type { GatewayError } from "../core/errors.ts";
import { asObject, type JsonObject } from "../core/json.ts";
import { renderStreamError } from "../protocols/errors/render.ts";
import type { TapState, WireCodec } from "../protocols/protocol.ts";
import { eventObject } from "../protocols/read-json.ts";
import { renameModel } from "./rename-model.ts";
import { type FilterPhase, feed, finish, newStreamFilter, takeHeld } from "./stream-filter.ts";
import {
  endOfTranslated,
  feedTranslated,
  finishTranslated,
  phaseOfTranslated,
  type TranslatedStream,
  takeTranslatedHeld,
} from "./translated-stream.ts";

/** What stands between an upstream's stream and the client: passes bytes on, or translates them. */
export interface AnswerFilter {
  readonly tap: TapState;
  phase(): FilterPhase;
  /** Bytes of an event whose end has not come yet. */
  pendingBytes(): number;
  /** Takes a chunk of the upstream's stream and answers what may be relayed now. */
  feed(chunk: Uint8Array): Uint8Array;
  /** The upstream closed its stream. Answers whether the answer is whole; its end is held then. */
  finish(): boolean;
  /** The events that waited for the charge. */
  takeHeld(): Uint8Array;
  /** What the client is told in mid-stream when the answer fails; undefined: it has been told. */
  said(error: GatewayError, requestId: string): Uint8Array;
  /** What the upstream said when it failed; undefined where its own event was passed on. */
  failure(): GatewayError | undefined;
  /** Responses: the response object of the terminal event that is held. */
  response(): JsonObject | undefined;
  /** Whether the upstream still has something that the charge or the client wants. */
  wantsTrailing(): boolean;
}

/** The terminal event carries the whole response (openai `ResponseCompletedEvent`). */
function responseIn(held: readonly Uint8Array[]): JsonObject | undefined {
  for (const event of held.toReversed()) {
    const response = asObject(eventObject(parseEvent(event).data)?.response);
    if (response) return response;
  }
  return undefined;
}

/** For an upstream that speaks the client's protocol. */
export function passFilter(codec: WireCodec, tap: TapState, shownModel: string | undefined): AnswerFilter {
  const filter = newStreamFilter(codec, tap, shownModel);
  return {
    tap,
    phase: () => filter.phase,
    pendingBytes: () => filter.pending.length,
    feed: (chunk) => feed(filter, chunk),
    finish: () => finish(filter),
    takeHeld: () => takeHeld(filter),
    said: (error, requestId) =>
      renameModel(renderStreamError(codec.id, error, requestId, tap), shownModel, codec.modelPaths),
    failure: () => undefined,
    response: () => responseIn(filter.held),
    wantsTrailing: () => true,
  };
}

/** For bytes of media, whose end is the end of the upstream's answer. */
export function rawFilter(tap: TapState): AnswerFilter {
  return {
    tap,
    phase: () => "relaying",
    pendingBytes: () => 0,
    feed: (chunk) => chunk,
    finish: () => true,
    takeHeld: () => NOTHING,
    said: () => NOTHING,
    failure: () => undefined,
    response: () => undefined,
    wantsTrailing: () => true,
  };
}

const NOTHING = new Uint8Array(0);

/** For an upstream that speaks another. */
export function translatingFilter(stream: TranslatedStream): AnswerFilter {
  const { translator } = stream;
  return {
    tap: translator.tap,
    phase: () => phaseOfTranslated(stream),
    pendingBytes: () => stream.pending.length,
    feed: (chunk) => feedTranslated(stream, chunk),
    finish: () => finishTranslated(stream),
    takeHeld: () => takeTranslatedHeld(stream),
    said: (error) => endOfTranslated(stream, error),
    failure: () => translator.failure,
    response: () => stream.response,
    // A stop sequence of ours ends the answer while the upstream would go on.
    wantsTrailing: () => !translator.cutShort(),
  };
}
