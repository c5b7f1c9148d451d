import type { WireProtocol } from "../core/protocol.ts";
import { CLOUDS } from "./cloud/addresses.ts";
import type { UpstreamCall } from "./upstream-call.ts";

/** A request as it is about to leave for an upstream. */
export interface UpstreamRequest {
  readonly url: string;
  readonly headers: Record<string, string>;
}

/** Client headers that mean something to an upstream of the same protocol. Never a credential or a cookie. */
const FORWARDED: Partial<Record<WireProtocol, readonly string[]>> = {
  "anthropic-messages": ["anthropic-version", "anthropic-beta"],
  "openai-chat": ["openai-beta"],
  "openai-responses": ["openai-beta", "session-id", "thread-id", "x-client-request-id"],
  "openai-completions": ["openai-beta"],
};

const ANTHROPIC_VERSION = "2023-06-01";

function vendorHeaders(call: UpstreamCall): Record<string, string> {
  const { apiKey, provider } = call.target.upstream;
  if (apiKey === "") return {};
  const cloud = CLOUDS[provider];
  if (cloud) return cloud.credential(call, apiKey);
  if (call.protocol === "gemini" || call.protocol === "gemini-embeddings")
    return { "x-goog-api-key": apiKey };
  if (call.protocol === "anthropic-messages" && provider === "anthropic") return { "x-api-key": apiKey };
  return { authorization: `Bearer ${apiKey}` };
}

function headersOf(call: UpstreamCall): Record<string, string> {
  const headers: Record<string, string> = {
    "content-type": call.contentType ?? "application/json",
    // The tap reads the answer as it passes; compressed it would be blind.
    "accept-encoding": "identity",
    "user-agent": "quoin",
  };
  if (call.protocol === "anthropic-messages") headers["anthropic-version"] = ANTHROPIC_VERSION;
  if (call.contentLength !== undefined) headers["content-length"] = String(call.contentLength);
  for (const name of FORWARDED[call.protocol] ?? []) {
    const value = call.clientHeaders.get(name);
    if (value !== null) headers[name] = value;
  }
  if (call.betas && call.betas.length > 0) {
    const asked = headers["anthropic-beta"]?.split(",").map((name) => name.trim()) ?? [];
    headers["anthropic-beta"] = [...new Set([...asked, ...call.betas])].join(",");
  }
  CLOUDS[call.target.upstream.provider]?.adjust?.(call, headers);
  return Object.assign(headers, vendorHeaders(call), call.target.upstream.headers);
}

const OPENAI_PATHS = {
  "openai-chat": "/chat/completions",
  "openai-responses": "/responses",
  "openai-completions": "/completions",
  "openai-embeddings": "/embeddings",
  "openai-moderations": "/moderations",
  "openai-images": "/images/generations",
  rerank: "/rerank",
  "openai-speech": "/audio/speech",
  "openai-transcriptions": "/audio/transcriptions",
} as const;

function anthropicPath(call: UpstreamCall): string {
  const path = call.operation === "count-tokens" ? "/messages/count_tokens" : "/messages";
  // Anthropic's own base has no version, that of a compatible server may.
  return call.target.upstream.baseUrl.endsWith("/v1") ? path : `/v1${path}`;
}

function geminiPath(call: UpstreamCall): string {
  const model = encodeURIComponent(call.target.model).replaceAll("%2F", "/");
  if (call.operation === "count-tokens") return `/models/${model}:countTokens`;
  if (call.operation === "embed")
    return `/models/${model}:${call.batch ? "batchEmbedContents" : "embedContent"}`;
  return call.stream ? `/models/${model}:streamGenerateContent?alt=sse` : `/models/${model}:generateContent`;
}

function pathOf(call: UpstreamCall): string {
  const path = CLOUDS[call.target.upstream.provider]?.path(call);
  if (path !== undefined) return path;
  if (call.protocol === "anthropic-messages") return anthropicPath(call);
  if (call.protocol === "gemini" || call.protocol === "gemini-embeddings") return geminiPath(call);
  return call.operation === "translate-speech" ? "/audio/translations" : OPENAI_PATHS[call.protocol];
}

/** Where a request goes and what it carries, for any upstream that speaks the client's protocol. */
export function prepareUpstreamRequest(call: UpstreamCall): UpstreamRequest {
  return { url: call.target.upstream.baseUrl + pathOf(call), headers: headersOf(call) };
}
