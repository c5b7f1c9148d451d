import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { AUDIT_ENTRY, OPERATOR_AUDIT_ENTRY } from "../../../src/control/contract/audit.ts";
import {
  ACCOUNT_ENTRY,
  CODE,
  MADE_CODES,
  PRICE_DIFF,
  PRICE_VERSION,
  UPSTREAM,
  UPSTREAM_DETAIL,
  USER_ENTRY,
} from "../../../src/control/contract/operator.ts";
import { PLAIN, UPSTREAM_KEY } from "../../support/config.ts";
import { userCaller } from "../../support/console.ts";
import { type ConsoleWorld, startConsoleWorld } from "../../support/console-world.ts";

let world: ConsoleWorld;

beforeAll(async () => {
  world = await startConsoleWorld([
    { id: "default", key_prefix: "qn_live_" },
    { id: "big", key_prefix: "qn_big_" },
  ]);
});
afterAll(() => world.close());

const call = (line: string, body?: unknown) => world.console.call(world.operator, line, body);
const itemsOf = async (line: string) => (await call(line)).body.items as unknown[];

describe("accounts", () => {
  test("are made once, found by part of their name, and given money once for a reference", async () => {
    const made = await call("POST /operator/accounts", { name: "zeta", plan: "big" });
    const account = ACCOUNT_ENTRY.parse(made.body);
    expect([made.status, account.plan, account.balance_nanos]).toEqual([201, "big", "0"]);
    expect((await call("POST /operator/accounts", { name: "zeta" })).status).toBe(409);
    expect((await call("POST /operator/accounts", { name: "f".repeat(32) })).body.error).toMatchObject({
      field: "name",
    });
    const grant = { amount_nanos: "2500000000", reference: "invoice 7" };
    expect((await call(`POST /operator/accounts/${account.id}/grants`, grant)).body.balance_nanos).toBe(
      "2500000000",
    );
    expect((await call(`POST /operator/accounts/${account.id}/grants`, grant)).status).toBe(422);
    const found = await itemsOf("GET /operator/accounts?text=ZET");
    expect(found.map((item) => ACCOUNT_ENTRY.parse(item).balance_nanos)).toEqual(["2500000000"]);
    const owner = userCaller([{ accountId: account.id, role: "owner" }]);
    const key = await world.console.call(owner, "POST /accounts/zeta/keys", {});
    expect(key.body.key).toStartWith("qn_big_");
  });

  test("come in pages", async () => {
    const first = await call("GET /operator/accounts?limit=1");
    const second = await call(`GET /operator/accounts?limit=1&cursor=${String(first.body.next_cursor)}`);
    expect([first, second].map(({ body }) => (body.items as { name: string }[])[0]?.name)).toEqual([
      "zeta",
      "acme",
    ]);
    expect(second.body.next_cursor).toBeNull();
  });

  test("suspended, none of its keys works, and then they do again", async () => {
    const path = `PATCH /operator/accounts/${world.acme.accountId}`;
    expect(await world.chat(world.acme.key)).toBe(200);
    const suspended = await call(path, { suspended: true });
    expect(ACCOUNT_ENTRY.parse(suspended.body).suspended_at).toStartWith("20");
    expect(await world.chat(world.acme.key)).toBe(403);
    expect((await call(path, { suspended: false })).body.suspended_at).toBeNull();
    expect(await world.chat(world.acme.key)).toBe(200);
    expect((await call(path, { plan: "none" })).body.error).toMatchObject({ field: "plan" });
  });
});

test("codes are made, listed without their text, and voided", async () => {
  const asked = { amount_nanos: "5000000000", count: 3, batch: "spring" };
  const made = MADE_CODES.parse((await call("POST /operator/codes", asked)).body);
  expect(made.codes).toHaveLength(3);
  const [one] = made.codes;
  const listed = await itemsOf("GET /operator/codes?batch=spring");
  expect(listed.map((item) => CODE.parse(item).state)).toEqual(["open", "open", "open"]);
  expect(JSON.stringify(listed)).not.toContain(one?.code ?? "");
  expect((await call(`DELETE /operator/codes/${one?.id}`)).body).toEqual({ revoked: 1 });
  expect((await call(`DELETE /operator/codes/${one?.id}`)).status).toBe(404);
  expect((await call("DELETE /operator/code-batches/spring")).body).toEqual({ revoked: 2 });
});

