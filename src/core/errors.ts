/**
 * The catalogue of what can go wrong. Each dialect renders every kind
 * (protocols/errors/*), so a new kind fails to compile until all of them know it.
 */
export const ERROR_KINDS = [
  "bad_request",
  "unsupported",
  "thread_unsupported",
  "context_length",
  "missing_key",
  "malformed_key",
  "invalid_key",
  "insufficient_funds",
  "permission",
  "model_not_found",
  "not_found",
  "response_not_found",
  "method_not_allowed",
  "body_timeout",
  "too_large",
  "upgrade_required",
  "rate_limit",
  "funds_held",
  "client_closed",
  "internal",
  "upstream_error",
  "upstream_timeout",
  "overloaded",
  "unavailable",
] as const;

export type ErrorKind = (typeof ERROR_KINDS)[number];

export interface ErrorDetail {
  /** The field or header at fault, as the client wrote it (`messages[0].content`). */
  readonly param?: string;
  readonly retryAfterMs?: number;
  /** For `method_not_allowed`: what is allowed. */
  readonly allow?: string;
  readonly cause?: unknown;
}

/** An answer that a client gets instead of a result. The message names the field and the mend. */
export class GatewayError extends Error {
  readonly kind: ErrorKind;
  readonly param: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly allow: string | undefined;

  constructor(kind: ErrorKind, message: string, detail: ErrorDetail = {}) {
    super(message, { cause: detail.cause });
    this.name = "GatewayError";
    this.kind = kind;
    this.param = detail.param;
    this.retryAfterMs = detail.retryAfterMs;
    this.allow = detail.allow;
  }
}

/** Any thrown value as a GatewayError; what is not one is an internal fault of ours. */
export function toGatewayError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  return new GatewayError("internal", "Quoin failed while handling this request; its log says why.", {
    cause: thrown,
  });
}
