import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { inNetworks, isPublicAddress } from "./public-address.ts";

export interface PostGuardedOptions {
  /** Networks that are posted to although they are private, over http too: addresses and CIDR blocks. */
  readonly privateNetworks: readonly string[];
}

const DEADLINE_MS = 10_000;

async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
}

/** The first address that may be connected to. @throws Error saying why there is none. */
async function allowedAddress(url: URL, { privateNetworks }: PostGuardedOptions): Promise<string> {
  const found = await addressesOf(url.hostname.replace(/^\[|\]$/g, ""));
  const own = (address: string) => inNetworks(privateNetworks, address);
  const open = found.filter(
    (address) => own(address) || (url.protocol === "https:" && isPublicAddress(address)),
  );
  const [address] = open.toSorted((a, b) => isIP(a) - isIP(b));
  if (address !== undefined) return address;
  throw new Error(
    `${url.host} is not https on the public internet; QUOIN_FETCH_PRIVATE names what else may be`,
  );
}

/**
 * Posts JSON to an address that a customer named, by the rules of `fetchMedia`: the public internet only, to a
 * checked address, no redirects, nothing of ours sent along.
 * @throws Error when it is not answered with a status of 2xx in time
 */
export async function postGuarded(
  text: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  options: PostGuardedOptions,
): Promise<void> {
  const url = new URL(text);
  const address = await allowedAddress(url, options);
  const place = new URL(url);
  place.hostname = isIP(address) === 6 ? `[${address}]` : address;
  const named = isIP(url.hostname.replace(/^\[|\]$/g, "")) === 0;
  const answer = await fetch(place, {
    method: "POST",
    body,
    headers: { ...headers, host: url.host, "content-type": "application/json", "user-agent": "Quoin" },
    redirect: "manual",
    keepalive: false,
    signal: AbortSignal.timeout(DEADLINE_MS),
    tls: named ? { serverName: url.hostname } : {},
  } as RequestInit);
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`${url.host} answered with ${answer.status}`);
}
