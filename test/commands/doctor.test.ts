import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  examineClient,
  keyFinding,
  type Patient,
  proxyFinding,
} from "../../src/commands/doctor/client-side.ts";
import { clockFinding, type Finding, showFindings } from "../../src/commands/doctor/finding.ts";
import { homeFindings } from "../../src/commands/doctor/machine.ts";
import { examineServer, priceFindings, upstreamFindings } from "../../src/commands/doctor/server-side.ts";
import { readSettings } from "../../src/config/settings.ts";
import { findClient } from "../../src/control/setup/clients.ts";
import type { Upstream } from "../../src/core/model.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";

let gateway: TestGateway;
let customer: Customer;
let home: string;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "quoin-doctor-"));
  gateway = await startGateway({
    config: {
      upstreams: [{ id: "demo", provider: "demo" }],
      models: [
        {
          id: "some-model",
          price: { input: "1", output: "1" },
          targets: [{ upstream: "demo", model: "demo" }],
        },
      ],
    },
  });
  customer = await gateway.customer();
});
afterAll(async () => {
  rmSync(home, { recursive: true, force: true });
  await gateway.close();
});

function patient(url: string, more: Partial<Patient> = {}): Patient {
  const client = findClient("claude-code");
  if (!client) throw new Error("Claude Code is gone.");
  const world = { env: { HOME: home }, platform: "linux" };
  return { url: new URL(url), key: customer.key, client, named: true, model: undefined, world, ...more };
}

const byCheck = (findings: readonly Finding[], check: string) =>
  findings.filter((finding) => finding.check === check);
const levels = (findings: readonly Finding[]) =>
  Object.fromEntries(findings.map(({ check, level }) => [check, level]));

/** A server in front of the gateway that does something wrong. */
async function behind(
  answer: (request: Request) => Response | Promise<Response>,
  look: (url: string) => Promise<void>,
) {
  const proxy = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer });
  try {
    await look(`http://127.0.0.1:${proxy.port}`);
  } finally {
    await proxy.stop(true);
  }
}

const onward = (request: Request) => {
  const { pathname, search } = new URL(request.url);
  return fetch(gateway.url + pathname + search, { headers: request.headers });
};

describe("the client's side", () => {
  test("where all is well but the files, it says so", async () => {
    const findings = await examineClient(patient(gateway.url));
    expect(levels(findings)).toEqual({
      proxy: "ok",
      address: "ok",
      dns: "ok",
      reach: "ok",
      clock: "ok",
      path: "ok",
      key: "ok",
      models: "ok",
      streaming: "ok",
      settings: "warn",
    });
  });

  test("an address with an endpoint in it, a key of another service, a model that is near", async () => {
    const url = `${gateway.url}/v1/chat/completions`;
    const findings = await examineClient(patient(url, { key: "sk-ant-x" }));
    expect(byCheck(findings, "address")[0]?.mend).toBe(`use ${gateway.url}/v1`);
    expect(byCheck(findings, "path")[0]?.mend).toBe(`use ${gateway.url}`);
    expect(byCheck(findings, "key")[0]?.level).toBe("fail");
    expect(byCheck(findings, "models")[0]?.found).toContain("Anthropic");
    const named = await examineClient(patient(gateway.url, { model: "som-model" }));
    expect(byCheck(named, "model")[0]?.mend).toContain("some-model");
  });

  test("a proxy that holds streams back", async () => {
    const buffering = async (request: Request) => {
      const answer = await onward(request);
      return new Response(await answer.bytes(), { status: answer.status, headers: answer.headers });
    };
    await behind(buffering, async (url) => {
      expect(byCheck(await examineClient(patient(url)), "streaming")[0]?.level).toBe("fail");
    });
  });

  test("a redirect, which would drop the key", async () => {
    const elsewhere = ({ url }: Request) => Response.redirect(url.replace("http:", "https:"), 308);
    await behind(elsewhere, async (url) => {
      const [found] = byCheck(await examineClient(patient(url)), "reach");
      expect(found?.level).toBe("fail");
      expect(found?.mend).toBe(`use ${url.replace("http:", "https:")}`);
    });
  });

  test("something else that answers, and nothing that does", async () => {
    await behind(
      () => new Response("<html>It works!</html>", { headers: { "content-type": "text/html" } }),
      async (url) => {
        expect(byCheck(await examineClient(patient(url)), "reach")[0]?.found).toContain(
          "not as this gateway does",
        );
      },
    );
    expect(levels(await examineClient(patient("http://127.0.0.1:1")))).toMatchObject({ reach: "fail" });
    expect(levels(await examineClient(patient("https://nothing.invalid")))).toMatchObject({ dns: "fail" });
  });

  test("TLS that is none", async () => {
    await behind(onward, async (url) => {
      expect(levels(await examineClient(patient(url.replace("http:", "https:"))))).toMatchObject({
        tls: "fail",
        reach: "fail",
      });
    });
  });

  const proxied = (env: Record<string, string>, url = "https://ai.example.com") =>
    proxyFinding({ env, platform: "linux" }, new URL(url)).level;
  test.each([
    [{}, "ok"],
    [{ HTTPS_PROXY: "http://p" }, "warn"],
    [{ HTTPS_PROXY: "http://p", NO_PROXY: "localhost, .example.com" }, "ok"],
    [{ https_proxy: "http://p", no_proxy: "*" }, "ok"],
    [{ HTTP_PROXY: "http://p" }, "ok"],
  ])("proxy variables %j are %s", (env, level) => {
    expect(proxied(env as Record<string, string>)).toBe(level as Finding["level"]);
  });

  test.each([
    ["", "fail"],
    ['"quoted"', "warn"],
    ["qn_live_short", "fail"],
    ["sk-x", "fail"],
  ])("the key %j: %s", (key, level) => {
    const offer = { keyPrefix: "qn_live_", name: "Quoin" } as Parameters<typeof keyFinding>[1];
    expect(keyFinding(key, offer).level).toBe(level as Finding["level"]);
  });
});

