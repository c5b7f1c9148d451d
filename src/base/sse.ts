/**
 * Server-sent events as bytes. Lines may end in LF, CRLF or CR (the HTML standard's
 * "event stream interpretation"); an event ends with an empty line.
 */
const LF = 0x0a;
const CR = 0x0d;

/**
 * One past the last byte that certainly ends an event, or 0 when none does. A lone CR at the
 * very end may be half of a CRLF, so it never ends one.
 * @param from where to stop looking: what lies before it is known to end none
 */
export function completeEventsEnd(bytes: Uint8Array, from = 0): number {
  let at = bytes.length - 1;
  while (at > from) {
    const end = bytes.lastIndexOf(LF, at);
    if (end <= from) return loneCrEnd(bytes, from);
    if (bytes[end - 1] === LF) return end + 1;
    const before = bytes[end - 2];
    if (bytes[end - 1] === CR && (before === LF || before === CR)) return end + 1;
    at = end - 1;
  }
  return 0;
}

/** Streams whose lines end in CR alone: nobody sends them, everybody must accept them. */
function loneCrEnd(bytes: Uint8Array, from: number): number {
  if (bytes.length < 3) return 0;
  let at = bytes.lastIndexOf(CR, bytes.length - 2);
  while (at > from) {
    if (bytes[at - 1] === CR && bytes[at + 1] !== LF) return at + 1;
    at = bytes.lastIndexOf(CR, at - 1);
  }
  return 0;
}

/** Where a stream's bytes wait for the end of their event. */
export interface EventSplit {
  pending: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** The complete events of all that came; the rest waits in `pending` (copied, so that the chunk can be freed). */
export function takeComplete(split: EventSplit, chunk: Uint8Array): Uint8Array {
  const known = split.pending.length;
  const bytes = known === 0 ? chunk : Buffer.concat([split.pending, chunk]);
  // Only the last three bytes of what waited can be part of an end that comes now.
  const end = completeEventsEnd(bytes, Math.max(0, known - 3));
  split.pending = end === bytes.length ? NOTHING : bytes.slice(end);
  return end === bytes.length ? bytes : bytes.subarray(0, end);
}

/** Index one past the first event that starts at `from`, or -1 when the event is not complete. */
export function eventEnd(bytes: Uint8Array, from: number): number {
  let lineStart = from;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte !== LF && byte !== CR) continue;
    const lineEnd = at;
    if (byte === CR && bytes[at + 1] === LF) at++;
    if (lineEnd === lineStart) return at + 1;
    lineStart = at + 1;
  }
  return -1;
}

/** All complete events, parsed; what follows the last one is left out. */
export function parseEvents(bytes: Uint8Array): SseEvent[] {
  const events: SseEvent[] = [];
  for (let from = 0, end = eventEnd(bytes, 0); end >= 0; from = end, end = eventEnd(bytes, from))
    events.push(parseEvent(bytes.subarray(from, end)));
  return events;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export interface SseEvent {
  /** The `event:` field, or "" without one. */
  readonly name: string;
  /** The `data:` lines joined by LF. */
  readonly data: string;
}

/** The fields of one complete event; comments, ids and retries are passed over. */
export function parseEvent(bytes: Uint8Array): SseEvent {
  let name = "";
  let data: string | undefined;
  for (const line of decoder.decode(bytes).split(/\r\n|\n|\r/)) {
    const text = line.charCodeAt(0) === 0xfeff ? line.slice(1) : line;
    const colon = text.indexOf(":");
    if (colon <= 0) continue;
    const field = text.slice(0, colon);
    const value = text.slice(text[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "event") name = value;
    else if (field === "data") data = data === undefined ? value : `${data}\n${value}`;
  }
  return { name, data: data ?? "" };
}
