import { HttpError } from "./http-error.ts";

const BODY_BYTES_MAX = 1_048_576;

function tooLarge(): HttpError {
  return new HttpError("too_large", `The body is larger than ${BODY_BYTES_MAX} bytes; send less at once.`);
}

async function readBounded(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The body's JSON; undefined where there is none. @throws HttpError */
export async function readJson(request: Request): Promise<unknown> {
  if (Number(request.headers.get("content-length") ?? 0) > BODY_BYTES_MAX) throw tooLarge();
  if (request.body === null) return undefined;
  const bytes = await readBounded(request.body);
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HttpError("invalid", `The body is not JSON in UTF-8: ${why}.`);
  }
}
