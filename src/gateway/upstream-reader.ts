import { encodingOf, type UnpackFault, unpack } from "../base/unpack.ts";
import { GatewayError } from "../core/errors.ts";

/** The body of an upstream's answer, pulled chunk by chunk. */
export interface AnswerReader {
  /** The next bytes; undefined at the end. @throws when the connection is cut. */
  read(): Promise<Uint8Array | undefined>;
  /** Lets the rest go and closes the connection. Never throws. */
  cancel(): void;
}

export function readerOf(response: Response): AnswerReader {
  const reader = response.body?.getReader();
  return {
    async read() {
      const result = await reader?.read();
      return result === undefined || result.done ? undefined : result.value;
    },
    cancel() {
      // The connection may be gone already; that is what was wanted.
      reader?.cancel().catch(() => undefined);
    },
  };
}

/**
 * A whole answer's bytes.
 * @throws GatewayError `upstream_error` when it is larger than `bytesMax` or cannot be unpacked.
 */
export function readWhole(response: Response, bytesMax: number): Promise<Uint8Array> {
  const length = response.headers.get("content-length");
  const whole =
    length !== null && Number(length) <= bytesMax ? response.bytes() : readBounded(response, bytesMax);
  // Answers are asked for plain; one that is compressed all the same would hide its usage.
  const encoding = encodingOf(response.headers);
  return encoding === undefined
    ? whole
    : whole.then((bytes) => unpack(bytes, encoding, bytesMax, unreadable));
}

function unreadable(fault: UnpackFault, cause?: unknown): GatewayError {
  if (fault === "too-large") return tooLarge();
  const message = "The upstream's answer is compressed in a way that Quoin cannot read; try again.";
  return new GatewayError("upstream_error", message, { cause });
}

function tooLarge(): GatewayError {
  const message = "The upstream's answer is larger than Quoin relays; ask for less.";
  return new GatewayError("upstream_error", message);
}

async function readBounded(response: Response, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = readerOf(response);
  for (;;) {
    const chunk = await reader.read();
    if (chunk === undefined) return Buffer.concat(chunks);
    size += chunk.length;
    if (size > bytesMax) {
      reader.cancel();
      throw tooLarge();
    }
    chunks.push(chunk);
  }
}
