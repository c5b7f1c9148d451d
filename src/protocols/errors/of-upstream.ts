import type { ErrorKind } from "../../core/errors.ts";

/** What clients may do about an upstream's failure, at the end of every sentence about one. */
export const AGAIN = "try again, or use another model.";

/** What a status of an upstream means to the client where its body says no more. Absent: `upstream_error`. */
export const KIND_OF_STATUS: Readonly<Record<number, ErrorKind>> = {
  400: "bad_request",
  408: "upstream_timeout",
  413: "too_large",
  422: "bad_request",
  429: "rate_limit",
  503: "overloaded",
  504: "upstream_timeout",
  529: "overloaded",
};

/** What an upstream says of our own credential is not the client's to mend. */
export const CREDENTIAL_REFUSED = `The upstream of this model refused the gateway's own credential; the operator must mend it, ${AGAIN}`;

const WORDS: Partial<Record<ErrorKind, string>> = {
  rate_limit: `The upstream of this model is at its own rate limit; ${AGAIN}`,
  overloaded: `The upstream of this model is overloaded; ${AGAIN}`,
  upstream_timeout: `The upstream of this model did not answer in time; ${AGAIN}`,
};

/**
 * Our words for an upstream's own failure; its own may speak of its account.
 * @param reason a code or a status, where there is one
 */
export function wordsOfFailure(kind: ErrorKind, reason = ""): string {
  return WORDS[kind] ?? `The upstream of this model failed${reason === "" ? "" : ` (${reason})`}; ${AGAIN}`;
}

/** Kinds that are about the request itself: the upstream's words are meant for whoever wrote it. */
export const REQUESTS_OWN: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  "bad_request",
  "context_length",
  "too_large",
  "unsupported",
]);

/** "Please try again in 1.5s", or "in 20ms": how OpenAI's messages say how long to wait. */
export function waitIn(message: string): number | undefined {
  const match = /try again in (\d+(?:\.\d+)?)\s*(ms|s|m)\b/i.exec(message);
  if (!match) return undefined;
  const unitMs = { ms: 1, s: 1_000, m: 60_000 }[(match[2] ?? "s").toLowerCase()] ?? 1_000;
  return Math.ceil(Number(match[1]) * unitMs);
}
