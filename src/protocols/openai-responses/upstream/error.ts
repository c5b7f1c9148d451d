import { type ErrorKind, GatewayError } from "../../../core/errors.ts";
import { asObject, type JsonObject, ownMember } from "../../../core/json.ts";
import { KIND_OF_STATUS, REQUESTS_OWN, waitIn, wordsOfFailure } from "../../errors/of-upstream.ts";
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

const TOO_LONG = /maximum context length|context window|context_length_exceeded|prompt is too long/i;
/** `invalid_image_url`, `image_too_large`, `failed_to_download_image`, … (openai `ResponseError`). */
const IMAGE_FAULT = /image/;

function kindOf({ code, type, message }: WireError, status: number): ErrorKind {
  const said = ownMember(KINDS, code) ?? (IMAGE_FAULT.test(code) ? "bad_request" : undefined);
  const kind = said ?? KIND_OF_STATUS[status] ?? ownMember(KINDS, type) ?? "upstream_error";
  return kind === "bad_request" && TOO_LONG.test(message) ? "context_length" : kind;
}

function errorOf(error: WireError, status: number): GatewayError {
  const kind = kindOf(error, status);
  const retryAfterMs = kind === "rate_limit" ? waitIn(error.message) : undefined;
  const own = REQUESTS_OWN.has(kind) && error.message !== "";
  const message = own ? error.message : wordsOfFailure(kind, reasonOf(error, status));
  return new GatewayError(kind, message, {
    cause: new Error(`${status} ${error.code || error.type}: ${error.message}`),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function reasonOf({ code, type }: WireError, status: number): string {
  return code || type || (status > 0 ? `status ${status}` : "no reason given");
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
