/** Sections of quoin.yaml that an operator declares here: who may, what holds then, what is refused. */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { loadConfig } from "../../../src/config/load.ts";
import { OPERATOR_AUDIT_ENTRY } from "../../../src/control/contract/audit.ts";
import { DECLARATION, DECLARED } from "../../../src/control/contract/declared.ts";
import { ACCOUNT_MODEL } from "../../../src/control/contract/models.ts";
import { ENVIRONMENT } from "../../../src/control/contract/operator.ts";
import { PLAIN } from "../../support/config.ts";
import { startConsoleWorld } from "../../support/console-world.ts";
import { type DeclaringWorld, startDeclaringWorld } from "../../support/declaring-world.ts";

const SECTIONS = {
  brand: { name: "Corner" },
  signup: { mode: "closed" },
  catalogue: { shown_to: "signed-in" },
  prompts: { keep: false },
  errors: { model_not_found: { status: 410, message: "Gone: {message}", for: { gemini: { code: "GONE" } } } },
  regions: { regions: [{ id: "eu", display_name: "Europe", city: "Frankfurt" }] },
  hosts: {
    hosts: [
      { host: "eu.example.com", region: "eu", purpose: "Europe" },
      { host: "ai.acme.example", account: "acme", brand: { name: "Acme AI" }, join: "viewer" },
    ],
  },
  currencies: { currencies: [{ code: "EUR", rate: "0.92", from: "2026-01-01" }] },
  accounts: { accounts: [{ name: "acme", price_multiplier: "0.5" }] },
  trusted_proxies: { trusted_proxies: ["10.0.0.0/8", "127.0.0.1"] },
} as const;
type Section = keyof typeof SECTIONS;
const IDS = Object.keys(SECTIONS) as Section[];

let declaring: DeclaringWorld;
let world: DeclaringWorld["world"];
let call: DeclaringWorld["call"];
let errorOf: DeclaringWorld["errorOf"];

beforeAll(async () => {
  declaring = await startDeclaringWorld();
  ({ world, call, errorOf } = declaring);
});
afterEach(async () => {
  for (const id of IDS.toReversed()) await call(`DELETE /operator/settings/${id}`);
});
afterAll(() => declaring.close());

const put = (id: Section, body: object = SECTIONS[id]) => call(`PUT /operator/settings/${id}`, body);

test("every section is listed with what is in force, and every one may be declared", async () => {
  const read = async () =>
    ((await call("GET /operator/settings")).body.items as unknown[]).map((item) => DECLARATION.parse(item));
  const before = await read();
  expect(before.map(({ id }) => id).toSorted()).toEqual(IDS.toSorted());
  expect(before.find(({ id }) => id === "hosts")).toMatchObject({
    ...{ source: "discovered", content: { hosts: [] }, declared: null },
  });
  for (const id of IDS) expect([id, (await put(id)).status]).toEqual([id, 200]);
  for (const { id, source, content } of await read())
    expect({ id, source, content }).toEqual({ id, source: "console", content: SECTIONS[id as Section] });
});

test.each(IDS)("%s: neither a stranger nor a member may declare it", async (id) => {
  const line = `PUT /operator/settings/${id}`;
  const asked = [undefined, world.owner].map((who) => world.console.call(who, line, SECTIONS[id]));
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([401, 403]);
  expect((await call(`DELETE /operator/settings/${id}`)).status).toBe(409);
});

test("all of it is exported, and gives the same configuration again", async () => {
  for (const id of IDS) await put(id);
  const { text, variables } = (await call("GET /operator/config/yaml")).body as {
    text: string;
    variables: string[];
  };
  const config = world.gateway.app.declarations.config();
  const secrets = config.upstreams.map(({ apiKey }) => apiKey).filter((key) => key !== "");
  const env = Object.fromEntries(variables.map((name, index) => [name, secrets[index] ?? ""]));
  expect(loadConfig(text, { file: "exported.yaml", env })).toEqual(config);
});

