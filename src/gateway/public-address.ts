import { BlockList, isIP } from "node:net";

/**
 * Networks of IPv4 that are not the public internet (IANA's special-purpose registry), and Azure's
 * metadata server, which hides behind a public address. The clouds' other metadata servers are in
 * 169.254.0.0/16, 100.64.0.0/10 and 192.0.0.0/24.
 */
const NOT_PUBLIC_V4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "168.63.129.16/32",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
];

/** Of IPv6 only this is routed globally: all that maps, translates or stays at home lies outside of it. */
const GLOBAL_V6 = ["2000::/3"];
/** But for protocol assignments with Teredo, documentation, and 6to4, which carries any IPv4 address. */
const NOT_PUBLIC_V6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits] = network.split("/");
    const family = isIP(address);
    list.addSubnet(address, Number(bits ?? (family === 4 ? 32 : 128)), family === 4 ? "ipv4" : "ipv6");
  }
  return list;
}

const notPublicV4 = blockList(NOT_PUBLIC_V4);
const globalV6 = blockList(GLOBAL_V6);
const notPublicV6 = blockList(NOT_PUBLIC_V6);

/** True for an address that belongs to the public internet; false for any other, and for what is no address. */
export function isPublicAddress(address: string): boolean {
  if (address.includes("%")) return false;
  const family = isIP(address);
  if (family === 4) return !notPublicV4.check(address, "ipv4");
  return family === 6 && globalV6.check(address, "ipv6") && !notPublicV6.check(address, "ipv6");
}

/** A list is asked for as long as it lives, and each is made but once. */
const lists = new WeakMap<readonly string[], BlockList>();

function listOf(networks: readonly string[]): BlockList {
  const known = lists.get(networks);
  if (known) return known;
  const made = blockList(networks);
  lists.set(networks, made);
  return made;
}

/**
 * Whether an address lies in one of the networks.
 * @param networks addresses and CIDR blocks, valid ones; never changed
 */
export function inNetworks(networks: readonly string[], address: string): boolean {
  const family = isIP(address);
  if (networks.length === 0 || family === 0 || address.includes("%")) return false;
  return listOf(networks).check(address, family === 4 ? "ipv4" : "ipv6");
}
