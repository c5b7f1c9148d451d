import { type ErrorKind, GatewayError } from "../../../core/errors.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";

/** What an `ErrorType` of Anthropic's means to our client; its word on our own credential is not the client's. */
const KINDS: Readonly<Record<string, ErrorKind>> = {
  invalid_request_error: "bad_request",
  authentication_error: "upstream_error",
  permission_error: "upstream_error",
  billing_error: "upstream_error",
  not_found_error: "upstream_error",
  conflict_error: "upstream_error",
  request_too_large: "too_large",
  rate_limit_error: "rate_limit",
  timeout_error: "upstream_timeout",
  overloaded_error: "overloaded",
  api_error: "upstream_error",
};

const STATUS_KINDS: Readonly<Record<number, ErrorKind>> = {
  400: "bad_request",
  408: "upstream_timeout",
  413: "too_large",
  422: "bad_request",
  429: "rate_limit",
  503: "overloaded",
  504: "upstream_timeout",
  529: "overloaded",
};

const TOO_LONG =
  /prompt is too long|context (?:window|length|limit)|exceeds? (?:the )?(?:model'?s )?(?:maximum )?context/i;
/** Anthropic says so with status 400; the wallet is the operator's. */
const OUT_OF_CREDIT = /credit balance is too low/i;

/** Kinds whose words are meant for whoever wrote the request. */
const CLIENTS_OWN: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  "bad_request",
  "context_length",
  "too_large",
]);

const AGAIN = "try again, or use another model.";

const WORDS: Partial<Record<ErrorKind, string>> = {
  rate_limit: `The upstream of this model is at its own rate limit; ${AGAIN}`,
  overloaded: `The upstream of this model is overloaded; ${AGAIN}`,
  upstream_timeout: `The upstream of this model did not answer in time; ${AGAIN}`,
};

const CREDENTIALS = new Set(["authentication_error", "permission_error", "billing_error"]);

function kindOf(type: string, status: number, message: string): ErrorKind {
  const kind = (Object.hasOwn(KINDS, type) ? KINDS[type] : STATUS_KINDS[status]) ?? "upstream_error";
  if (kind !== "bad_request") return kind;
  if (OUT_OF_CREDIT.test(message)) return "upstream_error";
  return TOO_LONG.test(message) ? "context_length" : kind;
}

function wordsOf(kind: ErrorKind, type: string, message: string): string {
  if (CLIENTS_OWN.has(kind) && message !== "") return message;
  if (CREDENTIALS.has(type) || OUT_OF_CREDIT.test(message)) {
    return `The upstream of this model refused Quoin's own credential; the operator must mend it, ${AGAIN}`;
  }
  return WORDS[kind] ?? `The upstream of this model failed; ${AGAIN}`;
}

/** An `error` object of a stream or of a refusal. @param status 0 in mid-stream */
export function errorOf(error: JsonObject | undefined, status: number, text = ""): GatewayError {
  const type = typeof error?.type === "string" ? error.type : "";
  const message = typeof error?.message === "string" ? error.message : "";
  const kind = kindOf(type, status, message);
  const cause = message === "" ? text.slice(0, 300) : `${type}: ${message}`;
  return new GatewayError(kind, wordsOf(kind, type, message), { cause });
}

/** `{"type": "error", "error": {"type", "message"}}` (@anthropic-ai/sdk, `ErrorResponse`), or whatever came instead. */
export function decodeError(status: number, answer: JsonObject | undefined, text: string): GatewayError {
  return errorOf(asObject(answer?.error), status, text);
}
