import { hostHeader, hostName } from "../base/host-header.ts";
import type { AccessHost, AccountHost } from "../core/offering.ts";
import { originOf } from "../core/offering.ts";
import type { Peers } from "./client-address.ts";
import { peerAddress } from "./client-address.ts";
import type { Gateway } from "./gateway.ts";
import { inNetworks } from "./public-address.ts";

/** The declared host by which a request came. */
export function accessHost(
  { snapshot }: Pick<Gateway, "snapshot">,
  request: Request,
): AccessHost | undefined {
  const { hosts } = snapshot().offering;
  if (hosts.length === 0) return undefined;
  const name = hostName(request);
  return hosts.find(({ host }) => host === name);
}

type Asking = Pick<Gateway, "snapshot">;

/** The account's own domain by which a request came. */
export function accountHost({ snapshot }: Asking, request: Request): AccountHost | undefined {
  const { accountHosts } = snapshot().offering;
  if (accountHosts.size === 0) return undefined;
  const name = hostName(request);
  return name === undefined ? undefined : accountHosts.get(name);
}

/** Either of them. */
function declaredHost(gateway: Asking, request: Request): Pick<AccessHost, "host" | "scheme"> | undefined {
  return accessHost(gateway, request) ?? accountHost(gateway, request);
}

/** What a trusted proxy says of the connection before it (`X-Forwarded-Proto`); undefined: nobody says it. */
function saidScheme({ snapshot }: Asking, request: Request, peers: Peers): string | undefined {
  const said = request.headers.get("x-forwarded-proto");
  if (said === null) return undefined;
  const peer = peerAddress(request, peers);
  if (peer === undefined || !inNetworks(snapshot().trustedProxies, peer)) return undefined;
  return said.split(",", 1)[0]?.trim().toLowerCase();
}

/**
 * Where a request was sent to, as far as can be believed: a declared host's own origin, otherwise the Host header
 * where it is one, by the scheme that a trusted proxy names.
 */
export function originOfRequest(gateway: Asking, request: Request, peers: Peers): string {
  const declared = declaredHost(gateway, request);
  // One by plain HTTP may have a port, which is not declared.
  if (declared?.scheme === "https") return originOf(declared);
  const scheme = saidScheme(gateway, request, peers) === "https" ? "https" : "http";
  return `${scheme}://${hostHeader(request) ?? "localhost"}`;
}

/** A key in a query would go into logs of whoever reads the redirect. */
function withoutKey(url: URL): string {
  url.searchParams.delete("key");
  return url.pathname + url.search;
}

/** Load balancers ask by plain HTTP and would take a redirect for an illness. */
const ASKED_BY_BALANCERS: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);

/**
 * Sends a request that came by plain HTTP to HTTPS, as a trusted proxy says it did and where its host is declared
 * with that scheme; undefined: nothing to redirect. Whatever key it carried is not repeated, and clients leave
 * `Authorization` behind on the way (the scheme makes it another origin), so that they have to begin with https.
 */
export function redirectToHttps(gateway: Asking, request: Request, peers: Peers): Response | undefined {
  const { trustedProxies, offering } = gateway.snapshot();
  const { hosts, accountHosts } = offering;
  if (trustedProxies.length === 0 || hosts.length + accountHosts.size === 0) return undefined;
  if (saidScheme(gateway, request, peers) !== "http") return undefined;
  const host = declaredHost(gateway, request);
  const url = new URL(request.url);
  if (host?.scheme !== "https" || ASKED_BY_BALANCERS.has(url.pathname)) return undefined;
  const location = originOf(host) + withoutKey(url);
  const message = `Plain HTTP is not served here, and a redirect leaves your key behind: begin with ${originOf(host)}.`;
  const error = { message, type: "invalid_request_error", param: null, code: "https_required" };
  return Response.json({ error }, { status: 308, headers: { location } });
}
