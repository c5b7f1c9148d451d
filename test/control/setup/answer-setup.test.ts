import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startGateway, type TestGateway } from "../../support/gateway.ts";

const MODELS = {
  upstreams: [{ id: "demo", provider: "demo" }],
  models: [
    { id: "m", price: { input: "1", output: "1" }, targets: [{ upstream: "demo" }] },
    { id: "guard", category: "safety", price: { input: "1", output: "1" }, targets: [{ upstream: "demo" }] },
  ],
};

const get = (gateway: TestGateway, path: string, headers: Record<string, string> = {}) =>
  fetch(gateway.url + path, { redirect: "manual", headers });

describe("a gateway without declared addresses", () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ config: MODELS });
  });
  afterAll(() => gateway.close());

  test("names the address that was asked", async () => {
    const script = await (await get(gateway, "/setup/codex.sh")).text();
    expect(script.includes(`ORIGIN='${gateway.url}'`)).toBe(true);
    expect(script.includes(`"${gateway.url}/v1"`)).toBe(true);
  });

  test("behind a proxy that speaks TLS it says https", async () => {
    const text = await (
      await get(gateway, "/setup/", { host: "ai.example.com", "x-forwarded-proto": "https" })
    ).text();
    expect(text.includes("curl -fsSL https://ai.example.com/setup/NAME.sh")).toBe(true);
  });

  test.each(["a'b.example", "x$(id).example", "a;b", "a b", "-x", "ex`id`ample", 'a"b', "[::1", "a..b/c"])(
    "the Host %j gets into no script",
    async (host) => {
      const answer = await get(gateway, "/setup/codex.sh", { host });
      const text = await answer.text();
      if (answer.status === 200) expect(text.includes("ORIGIN='http://localhost'")).toBe(true);
    },
  );

  test("lists what agents can work with, and is never cached", async () => {
    const answer = await get(gateway, "/setup/offer.json");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const { models, slug } = (await answer.json()) as { models: { id: string }[]; slug: string };
    expect(models.map(({ id }) => id)).toEqual(["m"]);
    expect(slug).toBe("quoin");
  });

  test("browsers get pages, others text", async () => {
    for (const path of ["/setup", "/setup/", "/setup/cursor", "/setup/claude-code"]) {
      const page = await get(gateway, path, { accept: "text/html,*/*" });
      expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(await page.text()).toStartWith("<!doctype html>");
      const text = await get(gateway, path);
      expect(text.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    }
    expect(await (await get(gateway, "/setup/cursor")).text()).toContain(`paste: ${gateway.url}/v1`);
  });

  test.each(["/setup/nothing.sh", "/setup/codex.exe", "/setup/codex.json", "/setup/../codex.sh%0a"])(
    "%s is 404 and names what there is",
    async (path) => {
      const answer = await get(gateway, path);
      expect(answer.status).toBe(404);
    },
  );
});

describe("a gateway whose catalogue is for who signed in", () => {
  let gateway: TestGateway;
  let key = "";
  beforeAll(async () => {
    const plans = [{ id: "default", key_prefix: "qn_live_", models: ["m"] }];
    const other = { id: "other-plans", price: { input: "1", output: "1" }, targets: [{ upstream: "demo" }] };
    const models = [...MODELS.models, other];
    gateway = await startGateway({
      config: { ...MODELS, models, plans, catalogue: { shown_to: "signed-in" } },
    });
    ({ key } = await gateway.customer({ account: "acme" }));
  });
  afterAll(() => gateway.close());
  const asked = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await get(gateway, path, headers);
    return { status: answer.status, text: await answer.text() };
  };

  test("names no model to a stranger, and says what to do", async () => {
    const offer = JSON.parse((await asked("/setup/offer.json")).text);
    expect([offer.models, offer.withheld]).toEqual([[], true]);
    expect((await asked("/setup/codex.sh")).text).toContain("\nWITHHELD=1\n");
    for (const accept of ["text/html", "text/plain"]) {
      const { text } = await asked("/setup/cursor", { accept });
      expect(text).toContain("sign in to the console");
      expect(text).not.toContain("paste:");
    }
  });

  test("names a key's own models to it, in whatever header it comes", async () => {
    for (const headers of [{ authorization: `Bearer ${key}` }, { "x-api-key": key }]) {
      const { models, withheld } = JSON.parse((await asked("/setup/offer.json", headers)).text);
      expect([models.map(({ id }: { id: string }) => id), withheld]).toEqual([["m"], false]);
    }
    const script = await asked("/setup/codex.sh", { authorization: `Bearer ${key}` });
    expect(script.text).toContain("\nWITHHELD=0\n");
    expect(script.text).not.toContain("other-plans");
  });

  test("refuses a key that does not hold", async () => {
    const wrong = await asked("/setup/offer.json", { authorization: "Bearer qn_live_nothing" });
    expect(wrong.status).toBe(401);
    expect(wrong.text).not.toContain('"m"');
  });
});

describe("a gateway with declared addresses", () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({
      config: {
        ...MODELS,
        brand: {
          name: "Acme AI",
          key_variable: "ACME_KEY",
          base_urls: { openai: "https://api.acme.test/openai/v1", anthropic: "https://api.acme.test/api/" },
        },
        hosts: [
          { host: "api.acme.test", purpose: "Everywhere" },
          { host: "eu.acme.test", region: "eu" },
        ],
        regions: [{ id: "eu", city: "Frankfurt" }],
      },
    });
  });
  afterAll(() => gateway.close());

  test("names them, whatever Host was asked", async () => {
    const script = await (await get(gateway, "/setup/claude-code.sh", { host: "evil.example" })).text();
    expect(script.includes("ORIGIN='https://api.acme.test'")).toBe(true);
    expect(script.includes('"https://api.acme.test/api"')).toBe(true);
    expect(script.includes("evil.example")).toBe(false);
    expect(script.includes("{ACME_KEY:-}")).toBe(true);
  });

  test("at a region's host it names that host, and offers the others", async () => {
    const script = await (await get(gateway, "/setup/opencode.sh", { host: "eu.acme.test" })).text();
    expect(script.includes("ORIGIN='https://eu.acme.test'")).toBe(true);
    expect(script.includes('"https://eu.acme.test/openai/v1"')).toBe(true);
    expect(script.includes("https://eu.acme.test\teu\tFrankfurt")).toBe(true);
  });
});
