import type { ErrorKind, GatewayError } from "../../core/errors.ts";
import type { Dialect, WireProtocol } from "../../core/protocol.ts";
import type { TapState } from "../protocol.ts";
import { ANTHROPIC_ERRORS, anthropicBody } from "./anthropic.ts";
import { GEMINI_ERRORS, geminiBody } from "./gemini.ts";
import { OPENAI_ERRORS, openAiBody, openAiShape } from "./openai.ts";

const STATUS: Record<Dialect, Record<ErrorKind, { readonly status: number }>> = {
  anthropic: ANTHROPIC_ERRORS,
  openai: OPENAI_ERRORS,
  gemini: GEMINI_ERRORS,
};

/** What a retry of the same request may mend; SDKs and Claude Code obey `x-should-retry`. */
const RETRY_MENDS: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  "body_timeout",
  "rate_limit",
  "funds_held",
  "client_closed",
  "internal",
  "upstream_error",
  "upstream_unreachable",
  "upstream_timeout",
  "overloaded",
  "unavailable",
]);

export interface RenderedError {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

function headersOf(error: GatewayError): Record<string, string> {
  const headers: Record<string, string> = {
    "content-type": "application/json",
  };
  if (!RETRY_MENDS.has(error.kind)) headers["x-should-retry"] = "false";
  if (error.retryAfterMs !== undefined) {
    headers["retry-after"] = String(Math.max(1, Math.ceil(error.retryAfterMs / 1000)));
    headers["retry-after-ms"] = String(Math.ceil(error.retryAfterMs));
  }
  if (error.allow !== undefined) headers.allow = error.allow;
  if (error.kind === "upgrade_required") headers.upgrade = "HTTP/1.1";
  // The rest of its body may never come, and would pass for the next request.
  if (error.kind === "body_timeout") headers.connection = "close";
  return headers;
}

function bodyOf(dialect: Dialect, error: GatewayError, requestId: string): string {
  if (dialect === "anthropic") return anthropicBody(error, requestId);
  return dialect === "gemini" ? geminiBody(error) : openAiBody(error);
}

/** The error as a whole answer in the client's dialect. */
export function renderError(dialect: Dialect, error: GatewayError, requestId: string): RenderedError {
  return {
    status: error.shape?.status ?? STATUS[dialect][error.kind].status,
    headers: headersOf(error),
    body: bodyOf(dialect, error, requestId),
  };
}

/** Codex reads `response.failed` and ignores `error` events, so the answer so far is ended by it. */
function responsesFailure(error: GatewayError, state: TapState): string {
  const { code } = openAiShape(error);
  const response = {
    object: "response",
    output: [],
    ...state.raw,
    id: state.answerId || "resp_failed",
    status: "failed",
    error: { code: code ?? "server_error", message: error.message },
    usage: null,
  };
  const event = {
    type: "response.failed",
    sequence_number: state.sequence + 1,
    response,
  };
  return `event: response.failed\ndata: ${JSON.stringify(event)}\n\n`;
}

const encoder = new TextEncoder();

/**
 * The error as the last bytes of a stream that has begun. Never followed by a terminator:
 * a clean end would pass the torn answer off as whole (PROTOCOLS.md 1.8).
 */
export function renderStreamError(
  protocol: WireProtocol,
  error: GatewayError,
  requestId: string,
  state: TapState,
): Uint8Array {
  switch (protocol) {
    case "anthropic-messages":
      return encoder.encode(`event: error\ndata: ${anthropicBody(error, requestId)}\n\n`);
    case "openai-responses":
      return encoder.encode(responsesFailure(error, state));
    case "gemini":
      return encoder.encode(`data: ${geminiBody(error)}\r\n\r\n`);
    default:
      return encoder.encode(`data: ${openAiBody(error)}\n\n`);
  }
}
