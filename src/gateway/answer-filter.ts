import { parseEvent, parseEvents } from "../base/sse.ts";
import type { GatewayError } from "../core/errors.ts";
import { asObject, type JsonObject } from "../core/json.ts";
import { isProtocol } from "../core/protocol.ts";
import type { Usage } from "../core/usage.ts";
import { renderStreamError } from "../protocols/errors/render.ts";
import { endAtLimit } from "../protocols/limit-end.ts";
import type { TapState, WireCodec } from "../protocols/protocol.ts";
import { eventObject } from "../protocols/read-json.ts";
import { writeSse } from "../protocols/write-sse.ts";
import { renameModel } from "./rename-model.ts";
import { type FilterPhase, feed, finish, newStreamFilter, takeHeld } from "./stream-filter.ts";
import {
  endOfTranslated,
  endTranslatedAtLimit,
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
  /** Ends the answer here, as one at its output limit; its end is held then. False where that cannot be. */
  endAtLimit(usage: Usage): boolean;
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

/** The last event of bytes that were relayed. */
function lastEvent(relayed: Uint8Array): JsonObject | undefined {
  const objects = parseEvents(relayed).map(({ data }) => eventObject(data));
  return objects.findLast((event) => event !== undefined);
}

const encoder = new TextEncoder();

/**
 * For an upstream that speaks the client's protocol.
 * @param choices answers that the request asked for
 */
export function passFilter(
  codec: WireCodec,
  tap: TapState,
  shownModel: string | undefined,
  choices = 1,
): AnswerFilter {
  const filter = newStreamFilter(codec, tap, shownModel);
  let relayed: Uint8Array = NOTHING;
  let stopped = false;
  return {
    tap,
    phase: () => filter.phase,
    pendingBytes: () => filter.pending.length,
    feed(chunk) {
      const out = feed(filter, chunk);
      if (out.length > 0) relayed = out;
      return out;
    },
    endAtLimit(usage) {
      const last = filter.phase === "relaying" && !filter.maybeLast ? lastEvent(relayed) : undefined;
      const { id } = codec;
      if (!last || !isProtocol(id)) return false;
      const events = endAtLimit(id, { last, tap, usage, choices });
      filter.held.push(encoder.encode(events.map((event) => writeSse(id, event)).join("")));
      filter.pending = NOTHING;
      filter.phase = "ended";
      stopped = true;
      return true;
    },
    finish: () => finish(filter),
    takeHeld: () => takeHeld(filter),
    said: (error, requestId) =>
      renameModel(renderStreamError(codec.id, error, requestId, tap), shownModel, codec.modelPaths),
    failure: () => undefined,
    response: () => responseIn(filter.held),
    wantsTrailing: () => !stopped,
  };
}

/** For bytes of media, whose end is the end of the upstream's answer. */
export function rawFilter(tap: TapState): AnswerFilter {
  return {
    tap,
    phase: () => "relaying",
    pendingBytes: () => 0,
    feed: (chunk) => chunk,
    endAtLimit: () => false,
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
  let stopped = false;
  return {
    tap: translator.tap,
    phase: () => phaseOfTranslated(stream),
    pendingBytes: () => stream.pending.length,
    feed: (chunk) => feedTranslated(stream, chunk),
    endAtLimit(usage) {
      stopped = endTranslatedAtLimit(stream, usage);
      return stopped;
    },
    finish: () => finishTranslated(stream),
    takeHeld: () => takeTranslatedHeld(stream),
    said: (error) => endOfTranslated(stream, error),
    failure: () => translator.failure,
    response: () => stream.response,
    // A stop sequence of ours, or the end of the money, ends the answer while the upstream would go on.
    wantsTrailing: () => !stopped && !translator.cutShort(),
  };
}