test("upstreams show how they do, without their credentials, and can be asked", async () => {
  await world.chat(world.acme.key);
  const listed = await call("GET /operator/upstreams");
  const upstreams = (listed.body.items as unknown[]).map((item) => UPSTREAM.parse(item));
  expect(upstreams.map(({ id, has_api_key }) => [id, has_api_key])).toContainEqual(["openai", true]);
  expect(upstreams[0]?.models).toContain(PLAIN);
  const one = await call("GET /operator/upstreams/openai");
  expect(UPSTREAM_DETAIL.parse(one.body).last_errors).toEqual([]);
  const asked = await call("POST /operator/upstreams/openai/test", {});
  expect(asked.body.targets).toMatchObject([{ upstream: "openai" }]);
  expect((await call("GET /operator/upstreams/none")).status).toBe(404);
  expect((await call("POST /operator/upstreams/openai/test", { model: "none" })).status).toBe(409);
  for (const text of [listed.text, one.text, (await call("GET /operator/config")).text])
    expect(text).not.toContain(UPSTREAM_KEY);
});

test("price lists have versions that can be compared", async () => {
  const { config } = world.gateway.app.http;
  const dearer = config().models.map((model) =>
    model.id === PLAIN ? { ...model, price: { ...model.price, output: 9_000_000_000n } } : model,
  );
  await world.gateway.app.configure({ ...config(), models: dearer });
  const versions = (await itemsOf("GET /operator/prices/versions")).map((item) => PRICE_VERSION.parse(item));
  expect(versions.map(({ version, in_force }) => [version, in_force])).toEqual([
    [2, true],
    [1, false],
  ]);
  const { changes } = PRICE_DIFF.parse((await call("GET /operator/prices/diff?from=1&to=2")).body);
  expect(changes).toEqual([{ model: PLAIN, kind: "output", from: "4000000000", to: "9000000000" }]);
  expect((await call("GET /operator/prices/diff?from=1&to=99")).status).toBe(404);
});

test("users are listed, made operators and disabled, though nobody by themselves", async () => {
  const { users } = world.gateway.app.people.deps.store;
  const userId = "d".repeat(32);
  const user = {
    ...{ userId, email: "a@example.com", emailVerifiedAt: 1, passwordHash: undefined, phone: undefined },
    ...{ phoneVerifiedAt: undefined, displayName: "A", locale: undefined, operator: false },
    ...{ createdAt: 1, disabledAt: undefined },
  };
  await users.signUp({ user, proofs: [], account: undefined, invitationId: undefined, identity: undefined });
  const listed = await itemsOf("GET /operator/users?text=example");
  expect(listed.map((item) => USER_ENTRY.parse(item).email)).toEqual(["a@example.com"]);
  const changed = await call(`PATCH /operator/users/${userId}`, { operator: true, disabled: true });
  expect(USER_ENTRY.parse(changed.body)).toMatchObject({
    operator: true,
    disabled_at: expect.stringMatching(/^20/),
  });
  const back = await call(`PATCH /operator/users/${userId}`, { disabled: false });
  expect(USER_ENTRY.parse(back.body)).toMatchObject({ operator: true, disabled_at: null });
  const self = { ...world.operator, userId } as typeof world.operator;
  expect(
    (await world.console.call(self, `PATCH /operator/users/${userId}`, { operator: false })).status,
  ).toBe(409);
  expect((await call(`PATCH /operator/users/${"e".repeat(32)}`, {})).status).toBe(404);
});

test("the audit tells operators everything, and an account its own", async () => {
  const all = (await itemsOf("GET /operator/audit?limit=200")).map((item) =>
    OPERATOR_AUDIT_ENTRY.parse(item),
  );
  expect(all.find(({ action }) => action === "codes.create")?.account_display_name).toBeNull();
  expect(all.find(({ action }) => action === "accounts.change")?.account_display_name).toBe("acme");
  expect(new Set(all.map(({ action }) => action))).toEqual(
    new Set(
      ["accounts.create", "accounts.grant", "accounts.change", "keys.create", "codes.create"].concat([
        "codes.revoke",
        "upstreams.test",
        "users.change",
      ]),
    ),
  );
  const owner = await world.console.call(world.owner, "GET /accounts/acme/audit?limit=1");
  expect((owner.body.items as unknown[]).length).toBe(1);
  const next = await world.console.call(
    world.owner,
    `GET /accounts/acme/audit?cursor=${String(owner.body.next_cursor)}`,
  );
  const own = [...(owner.body.items as unknown[]), ...(next.body.items as unknown[])].map((item) =>
    AUDIT_ENTRY.parse(item),
  );
  expect(own.map(({ action, after }) => [action, after])).toEqual([
    ["accounts.change", { suspended: false }],
    ["accounts.change", { suspended: true }],
  ]);
  const chosen = await itemsOf("GET /operator/audit?action=codes.create");
  expect(chosen).toHaveLength(1);
});
