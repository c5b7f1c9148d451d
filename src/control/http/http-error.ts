export const STATUS = {
  unauthenticated: 401,
  wrong_credentials: 401,
  forbidden: 403,
  sign_up_closed: 403,
  not_found: 404,
  conflict: 409,
  last_owner: 409,
  expired: 410,
  too_large: 413,
  invalid: 422,
  wrong_code: 422,
  confirm: 422,
  rate_limited: 429,
  failed: 500,
  unavailable: 503,
} as const;

export type ErrorCode = keyof typeof STATUS;

export function statusOf(code: ErrorCode): (typeof STATUS)[ErrorCode] {
  return STATUS[code];
}

export interface ErrorTerms {
  /** The field of the request that is wrong. */
  readonly field?: string | undefined;
  readonly retryAfterS?: number | undefined;
}

/** What the caller is told instead of an answer: one sentence that names the mend. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly code: ErrorCode;
  readonly terms: ErrorTerms;

  constructor(code: ErrorCode, message: string, terms: ErrorTerms = {}) {
    super(message);
    this.code = code;
    this.terms = terms;
  }
}
