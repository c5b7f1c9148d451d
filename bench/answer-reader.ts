/** Follows one connection's answers; at most one is under way at a time, since the generator does not pipeline. */
export type AnswerReader = {
  /** Takes the next bytes. True when they end the answer that was under way. */
  take(bytes: Buffer): boolean;
  /** Status of the answer under way or just ended. */
  status(): number;
  /** That answer's head says that the connection ends with it. */
  closes(): boolean;
  /** Events (blank lines) seen in the body of that answer. */
  events(): number;
};

const HEAD_END = "\r\n\r\n";
const EVENT_END = "\n\n";
const CHUNKED_END = "\r\n0\r\n\r\n";
const STATUS_AT = "HTTP/1.1 ".length;
const CLOSE = /\r\nconnection: *close/i;
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;

/**
 * Reads just enough of answers to count them: the status, the content length or the chunked end, and events
 * where `countEvents`. A chunked answer ends where the bytes read so far end in its last chunk, which neither
 * JSON nor events can hold themselves, having no bare CRLF.
 */
export function createAnswerReader(countEvents: boolean): AnswerReader {
  let head: Buffer | undefined;
  let inBody = false;
  let chunked = false;
  let bodyLeft = 0;
  let closing = false;
  let tail = "";
  let status = 0;
  let events = 0;

  function begin(bytes: Buffer): boolean {
    const all = head === undefined ? bytes : Buffer.concat([head, bytes]);
    const headEnd = all.indexOf(HEAD_END, 0, "latin1");
    if (headEnd < 0) {
      head = Buffer.from(all);
      return false;
    }
    head = undefined;
    status = Number(all.toString("latin1", STATUS_AT, STATUS_AT + 3));
    const headText = all.toString("latin1", 0, headEnd);
    const length = CONTENT_LENGTH.exec(headText)?.[1];
    closing = CLOSE.test(headText);
    chunked = length === undefined;
    bodyLeft = Number(length ?? 0);
    events = 0;
    tail = "";
    inBody = true;
    return proceed(all.subarray(headEnd + HEAD_END.length - (chunked ? 2 : 0)));
  }

  function proceed(bytes: Buffer): boolean {
    if (countEvents) events += countBlankLines(bytes, tail.endsWith("\n"));
    if (chunked)
      tail = (tail + bytes.toString("latin1", Math.max(0, bytes.length - CHUNKED_END.length))).slice(-7);
    else bodyLeft -= bytes.length;
    const ended = chunked ? tail === CHUNKED_END : bodyLeft <= 0;
    if (ended) inBody = false;
    return ended;
  }

  return {
    take: (bytes) => (inBody ? proceed(bytes) : begin(bytes)),
    status: () => status,
    closes: () => closing,
    events: () => events,
  };
}

function countBlankLines(bytes: Buffer, afterNewline: boolean): number {
  let count = afterNewline && bytes[0] === 10 ? 1 : 0;
  let at = bytes.indexOf(EVENT_END, count, "latin1");
  while (at >= 0) {
    count += 1;
    at = bytes.indexOf(EVENT_END, at + EVENT_END.length, "latin1");
  }
  return count;
}
