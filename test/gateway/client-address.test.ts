import { expect, test } from "bun:test";
import { clientAddress } from "../../src/gateway/client-address.ts";

const PROXIES = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"];

function addressOf(peer: string | null, forwarded?: string): string | undefined {
  const headers: Record<string, string> = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
  const request = new Request("http://gateway/", { headers });
  const peers = { requestIP: () => (peer === null ? null : { address: peer }) };
  return clientAddress(request, peers, PROXIES);
}

test.each([
  ["the other end of a plain connection", "203.0.113.7", undefined, "203.0.113.7"],
  ["that, whatever a stranger writes", "203.0.113.7", "10.1.1.1", "203.0.113.7"],
  ["what a proxy says", "127.0.0.1", "203.0.113.7", "203.0.113.7"],
  [
    "the last that is no proxy, not what its client wrote",
    "127.0.0.1",
    "192.0.2.1, 203.0.113.7, 10.2.3.4",
    "203.0.113.7",
  ],
  ["a proxy itself where it says nothing", "127.0.0.1", undefined, "127.0.0.1"],
  ["the first of a chain of proxies alone", "127.0.0.1", "10.0.0.5, 10.0.0.6", "10.0.0.5"],
  ["IPv4 as a socket of both families writes it", "::ffff:203.0.113.7", undefined, "203.0.113.7"],
  ["a proxy written so", "::ffff:127.0.0.1", "2001:db8::1", "2001:db8::1"],
  ["nonsense of a proxy as it is", "fd00::1", "unknown", "unknown"],
])("is %s", (_, peer, forwarded, expected) => {
  expect(addressOf(peer, forwarded)).toBe(expected);
});

test("is not known where nothing knows it", () => {
  expect(addressOf(null)).toBeUndefined();
  expect(clientAddress(new Request("http://gateway/"), undefined, PROXIES)).toBeUndefined();
});
