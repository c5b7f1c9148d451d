import { isWellFormed } from "../accounts/key-format.ts";
import { GatewayError } from "../core/errors.ts";
import { hostOf, originOf } from "../core/offering.ts";
import type { Principal } from "../core/principal.ts";
import { clientAddress, type Peers } from "./client-address.ts";
import { explainKey } from "./explain-key.ts";
import type { Gateway } from "./gateway.ts";
import { inNetworks } from "./public-address.ts";
import { accountHost } from "./public-origin.ts";
import { sentKey } from "./sent-keys.ts";

const MISSING =
  "No API key: send it as Authorization: Bearer, x-api-key, x-goog-api-key or ?key=; the console and the operator make them.";

const SUSPENDED = "This account is suspended: none of its keys works; ask those who run this service.";

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
  const { expiresAt, networks, suspended } = principal;
  if (suspended) throw new GatewayError("permission", SUSPENDED);
  if (expiresAt !== undefined && expiresAt <= gateway.clock.now()) throw expired(expiresAt);
  if (networks) {
    const address = clientAddress(request, peers, gateway.snapshot().trustedProxies);
    if (address === undefined || !inNetworks(networks, address)) throw wrongPlace(address);
  }
  refuseForeignHost(gateway, request, principal);
  return principal;
}

/** An account's own domain serves its own keys, unless it says otherwise. */
function refuseForeignHost(gateway: Checks, request: Request, { accountName }: Principal): void {
  const own = accountHost(gateway, request);
  if (!own || own.keys === "any" || own.account === accountName) return;
  const { offering } = gateway.snapshot();
  const elsewhere = hostOf(offering, "api");
  const mend = elsewhere ? `use it at ${originOf(elsewhere)}` : "use it at the service's own address";
  const message = `${own.host} serves the keys of one organisation, and this key is another's; ${mend}.`;
  throw new GatewayError("permission", message);
}

type Checks = Pick<Gateway, "keys" | "clock" | "snapshot">;

/**
 * Who sends this request, by the key that counts among those sent.
 * @param query of the URL, without `?`
 * @param peers what knows the other end of its connection
 * @throws GatewayError `missing_key`, `malformed_key`, `invalid_key`, `permission` (its address, or a suspended account).
 */
export function authenticate(
  gateway: Checks,
  request: Request,
  query: string,
  peers: Peers | undefined,
): Principal | Promise<Principal> {
  const key = sentKey(request.headers, query);
  if (key === undefined) throw new GatewayError("missing_key", MISSING);
  if (!isWellFormed(key))
    throw new GatewayError("malformed_key", explainKey(key, gateway.snapshot().plans.values()));
  const known = gateway.keys.verify(key);
  return known instanceof Promise
    ? known.then((principal) => admit(gateway, request, peers, principal))
    : admit(gateway, request, peers, known);
}
