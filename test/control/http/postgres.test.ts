/** The management API where everything durable lies in PostgreSQL. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type App, buildApp } from "../../../src/app.ts";
import { resolveConfig } from "../../../src/config/resolve.ts";
import { readSettings } from "../../../src/config/settings.ts";
import { AUDIT_ENTRY } from "../../../src/control/contract/audit.ts";
import { DOUBTED_CHARGE } from "../../../src/control/contract/charges.ts";
import { KEY, MADE_KEY } from "../../../src/control/contract/keys.ts";
import { ACCOUNT_ENTRY, PRICE_VERSION } from "../../../src/control/contract/operator.ts";
import { REQUEST } from "../../../src/control/contract/requests.ts";
import { MADE_TOKEN, TOKEN } from "../../../src/control/contract/tokens.ts";
import { USAGE_OVER } from "../../../src/control/contract/usage.ts";
import { STATEMENT, WALLET } from "../../../src/control/contract/wallet.ts";
import { lockAndOpenHome } from "../../../src/home.ts";
import { type RunningServer, startServer } from "../../../src/server.ts";
import { PLAIN, standardConfig } from "../../support/config.ts";
import { startConsole, type TestConsole, userCaller } from "../../support/console.ts";
import { CHAT_NANOS } from "../../support/console-world.ts";
import { readExposition, valuesOf } from "../../support/exposition.ts";
import { type FakeUpstream, startFakeUpstream } from "../../support/fake-upstream.ts";
import { newFolder } from "../../support/folder.ts";
import { hasPostgres, newDatabase } from "../../support/postgres.ts";
import { json } from "../../support/scripts.ts";
import { until } from "../../support/until.ts";

describe.if(hasPostgres("the management API on PostgreSQL"))("on a real server", () => {
  const ends: (() => unknown)[] = [];
  let upstream: FakeUpstream;
  let app: App;
  /** Another node on the same database. */
  let other: App;
  let server: RunningServer;
  let console: TestConsole;

  beforeAll(async () => {
    const folder = newFolder();
    const database = await newDatabase();
    upstream = await startFakeUpstream();
    upstream.otherwise(json({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 10 } }));
    const env = {
      QUOIN_HOME: folder.path,
      QUOIN_DATABASE_URL: database.url,
      QUOIN_SECRET: "s".repeat(64),
      QUOIN_DISCOVER: "off",
    };
    const settings = readSettings(env);
    const home = await lockAndOpenHome(settings, (cause) => {
      throw cause;
    });
    if (!home) throw new Error("the folder of the test is locked");
    const text = JSON.stringify(standardConfig(upstream.url));
    const { config } = await resolveConfig(text, { file: "quoin.yaml", env, settings });
    app = await buildApp({ home, settings, config, log: () => {} });
    const secondFolder = newFolder();
    const second = readSettings({ ...env, QUOIN_HOME: secondFolder.path });
    const secondHome = await lockAndOpenHome(second, (cause) => {
      throw cause;
    });
    if (!secondHome) throw new Error("the second folder of the test is locked");
    other = await buildApp({ home: secondHome, settings: second, config, log: () => {} });
    server = startServer(app, { host: "127.0.0.1", port: 0 });
    console = startConsole(app.http);
    ends.push(
      () => folder.remove(),
      () => database.close(),
      () => upstream.close(),
      () => secondFolder.remove(),
    );
    ends.push(
      () => app.close(1_000),
      () => other.close(1_000),
      () => server.stopAccepting(),
      () => console.close(),
    );
  }, 60_000);
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  }, 60_000);

  const operator = userCaller([], true);
  const call = (line: string, body?: unknown) => console.call(operator, line, body);
  const itemsOf = async (line: string) => (await call(line)).body.items as unknown[];

  async function chat(key: string): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${server.address.port}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}` },
      body: `{"model":"${PLAIN}","messages":[],"max_tokens":5}`,
    });
    await response.text();
    return response.status;
  }

  test("an account is made, paid, used, seen, suspended and audited", async () => {
    const account = ACCOUNT_ENTRY.parse((await call("POST /operator/accounts", { name: "acme" })).body);
    await call(`POST /operator/accounts/${account.id}/grants`, { amount_nanos: "1000000000" });
    const made = MADE_KEY.parse(
      (await call("POST /accounts/acme/keys", { name: "a", models: [PLAIN] })).body,
    );
    expect(await chat(made.key)).toBe(200);
    await app.idle(5_000);
    await app.control.flush();
    const changed = await call(`PATCH /accounts/acme/keys/${made.id}`, {
      project: "p",
      limits: { concurrency: 2 },
    });
    expect(KEY.parse(changed.body)).toMatchObject({ project: "p", month_charge_nanos: String(CHAT_NANOS) });
    const [request] = (await itemsOf("GET /accounts/acme/requests")).map((item) => REQUEST.parse(item));
    expect(request).toMatchObject({ model: PLAIN, charge_nanos: String(CHAT_NANOS) });
    expect((await call(`GET /accounts/acme/requests/${request?.id}/receipt`)).status).toBe(200);
    const wallet = WALLET.parse((await call("GET /accounts/acme/wallet")).body);
    expect(wallet.balance_nanos).toBe(String(1_000_000_000n - CHAT_NANOS));
    expect(wallet.lots.map(({ left_nanos }) => left_nanos)).toEqual([wallet.balance_nanos]);
    const month = new Date().toISOString().slice(0, 7);
    const statement = STATEMENT.parse(
      (await call(`GET /accounts/acme/wallet/statement?month=${month}`)).body,
    );
    expect(statement.closing_nanos).toBe(wallet.balance_nanos);
    const from = new Date(Date.now() - 86_400_000).toISOString();
    const usage = USAGE_OVER.parse((await call(`GET /accounts/acme/usage?from=${from}&group_by=key`)).body);
    expect(usage.groups).toMatchObject([{ group: made.id, label: "a", charge_nanos: String(CHAT_NANOS) }]);
    await call(`PATCH /operator/accounts/${account.id}`, { suspended: true });
    expect(await chat(made.key)).toBe(403);
    await call(`PATCH /operator/accounts/${account.id}`, { suspended: false });
    expect(await chat(made.key)).toBe(200);
    const audit = (await itemsOf("GET /accounts/acme/audit")).map((item) => AUDIT_ENTRY.parse(item));
    expect(audit.map(({ action }) => action)).toEqual([
      "accounts.change",
      "accounts.change",
      "keys.change",
      "keys.create",
      "accounts.grant",
      "accounts.create",
    ]);
  });

  test("a doubted charge is seen, and paid back", async () => {
    const account = ACCOUNT_ENTRY.parse((await call("POST /operator/accounts", { name: "doubted" })).body);
    await call(`POST /operator/accounts/${account.id}/grants`, { amount_nanos: "1000000000" });
    const made = MADE_KEY.parse((await call("POST /accounts/doubted/keys", { name: "a" })).body);
    const usage = { prompt_tokens: 100_001, completion_tokens: 2 };
    upstream.answer(json({ choices: [{ message: { content: "x".repeat(400) } }], usage }));
    expect(await chat(made.key)).toBe(200);
    await app.idle(5_000);
    const doubted = async () =>
      (await itemsOf("GET /operator/charges/doubted")).map((item) => DOUBTED_CHARGE.parse(item));
    const [charge] = await doubted();
    expect((await call("GET /operator/charges/doubted/count")).body).toEqual({ count: 1 });
    const told = readExposition((await call("GET /operator/metrics")).text);
    expect(valuesOf(told, "quoin_charges_doubted")).toEqual({ "": 1 });
    expect(valuesOf(told, "quoin_charged_usd_total")[`${PLAIN} known`]).toBeGreaterThan(0);
    expect(charge).toMatchObject({
      account_id: account.id,
      model: PLAIN,
      reported: { input_tokens: 100_001, output_tokens: 2 },
    });
    expect((await call(`POST /operator/charges/${charge?.id}/refund`)).status).toBe(200);
    expect(await doubted()).toEqual([]);
    const wallet = WALLET.parse((await call("GET /accounts/doubted/wallet")).body);
    expect(wallet.balance_nanos).toBe("1000000000");
  });

  test("tokens, codes and price lists", async () => {
    const made = MADE_TOKEN.parse((await call("POST /operator/tokens", { scopes: ["operator:*"] })).body);
    expect((await itemsOf("GET /operator/tokens")).map((item) => TOKEN.parse(item).id)).toEqual([made.id]);
    const url = `http://127.0.0.1:${server.address.port}/console/api/v1/operator/prices/versions`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${made.token}` } });
    const { items } = (await response.json()) as { items: unknown[] };
    expect(items.map((item) => PRICE_VERSION.parse(item).in_force)).toEqual([true]);
    await call(`DELETE /operator/tokens/${made.id}`);
    expect((await fetch(url, { headers: { authorization: `Bearer ${made.token}` } })).status).toBe(401);
    await call("POST /operator/codes", { amount_nanos: "5000000000", batch: "b" });
    expect((await itemsOf("GET /operator/codes?batch=b")).length).toBe(1);
    expect((await call("GET /operator/prices/diff?from=1&to=1")).body.changes).toEqual([]);
  });

  test("what one node saw of an upstream, the other tells", async () => {
    await app.control.recentCalls.stop();
    await other.control.recentCalls.ready();
    const seen = app.control.recentCalls.of("openai").calls;
    expect(seen).toBeGreaterThan(0);
    expect(other.control.recentCalls.of("openai").calls).toBe(seen);
  });

  test("what is declared at one node holds at the other, until it is removed", async () => {
    const targets = [{ upstream: "own", model: PLAIN }];
    const model = { id: "declared-model", price: { input: "1.00", output: "1.00" }, targets };
    const own = { id: "own", provider: "openai-compatible", base_url: `${upstream.url}/o/v1`, api_key: "k" };
    expect((await call("POST /operator/upstreams", own)).status).toBe(201);
    const made = await call("POST /operator/models", model);
    expect(made.status).toBe(201);
    const there = () => other.gateway.snapshot().findModel("declared-model")?.targets[0]?.upstream.apiKey;
    await until("the other node to hear of it", () => there() === "k");
    expect((await call("PATCH /operator/upstreams/own", { api_key: "k2" })).status).toBe(200);
    await until("the other node to hear of the change", () => there() === "k2");
    expect((await call("DELETE /operator/models/declared-model")).status).toBe(200);
    await until("the other node to hear that it is gone", () => there() === undefined);
  });

  test("so does a section that is a list, and a closed catalogue", async () => {
    const inForce = () => other.gateway.snapshot();
    const agreed = { accounts: [{ name: "acme", price_multiplier: "0.5" }] };
    expect((await call("PUT /operator/settings/accounts", agreed)).status).toBe(200);
    expect((await call("PUT /operator/settings/catalogue", { shown_to: "signed-in" })).status).toBe(200);
    await until("the agreed price there", () => inForce().accountMultipliers.get("acme") === 500_000n);
    await until("the closed catalogue there", () => other.http.config().catalogue.shownTo === "signed-in");
    for (const id of ["accounts", "catalogue"])
      expect((await call(`DELETE /operator/settings/${id}`)).status).toBe(200);
    await until("its end there", () => other.http.config().catalogue.shownTo === "everybody");
    expect(inForce().accountMultipliers.size).toBe(0);
  });
});