test("clocks: a minute is fine, more is told, five minutes fail", () => {
  const at = (ms: number) => clockFinding(new Date(Date.now() + ms).toUTCString(), "theirs")?.level;
  expect([at(0), at(120_000), at(-120_000), at(3_600_000)]).toEqual(["ok", "warn", "warn", "fail"]);
  expect(clockFinding(null, "theirs")).toBeUndefined();
});

test("findings are shown with the mend below", () => {
  const text = showFindings([
    { check: "disk", level: "fail", found: "full", mend: "make room" },
    { check: "a", level: "ok", found: "well", mend: "" },
  ]);
  expect(text).toBe("FAIL  disk  full\n            → make room\nok    a     well");
});

describe("the server's side", () => {
  const upstream = (baseUrl: string, more: Partial<Upstream> = {}): Upstream => ({
    id: "u",
    provider: "openai",
    baseUrl,
    apiKey: "secret",
    protocols: ["openai-chat"],
    headers: {},
    firstByteMs: 1,
    idleMs: 1,
    quirks: {},
    ...more,
  });

  test.each([
    [200, "ok"],
    [401, "fail"],
    [404, "warn"],
    [429, "warn"],
    [302, "fail"],
    [503, "fail"],
  ])("an upstream that answers %d: %s", async (status, level) => {
    let sent: string | null = null;
    await behind(
      (request) => {
        sent = request.headers.get("authorization");
        return new Response("{}", { status });
      },
      async (url) => {
        const findings = await upstreamFindings(upstream(`${url}/v1`));
        expect(findings[0]?.level).toBe(level as Finding["level"]);
        expect(JSON.stringify(findings)).not.toContain("secret");
      },
    );
    expect(String(sent)).toBe("Bearer secret");
  });

  test("each vendor is asked in its own way", async () => {
    const asked: string[] = [];
    const answer = ({ url, headers }: Request) => {
      asked.push(`${new URL(url).pathname} ${headers.get("x-api-key") ?? headers.get("x-goog-api-key")}`);
      return Response.json({});
    };
    await behind(answer, async (url) => {
      await upstreamFindings(upstream(url, { provider: "anthropic" }));
      await upstreamFindings(upstream(`${url}/v1beta`, { provider: "google" }));
    });
    expect(asked).toEqual(["/v1/models secret", "/v1beta/models secret"]);
  });

  test("homes that others can read", () => {
    const folder = mkdtempSync(join(tmpdir(), "quoin-doctor-"));
    expect(homeFindings(folder)[0]?.level).toBe("ok");
    writeFileSync(join(folder, "secret"), "x", { mode: 0o644 });
    chmodSync(join(folder, "secret"), 0o644);
    chmodSync(folder, 0o755);
    expect(homeFindings(folder).map(({ level }) => level)).toEqual(["warn", "fail"]);
    rmSync(folder, { recursive: true });
  });

  const settingsOf = (env: Record<string, string>) =>
    readSettings({ QUOIN_HOME: home, QUOIN_PORT: "0", QUOIN_DISCOVER: "off", ...env });
  const examine = (env: Record<string, string>) =>
    examineServer({ settings: settingsOf(env), env, args: [] });

  test("a fresh machine is well; stores that are down are not", async () => {
    chmodSync(home, 0o700);
    const path = join(home, "quoin.yaml");
    writeFileSync(path, "");
    expect(levels(await examine({ QUOIN_CONFIG: path }))).toMatchObject({
      config: "ok",
      home: "ok",
      disk: "ok",
      server: "ok",
      port: "ok",
      prices: "ok",
    });
    const down = await examine({
      QUOIN_CONFIG: path,
      QUOIN_REDIS_URL: "redis://127.0.0.1:1",
      QUOIN_DATABASE_URL: "postgres://u:hidden@127.0.0.1:1/x",
      QUOIN_SECRET: "0123456789abcdef0123456789abcdef",
    });
    expect(levels(down)).toMatchObject({ redis: "fail", postgresql: "fail" });
    expect(JSON.stringify(down)).not.toContain("hidden");
  }, 30_000);

  test("a broken file is named, and the rest is looked at all the same", async () => {
    const path = join(home, "broken.yaml");
    writeFileSync(path, "upstreams: 5\n");
    const findings = await examine({ QUOIN_CONFIG: path });
    expect(byCheck(findings, "config")[0]?.level).toBe("fail");
    expect(levels(findings)).toMatchObject({ disk: "ok" });
  });

  test("the running server is asked how it is", async () => {
    const findings = await examineServer({
      settings: { ...settingsOf({}), home: gateway.home.folder },
      env: {},
      args: [],
    });
    expect(byCheck(findings, "server")).toHaveLength(1);
  });

  test("models that give away what a vendor charges for", () => {
    const model = (id: string, input: bigint) => ({
      id,
      price: { input, output: 0n },
      targets: [{ upstream: "u" }],
    });
    const config = { models: [model("gift", 0n), model("sold", 5n)], upstreams: [upstream("http://x")] };
    const [finding] = priceFindings(config as unknown as Parameters<typeof priceFindings>[0]);
    expect(finding?.level).toBe("warn");
    expect(finding?.found).toContain("1 model at paid upstreams cost nothing here: gift");
  });
});
