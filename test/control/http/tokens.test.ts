import { afterAll, beforeAll, expect, test } from "bun:test";
import { standardConfig } from "../../support/config.ts";
import { startConsole, type TestConsole, userCaller } from "../../support/console.ts";
import { type Customer, startGateway, type TestGateway } from "../../support/gateway.ts";

let gateway: TestGateway;
let console: TestConsole;
let acme: Customer;

beforeAll(async () => {
  gateway = await startGateway({ config: standardConfig("http://127.0.0.1:9") });
  console = startConsole(gateway.app.http);
  acme = await gateway.customer({ account: "acme" });
});
afterAll(async () => {
  await console.close();
  await gateway.close();
});

const owner = () => userCaller([{ accountId: acme.accountId, role: "owner" }]);
const admin = () => userCaller([{ accountId: acme.accountId, role: "admin" }]);

/** What a program gets that sends this bearer to the gateway's own port. */
async function get(bearer: string, path: string) {
  const headers = { authorization: `Bearer ${bearer}` };
  const response = await fetch(`${gateway.url}/console/api/v1${path}`, { headers });
  return { status: response.status, text: await response.text() };
}

test("a token of the command works, is shown once, and ends at once", async () => {
  const made = await gateway.operate("tokens.create", { account: "acme", scopes: ["keys:read"], name: "ci" });
  const token = String(made.token);
  expect(token).toMatch(/^qn_mgmt_\w{38}$/);
  expect((await get(token, "/accounts/acme/keys")).status).toBe(200);
  expect((await get(token, "/accounts/acme/tokens")).status).toBe(403);
  expect((await get(token, "/operator/tokens")).status).toBe(403);
  const listed = JSON.stringify(await gateway.operate("tokens.list", { account: "acme" }));
  expect(listed).not.toContain(token);
  expect(listed).toContain(`"last_used_at":"20`);
  await gateway.operate("tokens.revoke", { account: "acme", id: made.id });
  expect((await get(token, "/accounts/acme/keys")).status).toBe(401);
});

test("an operator's token sees every account", async () => {
  const { token } = await gateway.operate("tokens.create", {
    operator: true,
    scopes: ["keys:*", "operator:*"],
  });
  expect((await get(String(token), "/accounts/acme/keys")).status).toBe(200);
  expect((await get(String(token), "/operator/tokens")).status).toBe(200);
  expect((await get(String(token), "/accounts/acme/tokens")).status).toBe(403);
  expect((await get(String(token), "/accounts/none/keys")).status).toBe(404);
});

test("what is no token is refused in words", async () => {
  const made = await gateway.operate("tokens.create", { account: "acme", scopes: ["keys:read"] });
  for (const [bearer, words] of [
    [acme.key, "Keys for models are not for this API"],
    [String(made.token).slice(0, -1), "cut or mistyped"],
    ["qn_mgmt_", "cut or mistyped"],
  ] as const) {
    const { status, text } = await get(bearer, "/accounts/acme/keys");
    expect([status, text]).toEqual([401, expect.stringContaining(words)]);
  }
});

test("an expired token is refused", async () => {
  const until = new Date(Date.now() + 60_000).toISOString();
  const { body } = await console.call(owner(), "POST /accounts/acme/tokens", {
    scopes: ["keys:read"],
    expires_at: until,
  });
  expect((await get(String(body.token), "/accounts/acme/keys")).status).toBe(200);
  gateway.home.db.exec("UPDATE management_token SET expires_at = 1 WHERE expires_at IS NOT NULL");
  const { status, text } = await get(String(body.token), "/accounts/acme/keys");
  expect([status, text]).toEqual([401, expect.stringContaining("expired on 1970")]);
});

test("nobody hands on what they may not do", async () => {
  const make = (caller: ReturnType<typeof owner>, scopes: string[]) =>
    console.call(caller, "POST /accounts/acme/tokens", { scopes });
  expect((await make(owner(), ["*"])).status).toBe(201);
  expect((await make(admin(), ["keys:*", "wallet:read"])).status).toBe(201);
  expect((await make(admin(), ["*"])).body.error).toMatchObject({ code: "forbidden", field: "scopes" });
  expect((await make(owner(), ["operator:*"])).status).toBe(403);
  expect((await make(userCaller([], true), ["operator:*"])).status).toBe(403);
  expect((await make(owner(), ["keys:eat"])).body.error).toMatchObject({
    code: "invalid",
    field: "scopes.0",
  });
  const narrow = await make(owner(), ["tokens:write"]);
  const response = await fetch(`${gateway.url}/console/api/v1/accounts/acme/tokens`, {
    method: "POST",
    headers: { authorization: `Bearer ${String(narrow.body.token)}` },
    body: JSON.stringify({ scopes: ["keys:write"] }),
  });
  expect(response.status).toBe(403);
});

test("what was made and revoked stands in the audit, without the token", async () => {
  const { body } = await console.call(owner(), "POST /accounts/acme/tokens", {
    name: "x",
    scopes: ["keys:read"],
  });
  await console.call(owner(), `DELETE /accounts/acme/tokens/${String(body.id)}`);
  const rows = await gateway.app.http.audit.list({ accountId: acme.accountId, limit: 2 });
  expect(rows.map(({ action, target, actor }) => [action, target, actor])).toEqual([
    ["tokens.revoke", String(body.id), `user:${"a".repeat(32)}`],
    ["tokens.create", String(body.id), `user:${"a".repeat(32)}`],
  ]);
  expect(JSON.stringify(rows)).not.toContain(String(body.token));
  const again = await console.call(owner(), `DELETE /accounts/acme/tokens/${String(body.id)}`);
  expect(again.status).toBe(404);
});
