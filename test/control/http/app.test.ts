import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { standardConfig } from "../../support/config.ts";
import { startConsole, type TestConsole, userCaller } from "../../support/console.ts";
import { type Customer, startGateway, type TestGateway } from "../../support/gateway.ts";

let gateway: TestGateway;
let console: TestConsole;
let customer: Customer;

beforeAll(async () => {
  gateway = await startGateway({ config: standardConfig("http://127.0.0.1:9") });
  console = startConsole(gateway.app.http);
  customer = await gateway.customer({ account: "acme" });
});
afterAll(async () => {
  await console.close();
  await gateway.close();
});

const owner = () => userCaller([{ accountId: customer.accountId, role: "owner" }]);

describe("the management API on the gateway's own port", () => {
  test("what it is, for everybody", async () => {
    const response = await fetch(`${gateway.url}/console/api/v1/meta`);
    expect(response.status).toBe(200);
    const meta = (await response.json()) as Record<string, unknown>;
    expect(meta.brand).toMatchObject({ name: "Quoin" });
    expect(meta.plans).toEqual([{ id: "default", key_prefix: "qn_live_" }]);
  });

  test("nothing under it is cached, framed, or read as another type", async () => {
    for (const path of [
      "/console/api/v1/meta",
      "/console/api/v1/nothing",
      "/console/api/v1/accounts/acme/keys",
    ]) {
      const { headers } = await fetch(gateway.url + path);
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    }
  });

  test("without a credential nobody sees anything", async () => {
    const response = await fetch(`${gateway.url}/console/api/v1/accounts/acme/keys`);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code: "unauthenticated" } });
  });

  test("paths beside it are the gateway's", async () => {
    expect((await fetch(`${gateway.url}/consoles`)).headers.get("x-frame-options")).toBeNull();
    expect(await (await fetch(`${gateway.url}/console/api/nothing`)).json()).toMatchObject({
      error: { code: "not_found" },
    });
  });
});

describe("requests", () => {
  test("an account is named by id or by name", async () => {
    for (const name of [customer.accountId, "acme"]) {
      const { status, body } = await console.call(owner(), `GET /accounts/${name}/keys`);
      expect(status).toBe(200);
      expect(body.items).toMatchObject([{ id: customer.keyId, state: "active", plan: "default" }]);
      expect(body.next_cursor).toBeNull();
    }
  });

  test("a foreign account and one that does not exist look the same", async () => {
    const stranger = userCaller([]);
    const foreign = await console.call(stranger, "GET /accounts/acme/keys");
    const unknown = await console.call(stranger, "GET /accounts/none/keys");
    expect([foreign.status, unknown.status]).toEqual([404, 404]);
    expect(foreign.text.replace("acme", "")).toBe(unknown.text.replace("none", ""));
  });

  test("fields of the query are checked", async () => {
    for (const [query, field] of [
      ["limit=0", "limit"],
      ["limit=201", "limit"],
      ["limits=2", "limits"],
      ["limit=2&limit=3", "limit"],
      ["cursor=%00", "cursor"],
    ]) {
      const { status, body } = await console.call(owner(), `GET /accounts/acme/keys?${query}`);
      expect([query, status, body.error]).toEqual([
        query,
        422,
        expect.objectContaining({ code: "invalid", field }),
      ]);
    }
  });
});

test("the documents describe every route", async () => {
  const { body } = await console.call(undefined, "GET /openapi.json");
  expect(body.openapi).toBe("3.1.0");
  expect(Object.keys(body.paths as object)).toContain("/console/api/v1/accounts/{account}/keys");
});
