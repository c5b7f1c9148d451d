import { encodingOf, type UnpackFault, unpack } from "../base/unpack.ts";
import { GatewayError } from "../core/errors.ts";

/** The next bytes, or that there are none: as streams say it, for another object would cost an event more. */
export type AnswerChunk =
  | { readonly done: false; readonly value: Uint8Array }
  | { readonly done: true; readonly value?: undefined };

/** The body of an upstream's answer, pulled chunk by chunk. */
export interface AnswerReader {
  /** @throws when the connection is cut. */
  read(): Promise<AnswerChunk>;
  /** Lets the rest go and closes the connection. Never throws. */
  cancel(): void;
}

const NO_BODY: AnswerReader = { read: () => Promise.resolve({ done: true }), cancel: () => undefined };

export function readerOf(response: Response): AnswerReader {
  const reader = response.body?.getReader();
  if (!reader) return NO_BODY;
  return {
    read: () => reader.read() as Promise<AnswerChunk>,
    cancel() {
      // The connection may be gone already; that is what was wanted.
      reader.cancel().catch(() => undefined);
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
  const message = "The upstream's answer is compressed in a way that the gateway cannot read; try again.";
  return new GatewayError("upstream_error", message, { cause });
}

function tooLarge(): GatewayError {
  const message = "The upstream's answer is larger than the gateway relays; ask for less.";
  return new GatewayError("upstream_error", message);
}

async function readBounded(response: Response, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = readerOf(response);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks);
    size += value.length;
    if (size > bytesMax) {
      reader.cancel();
      throw tooLarge();
    }
    chunks.push(value);
  }
}
