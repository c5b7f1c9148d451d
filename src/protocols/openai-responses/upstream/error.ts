import { type ErrorKind, GatewayError } from "../../../core/errors.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { wordOf } from "../members.ts";

/** An error as OpenAI's servers and those like them write it, whole or in a stream. */
interface WireError {
  readonly code: string;
  readonly type: string;
  readonly message: string;
}

const CREDENTIAL: ErrorKind = "upstream_error";

/** By `code` or `type`; what is said of our own account is no fault of the client's. */
const KINDS: Readonly<Record<string, ErrorKind>> = {
  context_length_exceeded: "context_length",
  string_above_max_length: "bad_request",
  insufficient_quota: CREDENTIAL,
  billing_hard_limit_reached: CREDENTIAL,
  usage_not_included: CREDENTIAL,
  usage_limit_reached: "rate_limit",
  invalid_api_key: CREDENTIAL,
  authentication_error: CREDENTIAL,
  permission_error: CREDENTIAL,
  model_not_found: CREDENTIAL,
  rate_limit_exceeded: "rate_limit",
  rate_limit_error: "rate_limit",
  tokens: "rate_limit",
  requests: "rate_limit",
  server_overloaded: "overloaded",
  overloaded_error: "overloaded",
  slow_down: "overloaded",
  service_unavailable: "overloaded",
  timeout: "upstream_timeout",
  request_timeout: "upstream_timeout",
  server_error: "upstream_error",
  upstream_error: "upstream_error",
  invalid_request_error: "bad_request",
  invalid_prompt: "bad_request",
  invalid_encrypted_content: "bad_request",
  content_policy_violation: "bad_request",
  content_filter: "bad_request",
  bio_policy: "bad_request",
  cyber_policy: "bad_request",
  data_residency_mismatch: CREDENTIAL,
  vector_store_timeout: "upstream_timeout",
};

const BY_STATUS: Readonly<Record<number, ErrorKind>> = {
  400: "bad_request",
  401: CREDENTIAL,
  402: CREDENTIAL,
  403: CREDENTIAL,
  404: CREDENTIAL,
  408: "upstream_timeout",
  413: "too_large",
  422: "bad_request",
  429: "rate_limit",
  503: "overloaded",
  504: "upstream_timeout",
  529: "overloaded",
};

const TOO_LONG = /maximum context length|context window|context_length_exceeded|prompt is too long/i;
/** `invalid_image_url`, `image_too_large`, `failed_to_download_image`, … (openai `ResponseError`). */
const IMAGE_FAULT = /image/;

function kindOf({ code, type, message }: WireError, status: number): ErrorKind {
  const said = KINDS[code] ?? (IMAGE_FAULT.test(code) ? "bad_request" : undefined);
  const kind = said ?? BY_STATUS[status] ?? KINDS[type] ?? "upstream_error";
  return kind === "bad_request" && TOO_LONG.test(message) ? "context_length" : kind;
}

/** "Please try again in 1.5s", or "in 20ms": how OpenAI's messages say how long to wait. */
export function waitIn(message: string): number | undefined {
  const match = /try again in (\d+(?:\.\d+)?)\s*(ms|s|m)\b/i.exec(message);
  if (!match) return undefined;
  const unitMs = { ms: 1, s: 1_000, m: 60_000 }[(match[2] ?? "s").toLowerCase()] ?? 1_000;
  return Math.ceil(Number(match[1]) * unitMs);
}

const AGAIN = "try again, or use another model.";

/** Words for what the client cannot mend; of its own request the upstream says best what is wrong. */
const WORDS: { readonly [Kind in ErrorKind]?: string } = {
  rate_limit: `The upstream of this model is at its own rate limit; ${AGAIN}`,
  overloaded: `The upstream of this model is overloaded; ${AGAIN}`,
  upstream_timeout: `The upstream of this model did not answer in time; ${AGAIN}`,
};

function errorOf(error: WireError, status: number): GatewayError {
  const kind = kindOf(error, status);
  const retryAfterMs = kind === "rate_limit" ? waitIn(error.message) : undefined;
  const isClients = kind === "bad_request" || kind === "context_length" || kind === "too_large";
  const message =
    isClients && error.message !== "" ? error.message : (WORDS[kind] ?? ownFault(error, status));
  return new GatewayError(kind, message, {
    cause: new Error(`${status} ${error.code || error.type}: ${error.message}`),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function ownFault({ code, type }: WireError, status: number): string {
  const said = code || type || (status > 0 ? `status ${status}` : "no reason given");
  return `The upstream of this model failed (${said}); ${AGAIN}`;
}

function readWire(error: JsonObject): WireError {
  return {
    code: wordOf(error.code) ?? (typeof error.code === "number" ? String(error.code) : ""),
    type: wordOf(error.type) ?? "",
    message: wordOf(error.message) ?? "",
  };
}

/**
 * A refusal, or a failure in a stream.
 * @param status of the answer; 0 for what a stream says
 * @param answer `{error: {…}}`, `{error: "…"}`, an `error` event flat or nested, or a failed response
 */
export function readError(status: number, answer: JsonObject | undefined, text = ""): GatewayError {
  const nested = asObject(answer?.error) ?? asObject(asObject(answer?.response)?.error);
  if (nested) return errorOf(readWire(nested), status);
  const words = wordOf(answer?.error) ?? wordOf(answer?.detail) ?? wordOf(answer?.message);
  const flat = answer?.type === "error" ? { ...answer, type: undefined } : answer;
  return errorOf({ ...readWire(flat ?? {}), message: words ?? text.slice(0, 500) }, status);
}
