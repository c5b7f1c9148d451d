import { type ErrorKind, GatewayError } from "../../../core/errors.ts";
import { asList, asObject, asWord, type JsonObject } from "../../../core/json.ts";
import {
  CREDENTIAL_REFUSED,
  KIND_OF_STATUS,
  REQUESTS_OWN,
  wordsOfFailure,
} from "../../errors/of-upstream.ts";

/** google.rpc.Code by name; what is not named here is a failure of the upstream's own. */
const KINDS: Readonly<Record<string, ErrorKind>> = {
  INVALID_ARGUMENT: "bad_request",
  OUT_OF_RANGE: "bad_request",
  // A model that the operator misnamed.
  NOT_FOUND: "upstream_error",
  // A region or an account that is not served: the operator's to mend.
  FAILED_PRECONDITION: "upstream_error",
  RESOURCE_EXHAUSTED: "rate_limit",
  UNAVAILABLE: "overloaded",
  DEADLINE_EXCEEDED: "upstream_timeout",
};

/** The error of a body: `{error: …}`, or a list of such (Google's OpenAI-compatible endpoint, JSON streams). */
export function errorOf(value: unknown): JsonObject | undefined {
  const body = Array.isArray(value) ? value[0] : value;
  const error = asObject(body)?.error;
  return typeof error === "string" ? { message: error } : asObject(error);
}

/** google.rpc.RetryInfo: `"34s"`, `"0.5s"`. */
function retryAfterMs(details: readonly unknown[]): number | undefined {
  for (const detail of details) {
    const delay = asObject(detail)?.retryDelay;
    const seconds = typeof delay === "string" ? Number.parseFloat(delay) : Number.NaN;
    if (seconds >= 0) return Math.round(seconds * 1000);
  }
  return undefined;
}

const TOO_LONG = /input token count\D*(\d+)\D+exceeds\D*maximum\D*(\d+)/i;

/** Claude Code compacts its conversation on these very words, whoever's model it was. */
function contextLength(message: string): GatewayError | undefined {
  const match = TOO_LONG.exec(message);
  if (!match) return undefined;
  return new GatewayError("context_length", `prompt is too long: ${match[1]} tokens > ${match[2]} maximum`);
}

function isCredential(httpStatus: number, status: string, details: readonly unknown[]): boolean {
  if (httpStatus === 401 || httpStatus === 403) return true;
  if (status === "UNAUTHENTICATED" || status === "PERMISSION_DENIED") return true;
  return details.some((detail) => asWord(asObject(detail)?.reason).startsWith("API_KEY"));
}

/** google.rpc.Status in our words. @param httpStatus below 400 where the error came under a good one, and `code` says it */
export function readError(error: JsonObject, httpStatus: number): GatewayError {
  const message = typeof error.message === "string" ? error.message : "";
  const code = httpStatus >= 400 ? httpStatus : typeof error.code === "number" ? error.code : 0;
  const status = typeof error.status === "string" ? error.status : "";
  const details = asList(error.details);
  const cause = new Error(`upstream error ${code} ${status}: ${message}`);
  if (isCredential(code, status, details))
    return new GatewayError("upstream_error", CREDENTIAL_REFUSED, { cause });
  const tooLong = contextLength(message);
  if (tooLong) return tooLong;
  const named = Object.hasOwn(KINDS, status) ? KINDS[status] : undefined;
  const kind = named ?? KIND_OF_STATUS[code] ?? "upstream_error";
  const wait = kind === "rate_limit" ? retryAfterMs(details) : undefined;
  const sentence = REQUESTS_OWN.has(kind) && message !== "" ? message : wordsOfFailure(kind);
  return new GatewayError(kind, sentence, { cause, ...(wait === undefined ? {} : { retryAfterMs: wait }) });
}

/** A refusal's body; some servers send one that is no JSON, or a list. */
export function decodeError(status: number, answer: JsonObject | undefined, text: string): GatewayError {
  return readError(errorOf(answer) ?? errorOf(parsed(text)) ?? { message: "" }, status);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's page: the status says enough.
    return undefined;
  }
}
