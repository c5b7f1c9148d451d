import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { PAGES } from "../../src/control/docs/page-list.ts";
import { anchorOf } from "../../src/control/docs/render-page.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({
    config: {
      brand: { name: "Ac<me> & Co", key_variable: "ACME_KEY", colors: { primary: "#123456" } },
      plans: [{ id: "default", key_prefix: "acme_" }],
      upstreams: [{ id: "demo", provider: "demo" }],
      models: [{ id: "m", targets: [{ upstream: "demo" }] }],
    },
  });
});
afterAll(() => gateway.close());

async function get(path: string) {
  const response = await fetch(gateway.url + path);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const linksIn = (html: string) =>
  [...html.matchAll(/ (?:href|src|data-index)="(\/[^"]*)"/g)].map(([, to]) => to ?? "");

describe("the documentation", () => {
  test.each(["en", "zh"])(
    "has every page in %s, and every link inside it leads somewhere",
    async (language) => {
      const root = language === "en" ? "/docs" : "/docs/zh";
      const seen = new Map<string, { status: number; ids: Set<string> }>();
      const look = async (path: string) => {
        const { status, text } = await get(path);
        seen.set(path, {
          status,
          ids: new Set([...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id ?? "")),
        });
        return text;
      };
      const links = new Map<string, string>();
      for (const { path } of PAGES)
        for (const link of linksIn(await look(`${root}/${path}`))) links.set(link, path);
      const broken: string[] = [];
      for (const [link, from] of links) {
        const [page = "", anchor] = link.split("#");
        if (page.startsWith("/console")) continue;
        if (!seen.has(page)) await look(page);
        const target = seen.get(page);
        if (target?.status !== 200) broken.push(`${from} → ${link}: ${target?.status}`);
        else if (anchor !== undefined && !target.ids.has(decodeURIComponent(anchor)))
          broken.push(`${from} → ${link}`);
      }
      expect(broken).toEqual([]);
    },
  );

  test("says nothing that is written for its writers", async () => {
    const path = "/docs/clients/compatibility";
    expect((await get(path)).text).not.toContain("&lt;!--");
  });

  test("examples ask a model that is served", async () => {
    const { text } = await get("/docs/clients/getting-started");
    expect(text).toContain("&quot;model&quot;: &quot;m&quot;");
    expect(text).not.toContain("&quot;demo&quot;");
    expect((await get("/docs/reference/gemini")).text).toContain("/v1beta/models/m:generateContent");
    expect((await get("/docs/operators/running")).text).not.toContain("/models/m:");
  });

  test("the address without a language leads to the reader's own", async () => {
    const visit = (language: string) =>
      fetch(`${gateway.url}/docs`, { redirect: "manual", headers: { "accept-language": language } });
    const chinese = await visit("zh-CN,zh;q=0.9,en;q=0.8");
    expect([chinese.status, chinese.headers.get("location")]).toEqual([302, "/docs/zh"]);
    expect((await visit("en-US,en;q=0.9,zh;q=0.1")).status).toBe(200);
    expect(
      (await fetch(`${gateway.url}/docs/clients/limits`, { headers: { "accept-language": "zh" } })).url,
    ).toEndWith("/docs/clients/limits");
  });

  test("speaks with the operator's name, key prefix, variable and address", async () => {
    const { text, headers } = await get("/docs/clients/getting-started");
    expect(text).toContain("<strong>Ac&lt;me&gt; &amp; Co</strong>");
    expect(text).toContain(`${gateway.url}/v1`);
    expect(text).toContain("acme_");
    expect(text).not.toContain("qn_live_");
    expect(text).not.toContain("http://127.0.0.1:8787");
    expect(text).toContain('data-accent="#123456"');
    expect(headers.get("content-security-policy")).toContain("script-src 'self'");
    const operators = await get("/docs/operators/running");
    expect(operators.text).toContain("Quoin");
  });

  test("is found by its words", async () => {
    const { text } = await get("/docs/search.json");
    const passages = JSON.parse(text) as [string, string, string, string][];
    expect(passages.length).toBeGreaterThan(100);
    expect(passages.some(([, heading, to]) => heading === "Base URLs" && to.endsWith("#base-urls"))).toBe(
      true,
    );
    expect(text).not.toContain("<table");
  });

  test("has the published policy under its own address, and says what is no page", async () => {
    expect((await get("/docs/billing")).text).toContain("What a request costs");
    const missing = await get("/docs/nowhere");
    expect([missing.status, missing.text]).toEqual([404, expect.stringContaining("There is no such page")]);
    expect((await get("/docsx")).status).toBe(404);
  });

  test("is not filled by hostile hosts", async () => {
    const response = await fetch(`${gateway.url}/docs/clients/limits`, {
      headers: { host: 'evil"><script>alert(1)</script>' },
    }).catch(() => undefined);
    if (response) expect(await response.text()).not.toContain("<script>alert");
  });
});

test("anchors are those of GitHub", () => {
  expect(anchorOf("What Quoin changes in your request")).toBe("what-quoin-changes-in-your-request");
  expect(anchorOf("`x-quoin-lossy`: reject, warn")).toBe("x-quoin-lossy-reject-warn");
});
