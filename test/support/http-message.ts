/** Reads HTTP/1.1 off a socket's bytes, for fakes that must see exactly what was sent. */
export interface MessageHead {
  /** Request line or status line. */
  readonly first: string;
  /** By lower-case name; repeated ones joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** The header block as it came, without its empty line. */
  readonly text: string;
}

export interface Message extends MessageHead {
  readonly body: Buffer;
  /** One past the message's last byte. */
  readonly end: number;
}

function readHead(bytes: Buffer): { head: MessageHead; bodyStart: number } | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const text = bytes.toString("latin1", 0, end);
  const [first = "", ...lines] = text.split("\r\n");
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return { head: { first, headers, text }, bodyStart: end + 4 };
}

function readChunked(bytes: Buffer, from: number): { body: Buffer; end: number } | undefined {
  const parts: Buffer[] = [];
  for (let at = from; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    const start = lineEnd + 2;
    if (bytes.length < start + size + 2) return undefined;
    if (size === 0) return { body: Buffer.concat(parts), end: start + 2 };
    parts.push(bytes.subarray(start, start + size));
    at = start + size + 2;
  }
}

/** The first whole message of these bytes; undefined until it is there. Bodies need a length or chunks. */
export function readMessage(bytes: Buffer): Message | undefined {
  const found = readHead(bytes);
  if (!found) return undefined;
  const { head, bodyStart } = found;
  if (head.headers["transfer-encoding"] === "chunked") {
    const chunked = readChunked(bytes, bodyStart);
    return chunked && { ...head, ...chunked };
  }
  const end = bodyStart + Number(head.headers["content-length"] ?? 0);
  return bytes.length < end ? undefined : { ...head, body: bytes.subarray(bodyStart, end), end };
}

/** Status and header block, as soon as they are there, and what came behind them. */
export function readStatus(bytes: Buffer): (MessageHead & { status: number; rest: Buffer }) | undefined {
  const found = readHead(bytes);
  if (!found) return undefined;
  const status = Number(found.head.first.split(" ")[1]);
  return { ...found.head, status, rest: bytes.subarray(found.bodyStart) };
}
