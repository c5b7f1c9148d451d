import { isWellFormed } from "../accounts/key-format.ts";
import { GatewayError } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import { clientAddress, type Peers } from "./client-address.ts";
import type { Gateway } from "./gateway.ts";
import { inNetworks } from "./public-address.ts";

const MISSING =
  "No API key: send it as Authorization: Bearer, x-api-key, x-goog-api-key or ?key=; the console and the operator make them.";

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

function expired(at: number): GatewayError {
  const day = new Date(at).toISOString().slice(0, 10);
  return new GatewayError("invalid_key", `This API key expired on ${day}; make a new one.`);
}

function wrongPlace(address: string | undefined): GatewayError {
  const message = `This API key may not be used from ${address ?? "an unknown address"}; use one that may, or ask for that address to be allowed.`;
  return new GatewayError("permission", message);
}

/** A key that is known, held against its own terms. */
function admit(gateway: Checks, request: Request, peers: Peers | undefined, principal: Principal): Principal {
  const { expiresAt, networks } = principal;
  if (expiresAt !== undefined && expiresAt <= gateway.clock.now()) throw expired(expiresAt);
  if (networks) {
    const address = clientAddress(request, peers, gateway.snapshot().trustedProxies);
    if (address === undefined || !inNetworks(networks, address)) throw wrongPlace(address);
  }
  return principal;
}

type Checks = Pick<Gateway, "keys" | "clock" | "snapshot">;

/**
 * Who sends this request. The first well-formed key counts, so that a key of another service
 * beside ours does no harm.
 * @param query of the URL, without `?`
 * @param peers what knows the other end of its connection
 * @throws GatewayError `missing_key`, `malformed_key`, `invalid_key`, `permission` (its address).
 */
export function authenticate(
  gateway: Checks,
  request: Request,
  query: string,
  peers: Peers | undefined,
): Principal | Promise<Principal> {
  const sent = candidates(request.headers, query);
  const key = sent.length > 1 ? (sent.find(isWellFormed) ?? sent[0]) : sent[0];
  if (key === undefined) throw new GatewayError("missing_key", MISSING);
  const known = gateway.keys.verify(key);
  return known instanceof Promise
    ? known.then((principal) => admit(gateway, request, peers, principal))
    : admit(gateway, request, peers, known);
}
