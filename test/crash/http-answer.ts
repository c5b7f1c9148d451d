/** An HTTP/1.1 answer as its bytes come in, so that what a client has seen is known to the byte. */
export interface HttpAnswer {
  /** Bytes that are not read yet. */
  rest: Buffer;
  status: number | undefined;
  readonly headers: Map<string, string>;
  body: string;
  /** The framing says that the body is whole. */
  complete: boolean;
}

export function newHttpAnswer(): HttpAnswer {
  return { rest: Buffer.alloc(0), status: undefined, headers: new Map(), body: "", complete: false };
}

function readHead(answer: HttpAnswer): boolean {
  const end = answer.rest.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const [statusLine = "", ...lines] = answer.rest.toString("latin1", 0, end).split("\r\n");
  answer.status = Number(statusLine.split(" ")[1]);
  for (const line of lines) {
    const colon = line.indexOf(":");
    answer.headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  answer.rest = answer.rest.subarray(end + 4);
  return true;
}

function take(answer: HttpAnswer, length: number): void {
  answer.body += answer.rest.toString("latin1", 0, length);
  answer.rest = answer.rest.subarray(length);
}

/** Takes one chunk off; false when it is not whole yet. */
function readChunk(answer: HttpAnswer): boolean {
  const lineEnd = answer.rest.indexOf("\r\n");
  if (lineEnd < 0) return false;
  const length = Number.parseInt(answer.rest.toString("latin1", 0, lineEnd), 16);
  if (answer.rest.length < lineEnd + 2 + length + 2) return false;
  answer.rest = answer.rest.subarray(lineEnd + 2);
  take(answer, length);
  answer.rest = answer.rest.subarray(2);
  answer.complete = length === 0;
  return !answer.complete;
}

/** Reads on with the bytes that came. The body is Latin-1 text: a character per byte. */
export function feedAnswer(answer: HttpAnswer, bytes: Uint8Array): void {
  answer.rest = Buffer.concat([answer.rest, bytes]);
  if (answer.status === undefined && !readHead(answer)) return;
  if (answer.headers.get("transfer-encoding") === "chunked") {
    while (!answer.complete && readChunk(answer));
    return;
  }
  take(answer, answer.rest.length);
  answer.complete = answer.body.length >= Number(answer.headers.get("content-length") ?? 0);
}
