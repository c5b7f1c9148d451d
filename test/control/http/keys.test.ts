import { afterAll, beforeAll, expect, test } from "bun:test";
import { MADE_KEY } from "../../../src/control/contract/keys.ts";
import { CHARGE_TOLD } from "../../../src/control/contract/requests.ts";
import { FREE, PLAIN } from "../../support/config.ts";
import { userCaller } from "../../support/console.ts";
import { CHAT_NANOS, type ConsoleWorld, startConsoleWorld } from "../../support/console-world.ts";

const PLANS = [
  { id: "default", key_prefix: "qn_live_", limits: { requests_per_minute: 1_000 } },
  { id: "cheap", key_prefix: "qn_cheap_", price_multiplier: "0.5", shown: { name: "Half price" } },
  { id: "small", key_prefix: "qn_small_", models: [FREE] },
];

let world: ConsoleWorld;

beforeAll(async () => {
  world = await startConsoleWorld(PLANS);
});
afterAll(() => world.close());

const call = (line: string, body?: unknown) => world.console.call(world.owner, line, body);

async function made(body: object = {}) {
  const answer = await call("POST /accounts/acme/keys", body);
  if (answer.status !== 201) throw new Error(answer.text);
  return MADE_KEY.parse(answer.body);
}

test("a key is made with its terms, works, and is shown once", async () => {
  const key = await made({
    name: "ci",
    project: "build",
    limits: { requests_per_minute: 7 },
    networks: ["127.0.0.0/8"],
    expires_at: "2999-01-01T00:00:00Z",
    loss_policy: "reject",
  });
  expect(key).toMatchObject({
    name: "ci",
    project: "build",
    plan: "default",
    state: "active",
    user_id: "a".repeat(32),
    limits: { requests_per_minute: 7, requests_per_day: null, tokens_per_minute: null, concurrency: null },
    month_charge_nanos: "0",
  });
  expect(await world.chat(key.key)).toBe(200);
  await world.gateway.settled();
  await world.gateway.app.control.flush();
  const { body } = await call(`GET /accounts/acme/keys/${key.id}`);
  expect(body).toMatchObject({ month_charge_nanos: String(CHAT_NANOS), month_requests: 1 });
  expect(body.last_used_at).toStartWith("20");
  expect(JSON.stringify([body, (await call("GET /accounts/acme/keys")).body])).not.toContain(key.key);
});

test("a key may use the models it was made for, and sees no others", async () => {
  const key = await made({ models: [PLAIN] });
  expect(await world.chat(key.key)).toBe(200);
  expect(await world.chat(key.key, FREE)).toBe(403);
  const listed = await fetch(`${world.gateway.url}/v1/models`, {
    headers: { authorization: `Bearer ${key.key}` },
  });
  const { data } = (await listed.json()) as { data: { id: string }[] };
  expect(data.map(({ id }) => id)).toEqual([PLAIN]);
  await call(`PATCH /accounts/acme/keys/${key.id}`, { models: [FREE] });
  expect([await world.chat(key.key), await world.chat(key.key, FREE)]).toEqual([403, 200]);
  await call(`PATCH /accounts/acme/keys/${key.id}`, { models: null });
  expect([await world.chat(key.key), await world.chat(key.key, FREE)]).toEqual([200, 200]);
});

test("a change leaves the rest as it is, and stands in the audit", async () => {
  const key = await made({ name: "old", project: "p", limits: { concurrency: 3 } });
  const { status, body } = await call(`PATCH /accounts/acme/keys/${key.id}`, { name: "new", project: null });
  expect([status, body.name, body.project]).toEqual([200, "new", null]);
  expect(body.limits).toMatchObject({ concurrency: 3 });
  const [row] = await world.gateway.app.http.audit.list({ accountId: world.acme.accountId, limit: 1 });
  expect(row?.action).toBe("keys.change");
  expect([JSON.parse(row?.before ?? ""), JSON.parse(row?.after ?? "")]).toMatchObject([
    { name: "old", project: "p" },
    { name: "new" },
  ]);
});

test("rotation, overlap and revocation", async () => {
  const old = await made({ project: "p" });
  const { status, body } = await call(`POST /accounts/acme/keys/${old.id}/rotate`, { overlap_seconds: 3600 });
  const next = MADE_KEY.parse(body);
  expect([status, next.project]).toEqual([201, "p"]);
  expect([await world.chat(old.key), await world.chat(next.key)]).toEqual([200, 200]);
  expect((await call(`POST /accounts/acme/keys/${old.id}/rotate`, {})).status).toBe(409);
  expect((await call(`DELETE /accounts/acme/keys/${old.id}`)).status).toBe(200);
  expect((await call(`DELETE /accounts/acme/keys/${old.id}`)).status).toBe(409);
  expect((await call(`PATCH /accounts/acme/keys/${old.id}`, { name: "x" })).status).toBe(409);
  expect([await world.chat(old.key), await world.chat(next.key)]).toEqual([401, 200]);
});

