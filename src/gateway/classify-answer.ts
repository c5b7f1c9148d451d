import { GatewayError, toGatewayError } from "../core/errors.ts";
import {
  AGAIN,
  CREDENTIAL_REFUSED,
  KIND_OF_STATUS,
  wordsOfFailure,
} from "../protocols/errors/of-upstream.ts";
import type { Try } from "./try.ts";

/** An upstream that did not serve, and what the client is told when no other does. */
export interface Refusal {
  readonly kind: "refused";
  readonly retryable: boolean;
  readonly status: number;
  readonly reason: string;
  readonly error: GatewayError;
}

export function refused(error: GatewayError, reason: string, status = 0, retryable = true): Refusal {
  return { kind: "refused", retryable, status, reason, error };
}

/** Seconds or an HTTP date (RFC 9110 10.2.3) as milliseconds from now. */
function retryAfterMs(headers: Headers): number | undefined {
  const text = headers.get("retry-after");
  if (text === null) return undefined;
  const seconds = Number(text);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - Date.now();
  // SDKs wait as long as they are told, and other clients of ours are not at their vendor's limit.
  return ms >= 0 ? Math.min(ms, RETRY_AFTER_MS_MAX) : undefined;
}

const RETRY_AFTER_MS_MAX = 3_600_000;

/** Statuses that say nothing about the client's request: the next upstream may do better. */
function isUpstreamsOwn(status: number): boolean {
  return status >= 500 || [401, 402, 403, 408, 429].includes(status) || (status >= 300 && status < 400);
}

/** What an upstream says of our own credential is not the client's to mend. */
export function credentialRefused(): GatewayError {
  return new GatewayError("upstream_error", CREDENTIAL_REFUSED);
}

function errorFor({ status, headers }: Response): GatewayError {
  if (status === 401 || status === 402 || status === 403) return credentialRefused();
  const kind = KIND_OF_STATUS[status] ?? "upstream_error";
  const wait = kind === "rate_limit" ? retryAfterMs(headers) : undefined;
  const detail = wait === undefined ? {} : { retryAfterMs: wait };
  return new GatewayError(kind, wordsOfFailure(kind, `status ${status}`), detail);
}

/** Closes an answer that nobody reads; its connection may be gone already, which is as good. */
export function letGo(response: Response): void {
  response.body?.cancel().catch(() => undefined);
}

/**
 * Undefined when the answer is one to relay: a success, or the upstream's word on the client's own
 * request (400, 404, 413, 422). Otherwise the body is let go and the next target may be tried.
 */
export function classifyAnswer(response: Response): Refusal | undefined {
  if (response.ok || !isUpstreamsOwn(response.status)) return undefined;
  letGo(response);
  return refused(errorFor(response), `status ${response.status}`, response.status);
}

/** The name of a network fault; undefined for what is none, such as a mistake of our own. */
export function faultName(fault: unknown): string | undefined {
  if (fault instanceof DOMException) return fault.name;
  const code = fault instanceof Error && "code" in fault ? fault.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/**
 * A connection that failed, a deadline of ours, or a client that left.
 * @throws the fault itself when it is none of these.
 */
export function classifyFault(fault: unknown, attempt: Try): Refusal {
  if (fault instanceof GatewayError) return refused(fault, fault.message.slice(0, 120));
  if (attempt.late) {
    const seconds = Math.round(attempt.target.upstream.firstByteMs / 1000);
    const message = `The upstream of this model sent nothing for ${seconds} s; ${AGAIN}`;
    return refused(new GatewayError("upstream_timeout", message, { cause: fault }), "timeout");
  }
  const reason = faultName(fault);
  if (reason === undefined) throw fault;
  const message = `The upstream of this model could not be reached; ${AGAIN}`;
  return refused(new GatewayError("upstream_unreachable", message, { cause: fault }), reason);
}

/** What broke in mid-stream: our deadline, the connection, or a mistake of our own. */
export function errorOfCut(fault: unknown, late: boolean): GatewayError {
  if (fault instanceof GatewayError) return fault;
  if (late) {
    const message = "The upstream of this model fell silent while answering; try again.";
    return new GatewayError("upstream_timeout", message, { cause: fault });
  }
  if (faultName(fault) === undefined) return toGatewayError(fault);
  const message = "The connection to this model's upstream broke while it was answering; try again.";
  return new GatewayError("upstream_error", message, { cause: fault });
}
