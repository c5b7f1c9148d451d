import type { UpstreamCall } from "../providers/upstream-call.ts";

export interface UpstreamSend extends UpstreamCall {
  /** A stream is read once. */
  readonly body: Uint8Array | ReadableStream<Uint8Array>;
  readonly signal: AbortSignal;
}

/** Sends a request to an upstream and resolves with the head of its answer. */
export type UpstreamSender = (send: UpstreamSend) => Promise<Response>;

/** The body in one piece, for those who must have seen all of it. */
export async function bytesOf({ body }: UpstreamSend): Promise<Uint8Array> {
  return body instanceof Uint8Array ? body : await new Response(body).bytes();
}

/** Bun's own additions to fetch (bun-types, `BunFetchRequestInit`). */
const RAW_ANSWER = {
  // Bytes pass as they come, a redirect never carries the credential elsewhere, and our deadlines rule.
  decompress: false,
  redirect: "manual",
  timeout: false,
} as const;

/** Sends bytes as they are. */
export function fetchUpstream(
  url: string,
  headers: Record<string, string>,
  body: UpstreamSend["body"],
  signal: AbortSignal,
): Promise<Response> {
  return fetch(url, { method: "POST", headers, body, signal, ...RAW_ANSWER } as RequestInit);
}
