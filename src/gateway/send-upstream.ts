import type { Upstream } from "../core/model.ts";
import { isSide } from "../core/protocol.ts";
import { answerDemo } from "../providers/demo/answer-demo.ts";
import { answerDemoBeside } from "../providers/demo/beside-text/answer-beside.ts";
import { prepareUpstreamRequest, type UpstreamCall } from "../providers/upstream-request.ts";

export interface UpstreamSend extends UpstreamCall {
  /** A stream is read once. */
  readonly body: Uint8Array | ReadableStream<Uint8Array>;
  readonly signal: AbortSignal;
}

/** Sends a request to an upstream and resolves with the head of its answer. */
export type UpstreamSender = (send: UpstreamSend) => Promise<Response>;

/** Bun's own additions to fetch (bun-types, `BunFetchRequestInit`). */
const RAW_ANSWER = {
  // Bytes pass as they come, a redirect never carries the credential elsewhere, and our deadlines rule.
  decompress: false,
  redirect: "manual",
  timeout: false,
} as const;

function sendOverHttp(send: UpstreamSend): Promise<Response> {
  const { url, headers } = prepareUpstreamRequest(send);
  return fetch(url, {
    method: "POST",
    headers,
    body: send.body,
    signal: send.signal,
    ...RAW_ANSWER,
  } as RequestInit);
}

async function sendToDemo(send: UpstreamSend): Promise<Response> {
  const { protocol, stream, signal, target, operation, batch = false, contentType = "" } = send;
  const { model } = target;
  const body = send.body instanceof Uint8Array ? send.body : await new Response(send.body).bytes();
  if (isSide(protocol))
    return await answerDemoBeside({ protocol, operation, model, batch, contentType, body, signal });
  const countTokens = operation === "count-tokens";
  return await answerDemo({ protocol, model, stream, body, signal, countTokens });
}

const SENDERS: Partial<Record<Upstream["provider"], UpstreamSender>> = { demo: sendToDemo };

export const sendUpstream: UpstreamSender = (send) =>
  (SENDERS[send.target.upstream.provider] ?? sendOverHttp)(send);
