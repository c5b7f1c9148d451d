import { type ErrorKind, GatewayError } from "../../../core/errors.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import {
  CREDENTIAL_REFUSED,
  KIND_OF_STATUS,
  REQUESTS_OWN,
  wordsOfFailure,
} from "../../errors/of-upstream.ts";

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

const TOO_LONG =
  /prompt is too long|context (?:window|length|limit)|exceeds? (?:the )?(?:model'?s )?(?:maximum )?context/i;
/** Anthropic says so with status 400; the wallet is the operator's. */
const OUT_OF_CREDIT = /credit balance is too low/i;

const CREDENTIALS = new Set(["authentication_error", "permission_error", "billing_error"]);

function kindOf(type: string, status: number, message: string): ErrorKind {
  const kind = (Object.hasOwn(KINDS, type) ? KINDS[type] : KIND_OF_STATUS[status]) ?? "upstream_error";
  if (kind !== "bad_request") return kind;
  if (OUT_OF_CREDIT.test(message)) return "upstream_error";
  return TOO_LONG.test(message) ? "context_length" : kind;
}

function wordsOf(kind: ErrorKind, type: string, message: string): string {
  if (REQUESTS_OWN.has(kind) && message !== "") return message;
  if (CREDENTIALS.has(type) || OUT_OF_CREDIT.test(message)) {
    return CREDENTIAL_REFUSED;
  }
  return wordsOfFailure(kind);
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
