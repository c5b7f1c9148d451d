import { type EventSplit, eventEnd, parseEvent, takeComplete } from "../base/sse.ts";
import { GatewayError } from "../core/errors.ts";
import { NO_USAGE } from "../core/usage.ts";
import { newTapState, type TapState, type Verdict, type WireCodec } from "../protocols/protocol.ts";
import { containsAny, searchable } from "../protocols/text-bytes.ts";
import { beginsWith, type EventRenamer, eventRenamer } from "./event-renamer.ts";

/** relaying: events go by · holding: the end has begun and waits · ended: the terminal event is here. */
export type FilterPhase = "relaying" | "holding" | "ended" | "failed";

/**
 * What stands between an upstream's stream and the client: looks for usage and for the end, and
 * keeps the end back. One explicit state; `feed` and `finish` are its only transitions.
 */
export interface StreamFilter extends EventSplit {
  readonly codec: WireCodec;
  readonly tap: TapState;
  /** The name to show instead of the upstream's, or undefined when they are the same. */
  readonly shownModel: string | undefined;
  readonly renamer: EventRenamer | undefined;
  /** The renamer's head as it was last looked at, and whether the tap finds nothing in it. */
  seenHead: { readonly head: Uint8Array; readonly isSilent: boolean } | undefined;
  /** The keys under which models stand in events; none where nothing is renamed. */
  readonly nameMarkers: readonly Uint8Array[];
  /** Events that wait for the charge. */
  held: Uint8Array[];
  /** Gemini: the held event is the last one only if nothing follows. */
  maybeLast: boolean;
  phase: FilterPhase;
}

const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();

export function newStreamFilter(
  codec: WireCodec,
  tap: TapState,
  shownModel: string | undefined,
): StreamFilter {
  const paths = shownModel === undefined ? [] : codec.modelPaths;
  return {
    codec,
    tap,
    shownModel,
    renamer: shownModel === undefined ? undefined : eventRenamer(shownModel, paths),
    seenHead: undefined,
    nameMarkers: paths.map((path) => encoder.encode(`"${path.at(-1)}"`)),
    pending: NOTHING,
    held: [],
    maybeLast: false,
    phase: "relaying",
  };
}

/** Past this size an event is an attack or a fault, not an answer. */
export const EVENT_BYTES_MAX = 16 * 1024 * 1024;

/** @throws GatewayError when what waits for the end of its event is too long to be one */
export function refuseTooLong(pendingBytes: number): void {
  if (pendingBytes <= EVENT_BYTES_MAX) return;
  const message = "The upstream sent an event that is too long to relay; try again.";
  throw new GatewayError("upstream_error", message);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 0) return NOTHING;
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}

const COLON = 0x3a;
const LF = 0x0a;
const CR = 0x0d;
const EVENT_END = encoder.encode("\n\n");

/** Comments and blank lines say nothing about where the answer stands; a comment may also head an event. */
export function isSilent(event: Uint8Array): boolean {
  const first = event[0];
  if (first !== COLON) return first === LF || first === CR;
  for (let at = 1; at < event.length; at++) {
    const before = event[at - 1];
    if (before !== LF && before !== CR) continue;
    const byte = event[at];
    if (byte !== COLON && byte !== LF && byte !== CR) return false;
  }
  return true;
}

/**
 * Takes a chunk of the upstream's stream and answers what may be relayed now. Afterwards `phase`
 * tells whether the end has come; from then on everything is kept in `held`.
 */
export function feed(filter: StreamFilter, chunk: Uint8Array): Uint8Array {
  const complete = searchable(takeComplete(filter, chunk));
  if (complete.length === 0) return NOTHING;
  const going = filter.held.length === 0 && filter.phase === "relaying";
  const alike = going ? feedAlike(filter, complete) : undefined;
  if (alike) return alike;
  const toRead = containsAny(complete, filter.codec.tap.markers);
  if (going && !toRead && !containsAny(complete, filter.nameMarkers)) {
    filter.codec.tap.glance(filter.tap, complete);
    return complete;
  }
  return feedEvents(filter, complete, toRead);
}

/**
 * Most of a stream's events begin with the same bytes, the model's name among them: where nothing but one such event
 * has come, only what follows is looked at. Undefined where more has to be.
 */
