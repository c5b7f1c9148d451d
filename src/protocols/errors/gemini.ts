import type { ErrorKind, GatewayError } from "../../core/errors.ts";

interface GeminiShape {
  readonly status: number;
  /** google.rpc.Code by name. */
  readonly code: string;
}

const INVALID = "INVALID_ARGUMENT";

/** HTTP status and google.rpc status per kind (google.rpc.Status, as @google/genai's ApiError carries it). */
export const GEMINI_ERRORS: Record<ErrorKind, GeminiShape> = {
  bad_request: { status: 400, code: INVALID },
  unsupported: { status: 400, code: INVALID },
  thread_unsupported: { status: 400, code: INVALID },
  context_length: { status: 400, code: INVALID },
  missing_key: { status: 401, code: "UNAUTHENTICATED" },
  malformed_key: { status: 401, code: "UNAUTHENTICATED" },
  invalid_key: { status: 401, code: "UNAUTHENTICATED" },
  insufficient_funds: { status: 429, code: "RESOURCE_EXHAUSTED" },
  permission: { status: 403, code: "PERMISSION_DENIED" },
  model_not_found: { status: 404, code: "NOT_FOUND" },
  wrong_endpoint: { status: 400, code: INVALID },
  not_found: { status: 404, code: "NOT_FOUND" },
  response_not_found: { status: 404, code: "NOT_FOUND" },
  method_not_allowed: { status: 405, code: INVALID },
  body_timeout: { status: 408, code: "DEADLINE_EXCEEDED" },
  too_large: { status: 413, code: INVALID },
  upgrade_required: { status: 426, code: "FAILED_PRECONDITION" },
  rate_limit: { status: 429, code: "RESOURCE_EXHAUSTED" },
  funds_held: { status: 429, code: "RESOURCE_EXHAUSTED" },
  client_closed: { status: 499, code: "CANCELLED" },
  internal: { status: 500, code: "INTERNAL" },
  upstream_error: { status: 500, code: "INTERNAL" },
  upstream_unreachable: { status: 500, code: "INTERNAL" },
  upstream_timeout: { status: 504, code: "DEADLINE_EXCEEDED" },
  overloaded: { status: 503, code: "UNAVAILABLE" },
  unavailable: { status: 503, code: "UNAVAILABLE" },
};

/** Gemini CLI gives up at once when told to wait longer than five minutes; an empty wallet needs that. */
const EMPTY_WALLET_RETRY_S = 3600;

function details(error: GatewayError): object[] {
  const list: object[] = [];
  const reason = error.kind.toUpperCase();
  list.push({
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    reason,
    domain: "quoin",
  });
  if (error.param !== undefined) {
    const violation = { field: error.param, description: error.message };
    list.push({
      "@type": "type.googleapis.com/google.rpc.BadRequest",
      fieldViolations: [violation],
    });
  }
  const seconds =
    error.kind === "insufficient_funds" ? EMPTY_WALLET_RETRY_S : Math.ceil((error.retryAfterMs ?? 0) / 1000);
  if (seconds > 0) {
    list.push({
      "@type": "type.googleapis.com/google.rpc.RetryInfo",
      retryDelay: `${seconds}s`,
    });
  }
  return list;
}

export function geminiBody(error: GatewayError): string {
  const { status, code } = { ...GEMINI_ERRORS[error.kind], ...error.shape };
  return JSON.stringify({
    error: {
      code: status,
      message: error.message,
      status: code,
      details: details(error),
    },
  });
}
