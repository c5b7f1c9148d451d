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
 * @throws GatewayError `upstream_error` when it is larger than `bytesMax`.
 */
export function readWhole(response: Response, bytesMax: number): Promise<Uint8Array> {
  const { headers } = response;
  const length = headers.get("content-length");
  // The length of a compressed answer says nothing of what it unpacks to.
  const known = length !== null && Number(length) <= bytesMax && headers.get("content-encoding") === null;
  return known ? response.bytes() : readBounded(response, bytesMax);
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
      throw new GatewayError(
        "upstream_error",
        "The upstream's answer is larger than Quoin relays; ask for less.",
      );
    }
    chunks.push(chunk);
  }
}
