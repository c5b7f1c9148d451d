import { expect, test } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { consolePages } from "../../src/control/pages/console-pages.ts";

const FIRST_LOAD_BYTES_MAX = 130_000;

const home = mkdtempSync(join(tmpdir(), "quoin-console-"));
const pages = consolePages({
  home,
  log: (_level, message, fields) => {
    throw new Error(`${message} ${JSON.stringify(fields)}`);
  },
});

const get = (path: string, encoding = "") =>
  pages(new Request(`http://console${path}`, { headers: { "accept-encoding": encoding } }), path);

async function scriptsOf(path: string): Promise<string[]> {
  const html = await (await get(path)).text();
  return [...html.matchAll(/(?:modulepreload" href|src)="([^"]+\.js)"/g)].map(([, address = ""]) => address);
}

test("every path below /console is the page, without inline script", async () => {
  for (const path of ["/console", "/console/", "/console/o/acme/keys"]) {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("no-cache");
    expect(answer.headers.get("content-security-policy")).toContain("script-src 'self';");
    expect(await answer.text()).not.toMatch(/<script[^>]*>[^<]|style=|\son\w+=/);
  }
});

test("files have names by content, are kept for ever, and come compressed", async () => {
  const [script = ""] = await scriptsOf("/console");
  expect(script).toMatch(/^\/console\/assets\/[\w-]+\.js$/);
  const plain = await get(script);
  expect(plain.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  const text = await plain.text();
  for (const [accepted, named] of [
    ["gzip, deflate", "gzip"],
    ["gzip, deflate, br", "br"],
  ] as const) {
    const packed = await get(script, accepted);
    expect(packed.headers.get("content-encoding")).toBe(named);
    expect((await packed.bytes()).length).toBeLessThan(text.length);
  }
});

test("what is no file is not found, and nothing outside of the folder is read", async () => {
  for (const name of ["none.js", "index.html", "../index.html", "..%2findex.html", ""]) {
    expect((await get(`/console/assets/${name}`)).status).toBe(404);
  }
});

test("pages are not written to", async () => {
  const answer = await pages(new Request("http://console/console", { method: "POST" }), "/console");
  expect(answer.status).toBe(405);
});

test(`the first load is at most ${FIRST_LOAD_BYTES_MAX} bytes of gzipped script`, async () => {
  let bytes = 0;
  for (const script of await scriptsOf("/console"))
    bytes += (await (await get(script, "gzip")).bytes()).length;
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThanOrEqual(FIRST_LOAD_BYTES_MAX);
});
