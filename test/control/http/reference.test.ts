import { afterAll, beforeAll, expect, test } from "bun:test";
import { ROUTES } from "../../../src/control/http/routes.ts";
import { standardConfig } from "../../support/config.ts";
import { startGateway, type TestGateway } from "../../support/gateway.ts";

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({ config: standardConfig("http://127.0.0.1:9") });
});
afterAll(() => gateway.close());

test("the reference page tells every route, and loads nothing from elsewhere", async () => {
  const response = await fetch(`${gateway.url}/console/api/reference`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  const page = await response.text();
  for (const { path, method, summary } of ROUTES) {
    expect(page).toContain(`<b>${method}</b><code>/console/api/v1${path}</code>`);
    expect(page).toContain(Bun.escapeHTML(summary).replaceAll("&#x27;", "'"));
  }
  expect(page).not.toMatch(/<script|<link|src=|@import|url\(/);
  const anchors = [...page.matchAll(/href="#([^"]+)"/g)].map(([, anchor]) => anchor);
  expect(anchors.length).toBe(ROUTES.length);
  expect(new Set(anchors).size).toBe(anchors.length);
  for (const anchor of anchors) expect(page).toContain(`id="${anchor}"`);
});

test("every route is described whole", async () => {
  const response = await fetch(`${gateway.url}/console/api/v1/openapi.json`);
  const { paths } = (await response.json()) as {
    paths: Record<string, Record<string, Record<string, unknown>>>;
  };
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  expect(operations.length).toBe(ROUTES.length);
  for (const { summary, description, responses, tags } of operations) {
    expect([summary, description, tags]).toEqual([expect.any(String), expect.any(String), expect.any(Array)]);
    expect(Object.keys(responses as object)).toContain("422");
  }
});
