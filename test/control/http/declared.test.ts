/** What operators declare in the console takes effect at once, beside what quoin.yaml declares. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { DECLARED, LEFT_OUT } from "../../../src/control/contract/declared.ts";
import { OPERATOR_MODEL } from "../../../src/control/contract/models.ts";
import { OPERATOR_PLAN, UPSTREAM } from "../../../src/control/contract/operator.ts";
import { PLAIN } from "../../support/config.ts";
import { type DeclaringWorld, startDeclaringWorld } from "../../support/declaring-world.ts";

const SECRET = "sk-declared-secret";
const HEADER_SECRET = "header-secret";
let declaring: DeclaringWorld;
let world: DeclaringWorld["world"];
let vllm: DeclaringWorld["vllm"];
let call: DeclaringWorld["call"];
let errorOf: DeclaringWorld["errorOf"];

beforeAll(async () => {
  declaring = await startDeclaringWorld();
  ({ world, vllm, call, errorOf } = declaring);
});
afterAll(() => declaring.close());

const itemsOf = async (line: string) => (await call(line)).body.items as unknown[];

const NAME = "org/own-model";
const MODEL = {
  id: NAME,
  price: { input: "1.00", output: "2.00" },
  targets: [{ upstream: "vllm", model: "m" }],
};

test("an upstream, a model and a plan are declared, serve at once, and say where they come from", async () => {
  const upstream = {
    ...{ id: "vllm", provider: "openai-compatible", base_url: `${vllm.url}/v1`, api_key: SECRET },
    headers: { "x-tenant": HEADER_SECRET },
  };
  const made = await call("POST /operator/upstreams", upstream);
  expect(made.status).toBe(201);
  expect(DECLARED.parse(made.body)).toMatchObject({
    id: "vllm",
    content: { provider: "openai-compatible" },
    has_api_key: true,
    header_names: ["x-tenant"],
    in_force: true,
  });
  expect(await world.chat(world.acme.key, NAME)).toBe(404);
  expect((await call("POST /operator/models", MODEL)).status).toBe(201);
  expect(await world.chat(world.acme.key, NAME)).toBe(200);
  const sent = vllm.seen.at(-1)?.headers;
  expect([sent?.authorization, sent?.["x-tenant"]]).toEqual([`Bearer ${SECRET}`, HEADER_SECRET]);
  const plan = { id: "team", key_prefix: "qn_team_", models: [NAME] };
  expect((await call("POST /operator/plans", plan)).status).toBe(201);
  const upstreams = (await itemsOf("GET /operator/upstreams")).map((item) => UPSTREAM.parse(item));
  expect(upstreams.map(({ id, source }) => [id, source])).toContainEqual(["vllm", "console"]);
  expect(upstreams.map(({ id, source }) => [id, source])).toContainEqual(["openai", "file"]);
  const models = (await itemsOf("GET /operator/models")).map((item) => OPERATOR_MODEL.parse(item));
  expect(models.map(({ id, source }) => [id, source])).toContainEqual([NAME, "console"]);
  const plans = (await itemsOf("GET /operator/plans")).map((item) => OPERATOR_PLAN.parse(item));
  expect(plans.map(({ id, source }) => [id, source])).toEqual([
    ["default", "file"],
    ["team", "console"],
  ]);
});

test("a key and headers are never told again, nor do they lie in the table in clear", async () => {
  for (const line of ["declared", "upstreams", "config", "config/yaml", "audit"]) {
    const { status, text } = await call(`GET /operator/${line}`);
    expect([line, status]).toEqual([line, 200]);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(HEADER_SECRET);
  }
  const rows = world.gateway.home.db
    .query<{ content: string; sealed: Uint8Array | null }, []>("SELECT content, sealed FROM declared")
    .all()
    .map(({ content, sealed }) => content + Buffer.from(sealed ?? []).toString("latin1"));
  expect(rows).toHaveLength(3);
  for (const row of rows) expect(row).not.toMatch(/sk-declared|header-secret/);
});

test("a change holds at once, field by field", async () => {
  const path = `PATCH /operator/models/${encodeURIComponent(NAME)}`;
  const changed = await call(path, { aliases: ["own"], price: { input: "3.00", output: "4.00" } });
  expect(DECLARED.parse(changed.body).content).toMatchObject({ aliases: ["own"], targets: MODEL.targets });
  expect(await world.chat(world.acme.key, "own")).toBe(200);
  expect(DECLARED.parse((await call(path, { aliases: null })).body).content).not.toHaveProperty("aliases");
  expect(await world.chat(world.acme.key, "own")).toBe(404);
  const headers = { "x-second": "other-secret" };
  const upstream = await call("PATCH /operator/upstreams/vllm", { headers, timeouts: { idle_ms: 1_000 } });
  expect(DECLARED.parse(upstream.body)).toMatchObject({
    has_api_key: true,
    header_names: ["x-tenant", "x-second"],
  });
});

test("stored credentials are not sent to another server because its address was changed", async () => {
  const base_url = "http://127.0.0.1:9/v1";
  const refused = await errorOf("PATCH /operator/upstreams/vllm", { base_url });
  expect([refused.status, refused.field]).toEqual([422, "api_key"]);
  const half = await errorOf("PATCH /operator/upstreams/vllm", { base_url, api_key: "new" });
  expect([half.status, half.field]).toEqual([422, "headers"]);
  const path = `${vllm.url}/deeper/v1`;
  expect((await call("PATCH /operator/upstreams/vllm", { base_url: path })).status).toBe(200);
});

test("what is wrong is refused with its field, and nothing of it stays", async () => {
  const before = (await call("GET /operator/declared")).text;
  const wrong: [string, object, number, string | undefined][] = [
    [
      "POST /operator/models",
      { ...MODEL, id: "b", targets: [{ upstream: "vlm" }] },
      422,
      "targets[0].upstream",
    ],
    ["POST /operator/models", { ...MODEL, id: "b", priec: {} }, 422, "priec"],
    ["POST /operator/models", { ...MODEL, id: "b", price: { input: "free" } }, 422, "price.input"],
    ["POST /operator/models", { ...MODEL, id: "b", aliases: [PLAIN] }, 422, "aliases[0]"],
    ["POST /operator/models", {}, 422, "id"],
    ["POST /operator/upstreams", { id: "u", provider: "openai-compatible" }, 422, "base_url"],
    [
      "POST /operator/upstreams",
      { id: "u", provider: "openai-compatible", base_url: "ftp://x" },
      422,
      "base_url",
    ],
    ["POST /operator/plans", { id: "p", key_prefix: "qn_live_" }, 422, "key_prefix"],
    ["POST /operator/plans", { id: "p", key_prefix: "qn_p_", models: ["none"] }, 422, "models[0]"],
    ["POST /operator/models", { ...MODEL, id: PLAIN }, 409, "id"],
    ["POST /operator/models", MODEL, 409, "id"],
    ["PATCH /operator/upstreams/vllm", { id: "other" }, 422, "id"],
    ["PATCH /operator/upstreams/vllm", { base_url: null, api_key: null, headers: null }, 422, "base_url"],
  ];
  for (const [line, body, status, field] of wrong) {
    const refused = await errorOf(line, body);
    expect([line, refused.message, refused.status, refused.field]).toEqual([
      line,
      refused.message,
      status,
      field,
    ]);
  }
  expect((await call("GET /operator/declared")).text).toBe(before);
});

test("quoin.yaml's own are read-only, and what is needed is not removed", async () => {
  expect((await errorOf("PATCH /operator/upstreams/openai", { timeouts: {} })).message).toContain(
    "quoin.yaml",
  );
  expect((await errorOf(`DELETE /operator/models/${PLAIN}`)).status).toBe(409);
  expect((await errorOf("DELETE /operator/models/none")).status).toBe(404);
  const upstream = await errorOf("DELETE /operator/upstreams/vllm");
  expect([upstream.status, upstream.message]).toEqual([409, expect.stringContaining(`model "${NAME}"`)]);
  const model = await errorOf(`DELETE /operator/models/${encodeURIComponent(NAME)}`);
  expect([model.status, model.message]).toEqual([409, expect.stringContaining('plan "team"')]);
  const team = await world.gateway.customer({ plan: "team" });
  expect(team.key).toStartWith("qn_team_");
  const plan = await errorOf("DELETE /operator/plans/team");
  expect([plan.status, plan.message]).toEqual([409, expect.stringContaining("1 key")]);
  expect(await world.chat(team.key, NAME)).toBe(200);
});

test("what quoin.yaml comes to declare itself is left out, said, and comes back", async () => {
  const { app, log } = world.gateway;
  const file = { config: app.declarations.config(), discovered: { upstreams: [], models: [] } };
  const upstreams = file.config.upstreams.filter(({ id }) => id !== "vllm");
  const models = file.config.models.filter(({ id }) => id !== NAME);
  const plans = file.config.plans.filter(({ id }) => id !== "team");
  const own = { ...file.config, upstreams, models, plans };
  const [openai] = upstreams;
  if (!openai) throw new Error("the test needs an upstream");
  await app.configure({ ...own, upstreams: [...upstreams, { ...openai, id: "vllm" }] });
  const left = LEFT_OUT.parse((await call("GET /operator/config")).body.left_out);
  expect(left.map(({ kind, id }) => [kind, id])).toEqual([["upstream", "vllm"]]);
  expect(log.filter(({ level }) => level === "warn").map(({ message }) => message)).toContainEqual(
    expect.stringContaining(
      'the upstream "vllm" of the console is left out: id: "vllm" is declared in quoin.yaml',
    ),
  );
  await app.configure(own);
  expect((await call("GET /operator/config")).body.left_out).toEqual([]);
});

test("removed in the order of need, all is as it was, and the audit tells of it", async () => {
  const home = world.gateway.home.db;
  home.run("UPDATE api_key SET revoked_at = 1 WHERE plan_id = 'team'");
  expect((await call("DELETE /operator/plans/team")).status).toBe(200);
  expect((await call(`DELETE /operator/models/${encodeURIComponent(NAME)}`)).status).toBe(200);
  expect((await call("DELETE /operator/upstreams/vllm")).status).toBe(200);
  expect(await world.chat(world.acme.key, NAME)).toBe(404);
  expect(await itemsOf("GET /operator/declared")).toEqual([]);
  const audit = (await itemsOf("GET /operator/audit?limit=100")) as { action: string; target: string }[];
  expect(audit.slice(0, 3).map(({ action, target }) => [action, target])).toEqual([
    ["upstreams.remove", "vllm"],
    ["models.remove", NAME],
    ["plans.remove", "team"],
  ]);
});
