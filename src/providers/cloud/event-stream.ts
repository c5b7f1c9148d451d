/** One message of AWS's binary event stream (application/vnd.amazon.eventstream). */
export interface StreamMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Uint8Array;
}

/** Total length, length of the headers, checksum of both. */
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;
/** AWS bounds a message at 16 MB. */
const MESSAGE_BYTES_MAX = 16 * 1024 * 1024 + PRELUDE_BYTES + CHECKSUM_BYTES;

/** Bytes of the values that have one length, by the type's number; 6 and 7 say theirs. */
const LENGTH_OF: Readonly<Record<number, number>> = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 };
const TEXT = 7;

/** The upstream's fault, as a broken connection is: it has a code, too. */
export class BrokenEventStream extends Error {
  readonly code = "BROKEN_EVENT_STREAM";

  constructor(what: string) {
    super(`the upstream's event stream ${what}`);
  }
}

const decoder = new TextDecoder();

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function checked(bytes: Uint8Array, expected: number, what: string): void {
  if (Bun.hash.crc32(bytes) !== expected) throw new BrokenEventStream(`is damaged: ${what}`);
}

/** Only texts are of use here; the rest is skipped. */
function readHeaders(bytes: Uint8Array): Record<string, string> {
  const view = viewOf(bytes);
  const headers: Record<string, string> = {};
  let at = 0;
  while (at < bytes.length) {
    const nameEnd = at + 1 + view.getUint8(at);
    const name = decoder.decode(bytes.subarray(at + 1, nameEnd));
    const type = view.getUint8(nameEnd);
    const fixed = LENGTH_OF[type];
    const start = nameEnd + (fixed === undefined ? 3 : 1);
    const end = start + (fixed ?? view.getUint16(nameEnd + 1));
    if (type === TEXT) headers[name] = decoder.decode(bytes.subarray(start, end));
    at = end;
  }
  return headers;
}

function readMessage(bytes: Uint8Array): StreamMessage {
  const view = viewOf(bytes);
  const payloadEnd = bytes.length - CHECKSUM_BYTES;
  checked(bytes.subarray(0, payloadEnd), view.getUint32(payloadEnd), "a message's checksum");
  const headersEnd = PRELUDE_BYTES + view.getUint32(4);
  return {
    headers: readHeaders(bytes.subarray(PRELUDE_BYTES, headersEnd)),
    payload: bytes.subarray(headersEnd, payloadEnd),
  };
}

/** The length of the message that begins here; undefined where not even that has come. @throws BrokenEventStream */
function lengthOf(bytes: Uint8Array): number | undefined {
  if (bytes.length < PRELUDE_BYTES) return undefined;
  const view = viewOf(bytes);
  checked(bytes.subarray(0, PRELUDE_BYTES - CHECKSUM_BYTES), view.getUint32(8), "a prelude's checksum");
  const length = view.getUint32(0);
  if (length > MESSAGE_BYTES_MAX || length < PRELUDE_BYTES + CHECKSUM_BYTES + view.getUint32(4))
    throw new BrokenEventStream(`is damaged: a message of ${length} bytes`);
  return length;
}

/** Takes bytes as they come and gives the messages that are whole by then. */
export function eventStreamReader(): {
  /** @throws BrokenEventStream where the bytes are none */
  read(chunk: Uint8Array): StreamMessage[];
  /** Whether the stream may end here. */
  isBetween(): boolean;
} {
  let rest: Uint8Array = new Uint8Array(0);
  return {
    read(chunk) {
      let bytes = rest.length === 0 ? chunk : new Uint8Array(Buffer.concat([rest, chunk]));
      const messages: StreamMessage[] = [];
      for (
        let length = lengthOf(bytes);
        length !== undefined && length <= bytes.length;
        length = lengthOf(bytes)
      ) {
        messages.push(readMessage(bytes.subarray(0, length)));
        bytes = bytes.subarray(length);
      }
      rest = bytes;
      return messages;
    },
    isBetween: () => rest.length === 0,
  };
}
