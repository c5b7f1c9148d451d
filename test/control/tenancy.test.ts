/** Every route of the management API, asked by everybody who should not get through, and by those who should. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Caller } from "../../src/accounts/caller.ts";
import {
  ACCOUNT_PERMISSIONS,
  covers,
  OPERATOR_PERMISSIONS,
  type Permission,
  permissionsOf,
} from "../../src/accounts/permissions.ts";
import { ROLES } from "../../src/accounts/role.ts";
import type { Route } from "../../src/control/http/route.ts";
import { ROUTES } from "../../src/control/http/routes.ts";
import { PLAIN, standardConfig } from "../support/config.ts";
import { startConsole, type TestAnswer, type TestConsole, userCaller } from "../support/console.ts";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { seedPeople } from "../support/people.ts";
import { json } from "../support/scripts.ts";

const UNKNOWN_ID = "0".repeat(32);
const GUARDED = ROUTES.filter(({ requires }) => requires !== "anyone" && requires !== "session");
const IN_ACCOUNT = ROUTES.filter(({ inAccount }) => inAccount);

let upstream: FakeUpstream;
let gateway: TestGateway;
let console: TestConsole;
let victim: Customer;
let other: Customer;
/** An id of the victim's for each kind of thing that lies in an account, by the word after the account in the path. */
const victims = new Map<string, string>();

beforeAll(async () => {
  upstream = await startFakeUpstream();
  upstream.otherwise(json({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 10 } }));
  gateway = await startGateway({ config: standardConfig(upstream.url) });
  console = startConsole(gateway.app.http);
  victim = await gateway.customer({ account: "victim" });
  other = await gateway.customer({ account: "other" });
  await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${victim.key}` },
    body: `{"model":"${PLAIN}","messages":[],"max_tokens":5}`,
  });
  const [request] = await gateway.requests(victim);
  const token = await gateway.operate("tokens.create", { account: "victim", scopes: ["keys:read"] });
  victims.set("keys", victim.keyId);
  victims.set("tokens", String(token.id));
  victims.set("requests", request?.id ?? "");
  const people = await seedPeople(gateway, victim.accountId);
  victims.set("members", people.userId);
  victims.set("invitations", people.invitationId);
});
afterAll(async () => {
  await console.close();
  await gateway.close();
  await upstream.close();
});

const lineOf = ({ method, path }: Route, account: string, id = UNKNOWN_ID) =>
  `${method.toUpperCase()} ${path.replace("{account}", account).replaceAll(/\{\w+\}/g, id)}`;

const ask = (caller: Caller | undefined, route: Route, account = "victim", id?: string) =>
  console.call(caller, lineOf(route, account, id), route.method === "get" ? undefined : {});

/** What the gate before every handler says; a handler that refuses says something else. */
function stoppedAtGate({ status, body }: TestAnswer): boolean {
  const { message = "" } = (body.error ?? {}) as { message?: string };
  if (status === 401) return true;
  if (status === 403) return message.startsWith("This needs the permission");
  return status === 404 && message.startsWith("There is no account ");
}

function token(scopes: readonly string[], accountId?: string): Caller {
  return { kind: "token", tokenId: "c".repeat(32), operator: accountId === undefined, accountId, scopes };
}

const isOperators = (permission: string) => permission.startsWith("operator:");
const permissionOf = ({ requires }: Route) => requires as Permission;

describe.each(GUARDED.map((route) => [`${route.method} ${route.path}`, route] as const))("%s", (_, route) => {
  test("nobody without a credential", async () => {
    expect((await ask(undefined, route)).status).toBe(401);
  });

  test("no stranger, and no owner of another account", async () => {
    for (const memberships of [[], [{ accountId: other.accountId, role: "owner" as const }]]) {
      const caller = userCaller(memberships);
      const answer = await ask(caller, route);
      expect(answer.status).toBe(route.inAccount ? 404 : 403);
      expect(stoppedAtGate(answer)).toBe(true);
      if (!route.inAccount) continue;
      const unknown = await ask(caller, route, "nobody");
      expect(unknown.text.replace("nobody", "victim")).toBe(answer.text);
    }
  });

  test("members as their role allows", async () => {
    for (const role of ROLES) {
      const answer = await ask(userCaller([{ accountId: victim.accountId, role }]), route);
      const may = (permissionsOf(role) as ReadonlySet<string>).has(route.requires);
      expect([role, stoppedAtGate(answer)]).toEqual([role, !may]);
      if (!may) expect(answer.status).toBe(403);
    }
  });

  test("tokens as their scope allows, in their own account", async () => {
    for (const scope of [...ACCOUNT_PERMISSIONS, ...OPERATOR_PERMISSIONS, "*", "keys:*", "operator:*"]) {
      const may = covers(scope, permissionOf(route));
      const own = await ask(token([scope], victim.accountId), route);
      const expected = may && !isOperators(route.requires);
      expect([scope, stoppedAtGate(own)]).toEqual([scope, !expected]);
      const foreign = await ask(token([scope], other.accountId), route);
      expect([scope, foreign.status]).toEqual([scope, route.inAccount ? 404 : 403]);
      const operators = await ask(token([scope]), route);
      expect([scope, stoppedAtGate(operators)]).toEqual([scope, !may]);
    }
  });
});

test("no write without a token passes from another site's page", async () => {
  const caller = JSON.stringify(userCaller([{ accountId: victim.accountId, role: "owner" }], true));
  const forged = [
    { "x-test-caller": caller },
    { "x-test-caller": caller, "x-quoin-console": "1", "sec-fetch-site": "cross-site" },
    { "x-test-caller": caller, "x-quoin-console": "1", "sec-fetch-site": "same-site" },
    { "x-test-caller": caller, "x-quoin-console": "1", origin: "https://evil.example" },
    { "x-test-caller": caller, "x-quoin-console": "1", origin: "null" },
  ];
  for (const route of ROUTES.filter(({ method }) => method !== "get")) {
    const [method, path] = lineOf(route, "victim").split(" ");
    for (const headers of forged) {
      const response = await fetch(`${console.url}/console/api/v1${path}`, {
        method: method ?? "",
        headers: headers as Record<string, string>,
        body: "{}",
      });
      expect([route.path, response.status]).toEqual([route.path, 403]);
    }
  }
});

const WITH_IDS = IN_ACCOUNT.filter(({ params }) => params !== undefined);

test.each(WITH_IDS.map((route) => [`${route.method} ${route.path}`, route] as const))(
  "%s: a foreign id is as unknown as one that does not exist",
  async (_, route) => {
    const [, , , kind = ""] = route.path.split("/");
    const foreignId = victims.get(kind);
    if (foreignId === undefined) throw new Error(`tell this test of an id of the victim's for ${kind}`);
    const caller = userCaller([{ accountId: other.accountId, role: "owner" }]);
    const foreign = await ask(caller, route, "other", foreignId);
    const unknown = await ask(caller, route, "other", UNKNOWN_ID);
    expect(foreign.status).toBe(unknown.status);
    expect([404, 422]).toContain(foreign.status);
    expect(foreign.text.replaceAll(foreignId, UNKNOWN_ID)).toBe(unknown.text);
  },
);

test("every write says what it is called in the audit, and no read does", () => {
  const wrong = ROUTES.filter(({ method, audit }) => (method === "get") !== (audit === undefined));
  expect(wrong.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
});
