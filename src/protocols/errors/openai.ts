import type { ErrorKind, GatewayError } from "../../core/errors.ts";
import type { JsonObject } from "../../core/json.ts";

export interface OpenAiShape {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
}

const INVALID = "invalid_request_error";

/** Status, `type` and `code` per kind, as openai's SDKs and Codex read them (openai, `APIError`). */
export const OPENAI_ERRORS: Record<ErrorKind, OpenAiShape> = {
  bad_request: { status: 400, type: INVALID, code: null },
  unsupported: { status: 400, type: INVALID, code: "unsupported_parameter" },
  thread_unsupported: {
    status: 400,
    type: INVALID,
    code: "unsupported_parameter",
  },
  context_length: {
    status: 400,
    type: INVALID,
    code: "context_length_exceeded",
  },
  missing_key: { status: 401, type: INVALID, code: "invalid_api_key" },
  malformed_key: { status: 401, type: INVALID, code: "invalid_api_key" },
  invalid_key: { status: 401, type: INVALID, code: "invalid_api_key" },
  insufficient_funds: {
    status: 402,
    type: "insufficient_quota",
    code: "insufficient_funds",
  },
  permission: {
    status: 403,
    type: "permission_error",
    code: "permission_denied",
  },
  model_not_found: { status: 404, type: INVALID, code: "model_not_found" },
  wrong_endpoint: { status: 400, type: INVALID, code: "model_not_found" },
  not_found: { status: 404, type: INVALID, code: "unknown_url" },
  response_not_found: { status: 404, type: INVALID, code: null },
  method_not_allowed: {
    status: 405,
    type: INVALID,
    code: "method_not_allowed",
  },
  body_timeout: { status: 408, type: "timeout", code: "request_timeout" },
  too_large: { status: 413, type: INVALID, code: "request_entity_too_large" },
  upgrade_required: { status: 426, type: INVALID, code: "upgrade_required" },
  rate_limit: {
    status: 429,
    type: "rate_limit_error",
    code: "rate_limit_exceeded",
  },
  funds_held: { status: 429, type: "rate_limit_error", code: "funds_held" },
  client_closed: { status: 499, type: "client_closed", code: "client_closed" },
  internal: { status: 500, type: "server_error", code: null },
  upstream_error: { status: 502, type: "server_error", code: "upstream_error" },
  upstream_unreachable: { status: 502, type: "server_error", code: "upstream_error" },
  upstream_timeout: { status: 504, type: "timeout", code: "upstream_timeout" },
  overloaded: { status: 503, type: "server_error", code: "server_overloaded" },
  unavailable: {
    status: 503,
    type: "server_error",
    code: "service_unavailable",
  },
};

/** Status, `type` and `code` of one error, as the operator's profile has them where it does. */
export function openAiShape({ kind, shape }: GatewayError): OpenAiShape {
  return { ...OPENAI_ERRORS[kind], ...shape };
}

/** The error as an object, whole or as an event of a stream. */
export function openAiError(error: GatewayError): JsonObject {
  const { type, code } = openAiShape(error);
  return { error: { message: error.message, type, param: error.param ?? null, code } };
}

export function openAiBody(error: GatewayError): string {
  return JSON.stringify(openAiError(error));
}
