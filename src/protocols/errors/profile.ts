import type { ErrorProfile } from "../../core/error-profile.ts";
import { type ErrorKind, type ErrorShape, GatewayError } from "../../core/errors.ts";
import type { Dialect, WireProtocol } from "../../core/protocol.ts";

/** Who is told of an error. */
export interface Listener {
  readonly dialect: Dialect;
  /** Undefined where the path belongs to none, such as `GET /v1/models`. */
  readonly protocol?: WireProtocol | undefined;
}

/**
 * Codex sends a 402 six times; what it shows its user once is OpenAI's own word for an empty account, a 429
 * without a time to wait (CLIENTS.md 0.4).
 */
const EMPTY_ACCOUNT: ErrorShape = { status: 429, type: "insufficient_quota", code: "insufficient_quota" };

const OF_PROTOCOL: Partial<Record<WireProtocol, Partial<Record<ErrorKind, ErrorShape>>>> = {
  "openai-responses": { insufficient_funds: EMPTY_ACCOUNT },
};

/** Google's `status` is a name of google.rpc: no other dialect's type or code says anything there. */
function forEverybody(shape: ErrorShape, dialect: Dialect): ErrorShape {
  if (dialect !== "gemini") return shape;
  const { type: _type, code: _code, ...rest } = shape;
  return rest;
}

/** What the profile, and what a protocol's clients need, say of a kind; undefined: nothing. */
function shapeFor(
  profile: ErrorProfile,
  kind: ErrorKind,
  { dialect, protocol }: Listener,
): ErrorShape | undefined {
  const layers = profile[kind];
  const needed = protocol && OF_PROTOCOL[protocol]?.[kind];
  if (!layers) return needed;
  const shape = {
    ...(layers.all && forEverybody(layers.all, dialect)),
    ...layers[dialect],
    ...needed,
    ...(protocol && layers[protocol]),
  };
  return Object.keys(shape).length > 0 ? shape : undefined;
}

/** Undefined where the wording wants a time to wait and none is known: ours counts then. */
function worded(wording: string, error: GatewayError): string | undefined {
  const { retryAfterMs, message } = error;
  if (wording.includes("{retry_after}") && retryAfterMs === undefined) return undefined;
  const seconds = String(Math.max(1, Math.ceil((retryAfterMs ?? 0) / 1000)));
  return wording.replaceAll("{retry_after}", () => seconds).replaceAll("{message}", () => message);
}

/** The error as the service's documents have it for this client; the same where they say nothing of it. */
export function inWordsOf(profile: ErrorProfile, error: GatewayError, listener: Listener): GatewayError {
  const shape = shapeFor(profile, error.kind, listener);
  if (!shape) return error;
  const { kind, message, param, retryAfterMs, allow, cause } = error;
  const said = shape.message === undefined ? undefined : worded(shape.message, error);
  return new GatewayError(kind, said ?? message, {
    shape,
    cause,
    ...(param === undefined ? {} : { param }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(allow === undefined ? {} : { allow }),
  });
}
