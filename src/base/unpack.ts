import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, zstdDecompress } from "node:zlib";

type Unpack = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Uint8Array>;

/** By the names of `content-encoding` (RFC 9110 8.4.1). */
const UNPACK: Readonly<Record<string, Unpack>> = {
  gzip: promisify(gunzip) as Unpack,
  "x-gzip": promisify(gunzip) as Unpack,
  deflate: promisify(inflate) as Unpack,
  br: promisify(brotliDecompress) as Unpack,
  zstd: promisify(zstdDecompress) as Unpack,
};

/** Why bytes could not be unpacked. */
export type UnpackFault = "unknown" | "too-large" | "damaged";

/** The encoding that a header names, in lower case; undefined where there is none to undo. */
export function encodingOf(headers: Headers): string | undefined {
  const value = headers.get("content-encoding");
  if (value === null) return undefined;
  const name = value.trim().toLowerCase();
  return name === "" || name === "identity" ? undefined : name;
}

/**
 * The bytes as they were before `encoding`, at most `bytesMax` of them.
 * @throws what `told` makes of the reason.
 */
export async function unpack(
  bytes: Uint8Array,
  encoding: string,
  bytesMax: number,
  told: (fault: UnpackFault, cause?: unknown) => Error,
): Promise<Uint8Array> {
  const work = Object.hasOwn(UNPACK, encoding) ? UNPACK[encoding] : undefined;
  if (!work) throw told("unknown");
  try {
    return await work(bytes, { maxOutputLength: bytesMax });
  } catch (cause) {
    throw told((cause as { code?: string }).code === "ERR_BUFFER_TOO_LARGE" ? "too-large" : "damaged", cause);
  }
}
