/** One HTTP/1.1 request found in a buffer: where its body lies, and where the next request begins. */
export type RequestFrame = {
  readonly body: Buffer;
  readonly next: number;
};

const HEAD_END = "\r\n\r\n";
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;
const CHUNKED = /\r\ntransfer-encoding: *chunked/i;

/**
 * The request that begins at `from`, or undefined when more bytes are needed.
 * Bodies may have a content length or be chunked (RFC 9112, 6 and 7.1); trailers are not read.
 */
export function readRequest(bytes: Buffer, from: number): RequestFrame | undefined {
  const headEnd = bytes.indexOf(HEAD_END, from, "latin1");
  if (headEnd < 0) return undefined;
  const head = bytes.toString("latin1", from, headEnd);
  const bodyStart = headEnd + HEAD_END.length;
  const length = CONTENT_LENGTH.exec(head);
  if (length === null && CHUNKED.test(head)) return readChunkedBody(bytes, bodyStart);
  const next = bodyStart + Number(length?.[1] ?? 0);
  return next > bytes.length ? undefined : { body: bytes.subarray(bodyStart, next), next };
}

function readChunkedBody(bytes: Buffer, bodyStart: number): RequestFrame | undefined {
  const parts: Buffer[] = [];
  let at = bodyStart;
  for (;;) {
    const lineEnd = bytes.indexOf("\r\n", at, "latin1");
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    if (Number.isNaN(size))
      throw new Error("A chunk of the request has no size: the client sent a broken body.");
    const dataStart = lineEnd + 2;
    const next = dataStart + size + 2;
    if (next > bytes.length) return undefined;
    if (size === 0) return { body: Buffer.concat(parts), next };
    parts.push(bytes.subarray(dataStart, dataStart + size));
    at = next;
  }
}

/** `payload` framed as one chunk of a chunked body. */
export function asChunk(payload: string): Buffer {
  return Buffer.from(`${Buffer.byteLength(payload).toString(16)}\r\n${payload}\r\n`);
}

/** The last chunk of a chunked body. */
export const LAST_CHUNK = Buffer.from("0\r\n\r\n");
