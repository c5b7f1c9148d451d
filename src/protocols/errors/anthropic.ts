import type { ErrorKind, GatewayError } from "../../core/errors.ts";

interface AnthropicShape {
  readonly status: number;
  readonly type: string;
}

const INVALID = "invalid_request_error";

/** Status and `type` per kind (@anthropic-ai/sdk, `ErrorType`; 529 stands for overloaded). */
export const ANTHROPIC_ERRORS: Record<ErrorKind, AnthropicShape> = {
  bad_request: { status: 400, type: INVALID },
  unsupported: { status: 400, type: INVALID },
  thread_unsupported: { status: 400, type: INVALID },
  context_length: { status: 400, type: INVALID },
  missing_key: { status: 401, type: "authentication_error" },
  malformed_key: { status: 401, type: "authentication_error" },
  invalid_key: { status: 401, type: "authentication_error" },
  insufficient_funds: { status: 402, type: "billing_error" },
  permission: { status: 403, type: "permission_error" },
  model_not_found: { status: 404, type: "not_found_error" },
  wrong_endpoint: { status: 400, type: INVALID },
  not_found: { status: 404, type: "not_found_error" },
  response_not_found: { status: 404, type: "not_found_error" },
  method_not_allowed: { status: 405, type: INVALID },
  body_timeout: { status: 408, type: "timeout_error" },
  too_large: { status: 413, type: "request_too_large" },
  upgrade_required: { status: 426, type: INVALID },
  rate_limit: { status: 429, type: "rate_limit_error" },
  funds_held: { status: 429, type: "rate_limit_error" },
  client_closed: { status: 499, type: "api_error" },
  internal: { status: 500, type: "api_error" },
  upstream_error: { status: 500, type: "api_error" },
  upstream_unreachable: { status: 500, type: "api_error" },
  upstream_timeout: { status: 504, type: "timeout_error" },
  overloaded: { status: 529, type: "overloaded_error" },
  unavailable: { status: 529, type: "overloaded_error" },
};

/** Kinds that the SDK tells apart by `error.details` (@anthropic-ai/sdk 1.x, thread fallback). */
const DETAILS: Partial<Record<ErrorKind, object>> = {
  thread_unsupported: {
    error_code: "thread_unsupported_request",
    unsupported: ["thread"],
  },
};

const TOO_LONG = "prompt is too long";

/** Claude Code compacts its conversation on these very words, whoever's model it was. */
function wordsOf({ kind, message }: GatewayError): string {
  return kind === "context_length" && !message.includes(TOO_LONG) ? `${TOO_LONG}: ${message}` : message;
}

/** The error as an object: an event's data, or a body without its request id. */
export function anthropicError(error: GatewayError): { readonly [key: string]: unknown } {
  const type = error.shape?.type ?? ANTHROPIC_ERRORS[error.kind].type;
  const details = DETAILS[error.kind];
  return { type: "error", error: { type, message: wordsOf(error), ...(details ? { details } : {}) } };
}

export function anthropicBody(error: GatewayError, requestId: string): string {
  return JSON.stringify({ ...anthropicError(error), request_id: requestId });
}
