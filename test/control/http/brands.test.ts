/** An account's own domain: written down by its owner, proven or approved, and all that is worn there. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Caller } from "../../../src/accounts/caller.ts";
import { META } from "../../../src/control/contract/meta.ts";
import { startConsole, type TestConsole, userCaller } from "../../support/console.ts";
import { type Customer, startGateway, type TestGateway } from "../../support/gateway.ts";

const SVG = `data:image/svg+xml;base64,${Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>").toString("base64")}`;
const HOST = "ai.acme.example";
const BRAND = { host: HOST, name: "Acme AI", logo: SVG, colors: { primary: "#112233" } };

let gateway: TestGateway;
let console: TestConsole;
let acme: Customer;
let other: Customer;
let owner: Caller;
let proven: string[] = [];
const operator = userCaller([], true);

beforeAll(async () => {
  gateway = await startGateway({
    config: {
      brand: { name: "Service", base_urls: { openai: "https://api.service.example/openai/v1" } },
      hosts: [
        { host: "api.service.example" },
        { host: "team.service.example", account: "acme", brand: { name: "Acme in the file" }, keys: "any" },
      ],
      signup: { mode: "open" },
    },
    env: { QUOIN_OUTBOX: "open" },
  });
  const { http } = gateway.app;
  const isProven = async (host: string, proof: string) => proven.includes(`${host} ${proof}`);
  console = startConsole({ ...http, control: { ...http.control, isProven } });
  acme = await gateway.customer({ account: "acme", usd: "5" });
  other = await gateway.customer({ account: "other", usd: "5" });
  owner = userCaller([{ accountId: acme.accountId, role: "owner" }]);
});
afterAll(async () => {
  await console.close();
  await gateway.close();
});

const call = (line: string, body?: unknown, caller: Caller = owner) => console.call(caller, line, body);
const ask = (host: string, path: string, init: RequestInit = {}) =>
  fetch(gateway.url + path, { ...init, headers: { ...init.headers, host }, redirect: "manual" });

async function chat(host: string, { key }: Customer) {
  const answer = await ask(host, "/v1/chat/completions", {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: "demo", messages: [{ role: "user", content: "Hello" }] }),
  });
  return { status: answer.status, text: await answer.text() };
}

const metaAt = async (host: string) => META.parse(await (await ask(host, "/console/api/v1/meta")).json());

describe("a domain that its owner writes down", () => {
  test("waits, and nothing is worn there", async () => {
    const { status, body } = await call("PUT /accounts/acme/brand", BRAND);
    expect(status).toBe(200);
    expect(body.brand).toMatchObject({ host: HOST, state: "pending", keys: "own", join: "invitation" });
    expect(body.declared).toEqual(["team.service.example"]);
    expect((await metaAt(HOST)).brand.name).toBe("Service");
    expect((await ask("x", `/hosts/ask?domain=${HOST}`)).status).toBe(404);
  });

  test("is in force once it is proven", async () => {
    const unproven = await call("POST /accounts/acme/brand/prove");
    expect(unproven.status).toBe(422);
    expect(unproven.text).toContain(`TXT record _quoin.${HOST}`);
    const { body } = await call("GET /accounts/acme/brand");
    const { proof } = body.brand as { proof: { value: string } };
    proven = [`${HOST} ${proof.value}`];
    expect((await call("POST /accounts/acme/brand/prove")).body.brand).toMatchObject({ state: "in_force" });
    expect((await ask("x", `/hosts/ask?domain=${HOST}`)).status).toBe(200);
  });

  test("is told by the API, the docs, the setups and the first page there, under that brand and address", async () => {
    const meta = await metaAt(HOST);
    expect(meta.brand).toMatchObject({
      name: "Acme AI",
      logo: "/brand/logo",
      colors: { primary: "#112233" },
    });
    expect(meta.base_urls.openai).toBe(`https://${HOST}/openai/v1`);
    expect(meta.hosts.map(({ host }) => host)).toEqual([HOST]);
    expect(await (await ask(HOST, "/")).text()).toContain(`Acme AI is running`);
    const docs = await (await ask(HOST, "/docs/clients/getting-started")).text();
    expect(docs).toContain("<title>");
    expect(docs).toContain("Acme AI");
    expect(docs).toContain(`https://${HOST}`);
    const setup = await (await ask(HOST, "/setup/claude-code.sh")).text();
    expect(setup).toContain(`https://${HOST}`);
    expect(setup).not.toContain("service.example");
    const offering = await (await ask(HOST, "/.well-known/quoin.json")).text();
    expect(offering).not.toContain("api.service.example");
  });

  test("is told to nobody else", async () => {
    const { hosts } = await metaAt("api.service.example");
    expect(hosts.map(({ host }) => host)).toEqual(["api.service.example"]);
    expect(await (await ask("api.service.example", "/.well-known/quoin.json")).text()).not.toContain("acme");
  });

  test("has its logo, shut in a sandbox", async () => {
    const logo = await ask(HOST, "/brand/logo");
    expect(logo.headers.get("content-type")).toBe("image/svg+xml");
    expect(logo.headers.get("content-security-policy")).toContain("sandbox");
    expect((await ask("api.service.example", "/brand/logo")).status).toBe(404);
  });

  test("serves its own keys alone, unless it says otherwise; its keys work everywhere", async () => {
    expect((await chat(HOST, acme)).status).toBe(200);
    const refused = await chat(HOST, other);
    expect(refused.status).toBe(403);
    expect(refused.text).toContain("use it at https://api.service.example");
    expect((await chat("api.service.example", acme)).status).toBe(200);
    expect((await chat("team.service.example", other)).status).toBe(200);
    await call("PUT /accounts/acme/brand", { ...BRAND, logo: undefined, keys: "any" });
    expect((await chat(HOST, other)).status).toBe(200);
    await call("PUT /accounts/acme/brand", { ...BRAND, logo: undefined });
    expect((await metaAt(HOST)).brand.logo).toBe("/brand/logo");
  });

  test("cannot be one that is in use", async () => {
    const theirs = userCaller([{ accountId: other.accountId, role: "owner" }]);
    for (const host of [HOST, "api.service.example", "team.service.example"]) {
      expect((await call("PUT /accounts/other/brand", { host }, theirs)).status).toBe(409);
    }
  });

  test("has a picture as its logo, and a domain as its host", async () => {
    const text = `data:image/png;base64,${Buffer.from("no picture").toString("base64")}`;
    for (const wrong of [
      { logo: text },
      { logo: "https://x/y.png" },
      { host: "localhost" },
      { host: "10.0.0.1" },
    ])
      expect((await call("PUT /accounts/acme/brand", { ...BRAND, ...wrong })).status).toBe(422);
  });

  test("is approved and taken away by operators", async () => {
    const theirs = userCaller([{ accountId: other.accountId, role: "owner" }]);
    await call("PUT /accounts/other/brand", { host: "ai.other.example" }, theirs);
    const { body } = await call("GET /operator/brands", undefined, operator);
    expect(body.items).toMatchObject([{ account: "other", state: "pending" }, { account: "acme" }]);
    const approved = await call(`POST /operator/brands/${other.accountId}/approve`, {}, operator);
    expect(approved.body).toMatchObject({ state: "in_force" });
    expect((await chat("ai.other.example", acme)).status).toBe(403);
    await call(`DELETE /operator/brands/${other.accountId}`, undefined, operator);
    expect((await chat("ai.other.example", acme)).status).toBe(200);
  });
});

describe("looks at a domain that is not proven", () => {
  test("are counted, per account and per domain", async () => {
    const host = "slow.other.example";
    const theirs = userCaller([{ accountId: other.accountId, role: "owner" }]);
    const prove = () => call("POST /accounts/other/brand/prove", undefined, theirs);
    await call("PUT /accounts/other/brand", { host }, theirs);
    for (let look = 0; look < 6; look++) expect((await prove()).status).toBe(422);
    const refused = await prove();
    expect(refused.status).toBe(429);
    expect(refused.text).toMatch(/slow\.other\.example was looked at too often; .* wait \d+ s and try again/);
    expect(Number(refused.headers.get("retry-after"))).toBeWithin(1, 61);
    // Another name for the same account, and the same name for another account.
    await call("PUT /accounts/other/brand", { host: "next.other.example" }, theirs);
    expect((await prove()).status).toBe(429);
    await call("DELETE /accounts/other/brand", undefined, theirs);
    await call("PUT /accounts/acme/brand", { ...BRAND, host });
    expect((await call("POST /accounts/acme/brand/prove")).status).toBe(429);
    await call("PUT /accounts/acme/brand", BRAND);
    await call(`POST /operator/brands/${acme.accountId}/approve`, {}, operator);
  });
});

describe("people at an account's domain", () => {
  const at = (host: string, method: string, path: string, body?: object, cookie = "") =>
    ask(host, `/console/api/v1${path}`, {
      method,
      headers: { "x-quoin-console": "1", cookie },
      ...(body && { body: JSON.stringify(body) }),
    });
  const person = (email: string) => ({ email, password: "correct horse battery", display_name: "Ada" });

  /** Signs up with the code that the outbox has; the last answer and its cookie. */
  async function signUp(host: string, email: string) {
    const asked = await at(host, "POST", "/auth/sign-up", person(email));
    if (!asked.ok) return { status: asked.status, body: await asked.json(), cookie: "" };
    const { challenge } = (await asked.json()) as { challenge: string };
    const kept = (await (await at(host, "GET", "/dev/outbox")).json()) as {
      items: { to: string; text: string }[];
    };
    const text = kept.items.find(({ to }) => to === email)?.text ?? "";
    const code = /\b\d{6}\b/.exec(text)?.[0] ?? "";
    const done = await at(host, "POST", "/auth/email/verify", { challenge, code });
    const cookie = done.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    return { status: done.status, body: await done.json(), cookie, text };
  }

  test("sign up by invitation alone, as it is set", async () => {
    expect((await signUp(HOST, "stranger@example.com")).status).toBe(403);
  });

  test("join that organisation alone where everybody may, and see no other there", async () => {
    await call("PUT /accounts/acme/brand", { ...BRAND, join: "viewer" });
    const { status, body, cookie, text } = await signUp(HOST, "ada@example.com");
    expect(status).toBe(200);
    expect(text).toContain("Acme AI");
    expect(text).toContain(`https://${HOST}/console/verify`);
    expect((body as { me: { accounts: object[] } }).me.accounts).toMatchObject([
      { name: "acme", role: "viewer" },
    ]);
    const made = await at(HOST, "POST", "/me/accounts", { display_name: "Mine" }, cookie);
    expect(made.status).toBe(403);
    expect((await at(HOST, "GET", "/accounts/acme/keys", undefined, cookie)).status).toBe(200);
  });

  test("of other organisations are nobody there", async () => {
    const { cookie, body } = await signUp("api.service.example", "bob@example.com");
    const [account] = (body as { me: { accounts: { name: string }[] } }).me.accounts;
    const path = `/accounts/${account?.name}/keys`;
    expect((await at("api.service.example", "GET", path, undefined, cookie)).status).toBe(200);
    expect((await at(HOST, "GET", path, undefined, cookie)).status).toBe(404);
    const me = (await (await at(HOST, "GET", "/me", undefined, cookie)).json()) as { accounts: object[] };
    expect(me.accounts).toEqual([]);
  });
});

describe("a logo below the home", () => {
  test("is served by its bytes; what lies elsewhere or is no picture is not", async () => {
    const { config } = gateway.app.http;
    const before = config();
    const png = Buffer.from("iVBORw0KGgoAAAANSUhEUg==", "base64");
    await Bun.write(`${gateway.home.folder}/logo.png`, png);
    const served = async (logo: string) => {
      await gateway.app.configure({ ...before, brand: { ...before.brand, logo } });
      return await ask("api.service.example", "/brand/logo");
    };
    const found = await served("logo.png");
    expect(found.headers.get("content-type")).toBe("image/png");
    expect((await metaAt("api.service.example")).brand.logo).toBe("/brand/logo");
    for (const logo of ["secret", "../../etc/passwd", "/etc/passwd", "none.png"])
      expect((await served(logo)).status).toBe(404);
    await gateway.app.configure(before);
  });
});