test.each([
  [{ plan: "cheap" }, "plan", 422],
  [{ plan: "none" }, "plan", 422],
  [{ models: ["none"] }, "models", 422],
  [{ networks: ["here"] }, "networks.0", 422],
  [{ expires_at: "2001-01-01T00:00:00Z" }, "expires_at", 422],
  [{ limits: { rpm: 3 } }, "limits.rpm", 422],
  [{ limits: { concurrency: 0 } }, "limits.concurrency", 422],
  [{ nmae: "x" }, "nmae", 422],
  [{ project: "" }, "project", 422],
])("%j is refused by name", async (body, field, status) => {
  const answer = await call("POST /accounts/acme/keys", body);
  expect([answer.status, answer.body.error]).toEqual([status, expect.objectContaining({ field })]);
});

test("a plan is the operator's to give, and then the account has it", async () => {
  const { console, operator } = world;
  const plansOf = async (caller: typeof operator) => {
    const { body } = await console.call(caller, "GET /accounts/acme/plans");
    return (body.items as { id: string }[]).map(({ id }) => id);
  };
  expect(await plansOf(world.owner)).toEqual(["default"]);
  expect(await plansOf(operator)).toEqual(["default", "cheap", "small"]);
  expect((await console.call(operator, "POST /accounts/acme/keys", { plan: "small" })).status).toBe(201);
  expect(await plansOf(world.owner)).toEqual(["default", "small"]);
  const small = await call("POST /accounts/acme/keys", { plan: "small", models: [PLAIN] });
  expect(small.body.error).toMatchObject({ field: "models" });
  expect((await made({ plan: "small" })).key).toStartWith("qn_small_");
});

test("keys come in pages, the newest first", async () => {
  const seen: string[] = [];
  let cursor: unknown = null;
  do {
    const { body } = await call(
      `GET /accounts/acme/keys?limit=2${cursor ? `&cursor=${String(cursor)}` : ""}`,
    );
    seen.push(...(body.items as { id: string }[]).map(({ id }) => id));
    cursor = body.next_cursor;
  } while (cursor !== null && seen.length < 100);
  expect(seen).toEqual(seen.toSorted().toReversed());
  expect(seen.at(-1)).toBe(world.acme.keyId);
});

test("bodies that are no JSON, too large or absent", async () => {
  const send = (body: string) =>
    fetch(`${world.console.url}/console/api/v1/accounts/acme/keys`, {
      method: "POST",
      headers: { "x-quoin-console": "1", "x-test-caller": JSON.stringify(world.owner) },
      body,
    });
  expect((await send("{")).status).toBe(422);
  expect((await send("[]")).status).toBe(422);
  expect((await send(`{"name":"${"x".repeat(1_048_576)}"}`)).status).toBe(413);
  expect((await send("")).status).toBe(201);
});

test("a viewer reads and does not write", async () => {
  const viewer = userCaller([{ accountId: world.acme.accountId, role: "viewer" }]);
  expect((await world.console.call(viewer, "GET /accounts/acme/keys")).status).toBe(200);
  expect((await world.console.call(viewer, "POST /accounts/acme/keys", {})).status).toBe(403);
});

test("developers change keys of their own, and of nobody else", async () => {
  const developer = userCaller([{ accountId: world.acme.accountId, role: "developer" }]);
  const other = { ...developer, userId: "e".repeat(32) } as typeof developer;
  const { body } = await world.console.call(developer, "POST /accounts/acme/keys", {});
  const path = `/accounts/acme/keys/${String(body.id)}`;
  expect((await world.console.call(developer, `PATCH ${path}`, { name: "mine" })).status).toBe(200);
  for (const line of [`PATCH ${path}`, `POST ${path}/rotate`, `DELETE ${path}`]) {
    const { status, body } = await world.console.call(other, line, {});
    expect([status, body.error]).toEqual([403, expect.objectContaining({ code: "forbidden" })]);
  }
  const commands = `/accounts/acme/keys/${world.acme.keyId}`;
  expect((await world.console.call(developer, `POST ${commands}/rotate`, {})).status).toBe(403);
  const admin = userCaller([{ accountId: world.acme.accountId, role: "admin" }]);
  expect(
    (await world.console.call({ ...admin, userId: "f".repeat(32) } as typeof admin, `DELETE ${path}`)).status,
  ).toBe(200);
});

test("people read a plan's name, in the list of plans and beside what it takes off a charge", async () => {
  const { console, operator, acme } = world;
  const plans = (await console.call(operator, "GET /operator/plans")).body.items as unknown[];
  expect(plans).toContainEqual(expect.objectContaining({ id: "cheap", display_name: "Half price" }));
  expect(plans).toContainEqual(expect.objectContaining({ id: "small", display_name: "small" }));
  const key = await console.call(operator, "POST /accounts/acme/keys", { plan: "cheap" });
  expect(await world.chat(String(key.body.key))).toBe(200);
  await world.gateway.settled();
  const [request] = await world.gateway.requests(acme);
  const { body } = await call(`GET /accounts/acme/requests/${request?.id}/charge`);
  expect(CHARGE_TOLD.parse(body)).toMatchObject({
    ...{ multiplier: "0.5", multiplier_of: "plan" },
    ...{ multiplier_plan: "cheap", multiplier_plan_name: "Half price" },
  });
});
