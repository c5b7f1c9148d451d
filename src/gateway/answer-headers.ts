import type { Exchange } from "./exchange.ts";
import { idHeaders } from "./exchange.ts";
import type { UpstreamAnswer } from "./open-answer.ts";

/** Answer headers of the upstream that clients read; its limits and its account are not theirs to see. */
const PASSED = ["openai-processing-ms", "x-reasoning-included"];

/** Where upstreams put their own id of a request. */
const UPSTREAM_IDS = ["x-request-id", "request-id"];

export const SSE_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache",
  "x-accel-buffering": "no",
};

export function answerHeaders(exchange: Exchange, answer: UpstreamAnswer): Record<string, string> {
  const headers = idHeaders(exchange);
  if (exchange.limitHeaders) Object.assign(headers, exchange.limitHeaders);
  const type = answer.translation ? undefined : answer.headers.get("content-type");
  headers["content-type"] = type ?? "application/json";
  if (exchange.warnings !== "") headers["x-quoin-warnings"] = exchange.warnings;
  if (exchange.outputTokensMax !== undefined)
    headers["x-quoin-max-tokens"] = String(exchange.outputTokensMax);
  for (const name of PASSED) {
    const value = answer.headers.get(name);
    if (value !== null) headers[name] = value;
  }
  for (const name of UPSTREAM_IDS) {
    const value = answer.headers.get(name);
    if (value !== null) headers["x-upstream-request-id"] = value;
  }
  return headers;
}

/** The name that the client asked for, where the upstream has another for the model. */
export function shownModel(exchange: Exchange, answer: UpstreamAnswer): string | undefined {
  const asked = exchange.head?.model;
  return answer.attempt.target.model === asked ? undefined : asked;
}
