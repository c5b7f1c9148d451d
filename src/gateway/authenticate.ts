import { isWellFormed } from "../accounts/key-format.ts";
import type { KeyVerifier } from "../accounts/key-verifier.ts";
import { GatewayError } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";

const MISSING =
  "No API key: send it as Authorization: Bearer, x-api-key, x-goog-api-key or ?key=; make one with quoin keys create.";

function bearer(headers: Headers): string | null {
  const value = headers.get("authorization");
  if (value === null) return null;
  return value.startsWith("Bearer ") || /^bearer /i.test(value) ? value.slice(7).trim() : value.trim();
}

/** Every key the client sent, in the order in which they count: Claude Code may send two. */
function candidates(headers: Headers, query: string): string[] {
  const found: string[] = [];
  const take = (key: string | null) => {
    if (key) found.push(key);
  };
  take(bearer(headers));
  take(headers.get("x-api-key"));
  take(headers.get("x-goog-api-key"));
  if (query !== "") take(new URLSearchParams(query).get("key"));
  return found;
}

/**
 * Who sends this request. The first well-formed key counts, so that a key of another service
 * beside ours does no harm.
 * @throws GatewayError `missing_key`, `malformed_key`, `invalid_key`.
 */
export function authenticate(
  keys: KeyVerifier,
  headers: Headers,
  query: string,
): Principal | Promise<Principal> {
  const sent = candidates(headers, query);
  const key = sent.length > 1 ? (sent.find(isWellFormed) ?? sent[0]) : sent[0];
  if (key === undefined) throw new GatewayError("missing_key", MISSING);
  return keys.verify(key);
}