test("what is declared holds for the next request", async () => {
  const multiplier = async () => {
    const { body } = await world.console.call(world.owner, "GET /accounts/acme/models");
    const models = (body.items as unknown[]).map((item) => ACCOUNT_MODEL.parse(item));
    return models.find(({ id }) => id === PLAIN)?.price.multiplier;
  };
  const agreed = async () =>
    (await call(`GET /operator/accounts/${world.acme.accountId}`)).body.price_multiplier;
  expect([await world.chat(world.acme.key, "none"), await multiplier()]).toEqual([404, "1"]);
  expect(await agreed()).toBeNull();
  await put("errors");
  await put("accounts");
  expect([await world.chat(world.acme.key, "none"), await multiplier()]).toEqual([410, "0.5"]);
  expect(await agreed()).toBe("0.5");
  await put("regions");
  await put("hosts");
  expect((await call("GET /meta")).body).toMatchObject({
    hosts: [{ host: "eu.example.com", region: "eu" }],
    regions: [{ id: "eu", city: "Frankfurt" }],
  });
});

test("a region that a host lies in stays, and so does what one section says of another", async () => {
  expect((await errorOf("PUT /operator/settings/hosts", SECTIONS.hosts)).field).toBe("hosts[0].region");
  await put("regions");
  await put("hosts");
  const refused = await errorOf("PUT /operator/settings/regions", { regions: [{ id: "us" }] });
  expect([refused.status, refused.message]).toEqual([409, expect.stringContaining('setting "hosts"')]);
});

test.each([
  ["currencies", { currencies: [{ code: "USD", rate: "1", from: "2026-01-01" }] }, "currencies[0].code"],
  ["hosts", { hosts: [{ host: "https://x" }] }, "hosts[0].host"],
  ["regions", { regions: "eu" }, "regions"],
  ["errors", { rate_limit: { status: 200 } }, "rate_limit.status"],
  ["trusted_proxies", { trusted_proxies: ["10.0.0.0/99"] }, "trusted_proxies[0]"],
  ["accounts", { accounts: [{ name: "acme", price_multiplier: "-1" }] }, "accounts[0].price_multiplier"],
  ["catalogue", { shown_to: "nobody" }, "shown_to"],
] as const)("%s: what is wrong is named by its field", async (id, body, field) => {
  expect(await errorOf(`PUT /operator/settings/${id}`, body)).toMatchObject({ status: 422, field });
});

test("who declares over what they have not seen is told so, and the audit has each change", async () => {
  const first = DECLARED.parse((await put("accounts")).body);
  const line = (was: string) => `PUT /operator/settings/accounts?was=${was}`;
  const mine = { accounts: [{ name: "acme", price_multiplier: "0.4" }] };
  expect((await call(line(first.updated_at), mine)).status).toBe(200);
  for (const was of [first.updated_at, "none"]) {
    const refused = await errorOf(line(was), SECTIONS.accounts);
    expect([refused.status, refused.message]).toEqual([409, expect.stringContaining("somebody else")]);
  }
  const audit = (await call("GET /operator/audit?action=settings.declare&limit=1")).body.items as unknown[];
  expect(OPERATOR_AUDIT_ENTRY.parse(audit[0])).toMatchObject({
    ...{ target: "accounts", before: SECTIONS.accounts, after: mine },
  });
});

test("regions without that of this node are refused, as a start with them is", async () => {
  const node = await startConsoleWorld(undefined, { QUOIN_REGION: "eu" });
  const declare = (id: string) =>
    node.console.call(node.operator, "PUT /operator/settings/regions", { regions: [{ id }] });
  const refused = await declare("us");
  expect([refused.status, refused.text]).toEqual([422, expect.stringContaining("QUOIN_REGION")]);
  expect((await declare("eu")).status).toBe(200);
  await node.close();
});

test("what the environment said is for operators alone, without secrets", async () => {
  const line = "GET /operator/environment";
  const others = [undefined, world.owner].map((who) => world.console.call(who, line));
  expect((await Promise.all(others)).map(({ status }) => status)).toEqual([401, 403]);
  const { items } = ENVIRONMENT.parse((await call(line)).body);
  const port = items.find(({ variable }) => variable === "QUOIN_PORT");
  expect(port).toMatchObject({ is_set: true, value: "0", option: null, default: "8787" });
  expect(items.find(({ variable }) => variable === "QUOIN_SECRET")?.value).toBeNull();
});
