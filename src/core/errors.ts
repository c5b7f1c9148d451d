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
  "wrong_endpoint",
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
  "upstream_unreachable",
  "upstream_timeout",
  "overloaded",
  "unavailable",
] as const;

export type ErrorKind = (typeof ERROR_KINDS)[number];

/** What an error looks like where it differs from its dialect's own; absent fields keep that. */
export interface ErrorShape {
  /** HTTP status, 400 to 599. */
  readonly status?: number;
  /** `error.type` of OpenAI and Anthropic. */
  readonly type?: string;
  /** `error.code` of OpenAI, google.rpc's name of the status of Gemini. */
  readonly code?: string;
  /** Wording; `{message}` stands for ours and `{retry_after}` for the seconds to wait. */
  readonly message?: string;
}

export interface ErrorDetail {
  /** The field or header at fault, as the client wrote it (`messages[0].content`). */
  readonly param?: string;
  readonly retryAfterMs?: number;
  /** For `method_not_allowed`: what is allowed. */
  readonly allow?: string;
  /** How it looks where the operator's profile says so. */
  readonly shape?: ErrorShape | undefined;
  readonly cause?: unknown;
}

/** An answer that a client gets instead of a result. The message names the field and the mend. */
export class GatewayError extends Error {
  readonly kind: ErrorKind;
  readonly param: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly allow: string | undefined;
  readonly shape: ErrorShape | undefined;

  constructor(kind: ErrorKind, message: string, detail: ErrorDetail = {}) {
    super(message, { cause: detail.cause });
    this.name = "GatewayError";
    this.kind = kind;
    this.param = detail.param;
    this.retryAfterMs = detail.retryAfterMs;
    this.allow = detail.allow;
    this.shape = detail.shape;
  }
}

/** A store did not answer in time, or cannot be reached: whether what was asked of it was done is not known. */
export class StoreAway extends Error {
  override readonly name = "StoreAway";
}

/** A store that is out of reach may be back as soon as this. */
const AWAY_RETRY_MS = 1_000;

/** Any thrown value as a GatewayError; what is not one is an internal fault of ours. */
export function toGatewayError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  if (thrown instanceof StoreAway) {
    const message = "The gateway cannot reach its database just now; try again in a moment.";
    return new GatewayError("unavailable", message, { retryAfterMs: AWAY_RETRY_MS, cause: thrown });
  }
  return new GatewayError("internal", "The gateway failed while handling this request; its log says why.", {
    cause: thrown,
  });
}
