import type { Deadlines } from "../base/deadlines.ts";
import { encodingOf, type UnpackFault, unpack } from "../base/unpack.ts";
import { GatewayError } from "../core/errors.ts";
import { asObject, isDeeper, type JsonObject } from "../core/json.ts";

export interface BodyLimits {
  /** For the body as it comes and after decompression. */
  readonly bytesMax: number;
  readonly deadlineMs: number;
}

export function tooLarge(bytesMax: number): GatewayError {
  const mib = bytesMax / 1_048_576;
  const bound = mib < 1 ? `${Math.floor(mib * 1024)} KiB` : `${mib.toFixed(1).replace(/\.0$/, "")} MiB`;
  return new GatewayError(
    "too_large",
    `The request body is larger than the ${bound} allowed here; send less.`,
  );
}

async function readChunks(stream: ReadableStream<Uint8Array>, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > bytesMax) throw tooLarge(bytesMax);
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

function readRaw(request: Request, bytesMax: number): Promise<Uint8Array> {
  const length = request.headers.get("content-length");
  if (length !== null) {
    if (Number(length) > bytesMax) throw tooLarge(bytesMax);
    return request.bytes();
  }
  return request.body ? readChunks(request.body, bytesMax) : Promise.resolve(new Uint8Array(0));
}

/** Bun aborts the read of a body whose connection closes. */
export function isGone(fault: unknown): boolean {
  return fault instanceof DOMException && fault.name === "AbortError";
}

export function clientClosed(cause: unknown): GatewayError {
  return new GatewayError("client_closed", "The client closed before its request was whole.", { cause });
}

/** Rejects with `body_timeout` when the body is not there in time; half a body may stay open for ever. */
function withDeadline(work: Promise<Uint8Array>, ms: number, deadlines: Deadlines): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const deadline = deadlines.start(ms, { onLate: () => reject(late(ms)) });
    work.then(
      (bytes) => {
        deadline.stop();
        resolve(bytes);
      },
      (fault) => {
        deadline.stop();
        reject(isGone(fault) ? clientClosed(fault) : fault);
      },
    );
  });
}

export function late(ms: number): GatewayError {
  const message = `The request body did not arrive within ${Math.round(ms / 1000)} s; send it again.`;
  return new GatewayError("body_timeout", message);
}

/** What is wrong with a body's compression, in the client's words. */
function unpackError(
  encoding: string,
  bytesMax: number,
): (fault: UnpackFault, cause?: unknown) => GatewayError {
  return (fault, cause) => {
    if (fault === "too-large") return tooLarge(bytesMax);
    const message =
      fault === "unknown"
        ? `content-encoding: "${encoding.slice(0, 40)}" is not read here; send gzip, br, zstd or none.`
        : `content-encoding: the body is not valid ${encoding}; send it again or uncompressed.`;
    return new GatewayError("bad_request", message, { param: "content-encoding", cause });
  };
}

/**
 * The request's body, decompressed.
 * @throws GatewayError `too_large`, `body_timeout`, `bad_request` (compression).
 */
export function readBody(request: Request, limits: BodyLimits, deadlines: Deadlines): Promise<Uint8Array> {
  const raw = withDeadline(readRaw(request, limits.bytesMax), limits.deadlineMs, deadlines);
  const encoding = encodingOf(request.headers);
  if (encoding === undefined) return raw;
  return raw.then((bytes) =>
    unpack(bytes, encoding, limits.bytesMax, unpackError(encoding, limits.bytesMax)),
  );
}

const decoder = new TextDecoder();

/**
 * The body as a JSON object, whatever its content type says.
 * @throws GatewayError `bad_request` saying what is wrong with it.
 */
export function parseBody(bytes: Uint8Array): JsonObject {
  if (bytes.length === 0)
    throw new GatewayError("bad_request", "The request body is empty; send a JSON object.");
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replace(/^JSON Parse error: /, "") : "";
    throw new GatewayError("bad_request", `The request body is not valid JSON: ${why}.`, { cause });
  }
  const body = asObject(value);
  if (!body) throw new GatewayError("bad_request", "The request body must be a JSON object.");
  return body;
}

/** What reads a body to the last member does so level by level, on a stack that ends. */
const LEVELS_MAX = 1_000;

/**
 * Of a body that must be taken apart: bytes that pass may be as deep as they like.
 * @throws GatewayError `bad_request`
 */
export function refuseDeep(body: JsonObject): void {
  if (!isDeeper(body, LEVELS_MAX)) return;
  const message = `The request body nests lists and objects in more than ${LEVELS_MAX} levels; send it flatter.`;
  throw new GatewayError("bad_request", message);
}