function feedAlike(filter: StreamFilter, complete: Buffer): Uint8Array | undefined {
  const { codec, renamer, tap } = filter;
  if (!renamer || !beginsWith(complete, renamer.head) || !isSilentHead(filter, renamer.head))
    return undefined;
  const rest = complete.subarray(renamer.head.length);
  const isOne = rest.indexOf(EVENT_END) === rest.length - EVENT_END.length && rest.indexOf(CR) < 0;
  if (!isOne || containsAny(rest, codec.tap.markers)) return undefined;
  codec.tap.glance(tap, rest);
  return renamer.rename(complete);
}

function isSilentHead(filter: StreamFilter, head: Uint8Array): boolean {
  if (filter.seenHead?.head !== head) {
    const { markers, glance } = filter.codec.tap;
    const glanced = newTapState(false, NO_USAGE);
    glance(glanced, head);
    filter.seenHead = { head, isSilent: glanced.textBytes === 0 && !containsAny(head, markers) };
  }
  return filter.seenHead.isSilent;
}

/** @param toRead whether any of the events may have something for the tap */
function feedEvents(filter: StreamFilter, complete: Uint8Array, toRead: boolean): Uint8Array {
  const out: Uint8Array[] = [];
  let from = 0;
  while (from < complete.length) {
    const found = eventEnd(complete, from);
    const end = found < 0 ? complete.length : found;
    feedEvent(filter, complete.subarray(from, end), toRead, out);
    from = end;
  }
  const relayed = join(out);
  if (relayed.length > 0) filter.codec.tap.glance(filter.tap, relayed);
  return relayed;
}

function feedEvent(filter: StreamFilter, event: Uint8Array, toRead: boolean, out: Uint8Array[]): void {
  const waiting = filter.phase !== "relaying";
  if (isSilent(event)) {
    (waiting || filter.maybeLast ? filter.held : out).push(event);
    return;
  }
  const shown = filter.renamer ? filter.renamer.rename(event) : event;
  const decided = !toRead || (waiting && filter.phase !== "holding");
  const verdict = decided ? "relay" : judge(filter, event);
  STEPS[verdict](filter, shown, out);
}

function judge(filter: StreamFilter, event: Uint8Array): Verdict {
  const read = containsAny(event, filter.codec.tap.markers);
  return read ? filter.codec.tap.readEvent(filter.tap, parseEvent(event)) : "relay";
}

/** A held event that was not the last after all goes before what follows it. */
function releaseMaybeLast(filter: StreamFilter, out: Uint8Array[]): void {
  if (!filter.maybeLast) return;
  filter.maybeLast = false;
  out.push(...filter.held);
  filter.held = [];
}

const STEPS: Record<Verdict, (filter: StreamFilter, event: Uint8Array, out: Uint8Array[]) => void> = {
  relay(filter, event, out) {
    releaseMaybeLast(filter, out);
    (filter.phase === "relaying" ? out : filter.held).push(event);
  },
  drop() {},
  last(filter, event, out) {
    releaseMaybeLast(filter, out);
    filter.maybeLast = true;
    filter.held.push(event);
  },
  hold(filter, event) {
    filter.phase = "holding";
    filter.held.push(event);
  },
  terminal(filter, event) {
    filter.phase = "ended";
    filter.held.push(event);
  },
  failed(filter, event, out) {
    filter.phase = "failed";
    out.push(...filter.held, event);
    filter.held = [];
  },
};

/** The upstream closed its stream. Answers whether the answer is whole; the end is in `held` then. */
export function finish(filter: StreamFilter): boolean {
  if (filter.pending.length > 0) {
    // A last event without its empty line: browsers drop it, some servers send it.
    const rest = filter.pending;
    filter.pending = NOTHING;
    const relayed = feedEvents(filter, rest, true);
    if (relayed.length > 0) filter.held.push(relayed);
  }
  if (filter.phase === "ended" || filter.maybeLast) return true;
  return filter.phase === "relaying" && filter.codec.tap.endsWell(filter.tap);
}

/** Takes the events that waited for the charge. */
export function takeHeld(filter: StreamFilter): Uint8Array {
  const held = join(filter.held);
  filter.held = [];
  return held;
}
