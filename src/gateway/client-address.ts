import { inNetworks } from "./public-address.ts";

/** What the port knows of a request's sender; Bun's server is one. */
export interface Peers {
  requestIP(request: Request): { readonly address: string } | null;
}

/** `::ffff:10.0.0.1` is how a socket of both families writes 10.0.0.1. */
function plain(address: string): string {
  const text = address.trim();
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(text) ? text.slice("::ffff:".length) : text;
}

/** The other end of the connection. Undefined: not known. */
export function peerAddress(request: Request, peers: Peers | undefined): string | undefined {
  const peer = peers?.requestIP(request)?.address;
  return peer === undefined ? undefined : plain(peer);
}

/**
 * Where a request comes from: the other end of the connection, or, behind trusted proxies, the last address in
 * `X-Forwarded-For` that none of them is. What stands before it was written by that client. Undefined: not known.
 * @param proxies addresses and CIDR blocks of the proxies whose word is taken
 */
export function clientAddress(
  request: Request,
  peers: Peers | undefined,
  proxies: readonly string[],
): string | undefined {
  let address = peerAddress(request, peers);
  if (address === undefined) return undefined;
  const forwarded = (request.headers.get("x-forwarded-for") ?? "")
    .split(",")
    .filter((hop) => hop.trim() !== "");
  while (inNetworks(proxies, address)) {
    const hop = forwarded.pop();
    if (hop === undefined) break;
    address = plain(hop);
  }
  return address;
}
