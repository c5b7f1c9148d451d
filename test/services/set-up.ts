import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Machine, makeMachine } from "../../clients/setup/machine.ts";
import { newCertificate } from "../support/certificate.ts";
import { catalogueOf } from "./declared.ts";
import type { World } from "./world.ts";

/** The proxy of the service that ends TLS, in front of the world's gateway. */
function startTlsProxy({ gateway }: World, host: string) {
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    tls: newCertificate(host),
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const headers = new Headers(request.headers);
      headers.set("x-forwarded-proto", "https");
      const body = request.method === "GET" ? undefined : await request.arrayBuffer();
      return fetch(gateway.url + pathname + search, {
        method: request.method,
        headers,
        ...(body && { body }),
      });
    },
  });
}

export interface SetUp {
  readonly machine: Machine;
  readonly key: string;
  /** Runs the printed line for a tool; it must end well, and its check of the connection too. */
  run(tool: string, more?: string, key?: string): Promise<string>;
  /** A file below the home. */
  read(path: string): string;
}

/**
 * A customer's machine on which the service's own addresses lead to the world's gateway, by HTTPS.
 * @param programs what it has besides the basics: node, python3
 */
export async function withMachine(
  world: World,
  check: (setUp: SetUp) => Promise<void> | void,
  programs: readonly string[] = ["node"],
): Promise<void> {
  const { hosts } = (await catalogueOf(world)) as { hosts: { host: string; role: string }[] };
  const names = hosts.filter(({ role }) => role === "api").map(({ host }) => host);
  const proxy = startTlsProxy(world, names[0] ?? "");
  const machine = makeMachine(programs);
  const { key } = await world.customer();
  const ways = names.map((host) => `connect-to = "${host}:443:127.0.0.1:${proxy.port}"`);
  machine.write({ ".curlrc": ["insecure", ...ways, ""].join("\n") });
  const setUp: SetUp = {
    machine,
    key,
    async run(tool, more = "", own = key) {
      const line = `curl -fsSL https://${names[0]}/setup/${tool}.sh | sh -s -- ${own} --yes ${more}`;
      const { code, out, err } = await machine.shell(line);
      expect(`${code} ${out}${err}`).toMatch(/^0 /);
      return out;
    },
    read: (path) => readFileSync(join(machine.home, path), "utf8"),
  };
  try {
    await check(setUp);
  } finally {
    machine.remove();
    await proxy.stop(true);
  }
}

/** A script for each shell is served, with the service's own address in it. */
export async function scriptsServed(world: World, path: string, contains: string): Promise<void> {
  const response = await fetch(`${world.gateway.url}/setup/${path}`, {
    headers: { host: new URL(contains).hostname, accept: "*/*" },
  });
  expect(response.status).toBe(200);
  expect(await response.text()).toContain(contains);
}
