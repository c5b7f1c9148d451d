import { bedrockScope, isGoogleFile } from "../core/cloud-credential.ts";
import { isInvoked } from "../providers/cloud/addresses.ts";
import { anthropicRefusal } from "../providers/cloud/anthropic-refusal.ts";
import { bedrockEvents } from "../providers/cloud/bedrock-events.ts";
import { bedrockBody, vertexBody } from "../providers/cloud/cloud-body.ts";
import { awsKeysOf, signedHeaders } from "../providers/cloud/sigv4.ts";
import { prepareUpstreamRequest } from "../providers/upstream-request.ts";
import { CredentialRefused, googleToken } from "./google-tokens.ts";
import { readWhole } from "./upstream-reader.ts";
import { bytesOf, fetchUpstream, type UpstreamSend, type UpstreamSender } from "./upstream-send.ts";

const REFUSAL_BYTES_MAX = 64 * 1024;

/** These answers are another body than came, or of another kind. */
function withBody(
  response: Response,
  body: string | ReadableStream<Uint8Array>,
  contentType: string,
): Response {
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  headers.set("content-type", contentType);
  return new Response(body, { status: response.status, headers });
}

/** A refusal of the cloud's, not of the model's, in the words of the protocol that was asked. */
async function inAnthropicWords(response: Response): Promise<Response> {
  const bytes = await readWhole(response, REFUSAL_BYTES_MAX);
  const refusal = anthropicRefusal(response.status, new TextDecoder().decode(bytes));
  return withBody(response, JSON.stringify(refusal), "application/json");
}

/** What a refused credential looks like from any upstream. */
function refusedCredential(cause: CredentialRefused): Response {
  const error = { code: 401, message: cause.message, status: "UNAUTHENTICATED" };
  return Response.json({ error }, { status: 401 });
}

/** Vertex AI: Google's models, and others' in their makers' protocols. */
export const sendToVertex: UpstreamSender = async (send) => {
  const { url, headers } = prepareUpstreamRequest(send);
  const { apiKey } = send.target.upstream;
  try {
    if (isGoogleFile(apiKey)) headers.authorization ??= `Bearer ${await googleToken(apiKey)}`;
  } catch (cause) {
    if (cause instanceof CredentialRefused) return refusedCredential(cause);
    throw cause;
  }
  const response = await fetchUpstream(url, headers, vertexBody(send, await bytesOf(send)), send.signal);
  return response.ok || send.protocol !== "anthropic-messages" ? response : await inAnthropicWords(response);
};

function signed(
  send: UpstreamSend,
  url: string,
  body: Uint8Array,
  contentType: string,
): Record<string, string> {
  const { apiKey, baseUrl } = send.target.upstream;
  const keys = awsKeysOf(apiKey);
  if (!keys) return {};
  const scope = bedrockScope(baseUrl);
  if (!scope) throw new Error(`${baseUrl} names no region of AWS to sign for`);
  return signedHeaders({ url, body, contentType, keys, ...scope, atMs: Date.now() });
}

/** Amazon Bedrock: Claude by InvokeModel, others by the protocols of their makers. */
export const sendToBedrock: UpstreamSender = async (send) => {
  const invoked = isInvoked(send);
  // There is no counter for Claude at this address; whoever asks counts himself.
  if (invoked && send.operation === "count-tokens") return new Response(null, { status: 404 });
  const { url, headers } = prepareUpstreamRequest(send);
  const body = bedrockBody(send, await bytesOf(send));
  Object.assign(headers, signed(send, url, body, headers["content-type"] ?? "application/json"));
  const response = await fetchUpstream(url, headers, body, send.signal);
  if (!invoked) return response;
  if (!response.ok) return await inAnthropicWords(response);
  return send.stream && response.body
    ? withBody(response, bedrockEvents(response.body), "text/event-stream; charset=utf-8")
    : response;
};
