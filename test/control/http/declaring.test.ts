/** Before something is declared, and around it: trying out, settings, what is not published, prices over time. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { loadConfig } from "../../../src/config/load.ts";
import { resolveConfig } from "../../../src/config/resolve.ts";
import { DECLARATION, DECLARED } from "../../../src/control/contract/declared.ts";
import { OPERATOR_MODEL, PROBES } from "../../../src/control/contract/models.ts";
import { KNOWN_MODEL, MODEL_PRICES } from "../../../src/control/contract/operator.ts";
import { PLAIN, standardConfig } from "../../support/config.ts";
import { type DeclaringWorld, startDeclaringWorld } from "../../support/declaring-world.ts";

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

const upstream = () => ({
  ...{ id: "vllm", provider: "openai-compatible", base_url: `${vllm.url}/v1`, api_key: "draft-key" },
  protocols: ["openai-chat"],
});
const OWN = {
  id: "own",
  price: { input: "1", output: "2" },
  targets: [{ upstream: "vllm", model: "inner", cost: { input: "0.5", output: "0.5" } }],
};

test("an upstream is asked before it is declared, and nothing of it stays", async () => {
  const asked = await call("POST /operator/upstreams/test", { upstream: upstream(), upstream_model: "m" });
  expect(PROBES.parse(asked.body).targets).toMatchObject([{ upstream: "vllm", model: "m", ok: true }]);
  expect(vllm.seen.at(-1)?.headers.authorization).toBe("Bearer draft-key");
  expect((await call("GET /operator/declared")).body.items).toEqual([]);
  const wrong = { ...upstream(), base_url: "no address" };
  const refused = await errorOf("POST /operator/upstreams/test", { upstream: wrong, upstream_model: "m" });
  expect([refused.status, refused.field]).toEqual([422, "base_url"]);
});

test("one that is there is asked by its id alone, or with changes that do not carry its key away", async () => {
  expect((await call("POST /operator/upstreams", upstream())).status).toBe(201);
  const draft = (more: object) => ({ upstream: { id: "vllm", ...more }, upstream_model: "m" });
  expect(PROBES.parse((await call("POST /operator/upstreams/test", draft({}))).body).targets).toHaveLength(1);
  const elsewhere = await errorOf("POST /operator/upstreams/test", draft({ base_url: "http://127.0.0.1:9" }));
  expect([elsewhere.status, elsewhere.field]).toEqual([422, "api_key"]);
  const file = { upstream: { id: "openai" }, upstream_model: PLAIN };
  expect(PROBES.parse((await call("POST /operator/upstreams/test", file)).body).targets).toHaveLength(1);
});

test("a model that is not published is for operators alone until it is", async () => {
  const draft = await call("POST /operator/models/test", { model: OWN });
  expect(PROBES.parse(draft.body)).toMatchObject({ model: "own", targets: [{ ok: true }] });
  expect((await call("POST /operator/models", { ...OWN, published: false })).status).toBe(201);
  expect(await world.chat(world.acme.key, "own")).toBe(404);
  const told = async (line: string, who = world.owner) => (await world.console.call(who, line)).text;
  for (const line of ["GET /models", "GET /accounts/acme/models", "GET /pricing"])
    expect(await told(line)).not.toContain('"own"');
  const mine = JSON.parse(await told("GET /operator/models?limit=200", world.operator)).items.find(
    ({ id }: { id: string }) => id === "own",
  );
  expect(OPERATOR_MODEL.parse(mine)).toMatchObject({
    ...{ published: false, source: "console", line: null },
    targets: [{ order: 1, margin: { input: "500000000", output: "1500000000" } }],
  });
  expect((await call("POST /operator/models/own/test")).status).toBe(200);
  expect((await call("PATCH /operator/models/own", { published: true })).status).toBe(200);
  expect(await world.chat(world.acme.key, "own")).toBe(200);
});

test("a declaration is told whoever made it, without credentials", async () => {
  const own = await call("GET /operator/declared/upstream/vllm");
  expect(DECLARATION.parse(own.body)).toMatchObject({
    source: "console",
    content: { base_url: `${vllm.url}/v1` },
    declared: { has_api_key: true },
  });
  const plan = DECLARATION.parse((await call("GET /operator/declared/plan/default")).body);
  expect(plan).toMatchObject({ source: "file", content: { key_prefix: "qn_live_" }, declared: null });
  const file = await call("GET /operator/declared/upstream/openai");
  expect(file.text).not.toMatch(/api_key|draft-key|upstream-secret/i);
  expect((await call("GET /operator/declared/model/none")).status).toBe(404);
});

test("the price of a model over time names what each version changed", async () => {
  expect((await call("PATCH /operator/models/own", { price: { input: "3", output: "2" } })).status).toBe(200);
  const read = async (query = "") =>
    (await call(`GET /operator/models/own/prices${query}`)).body as { items: unknown[]; next_cursor: string };
  const [newest, first] = (await read()).items.map((item) => MODEL_PRICES.parse(item));
  expect(newest?.changes).toContainEqual({ kind: "input", from: "1000000000", to: "3000000000" });
  expect(first?.changes).toContainEqual({ kind: "output", from: null, to: "2000000000" });
  const page = await read("?limit=1");
  expect(page.items).toHaveLength(1);
  const next = await read(`?limit=1&cursor=${page.next_cursor}`);
  expect(MODEL_PRICES.parse(next.items[0]).version).toBe(first?.version ?? 0);
});

test("publicly known models come with list prices, as a start", async () => {
  const anthropic = await call("GET /operator/known-models?upstream=anthropic&q=haiku-4-5");
  const items = (anthropic.body.items as unknown[]).map((item) => KNOWN_MODEL.parse(item));
  expect(items[0]).toMatchObject({ vendor: "Anthropic", price: { input: "1.00", output: "5.00" } });
  expect((await call("GET /operator/known-models?upstream=none")).status).toBe(404);
  const any = (await call("GET /operator/known-models?upstream=vllm&limit=200")).body.items as unknown[];
  expect(new Set(any.map((item) => KNOWN_MODEL.parse(item).vendor)).size).toBeGreaterThan(1);
});

test("brand and sign-up are declared as a whole, hold at once, and are given back", async () => {
  const brand = { name: "Corner", colors: { primary: "#102030" } };
  expect(DECLARED.parse((await call("PUT /operator/settings/brand", brand)).body).content).toEqual(brand);
  const signup = { mode: "open", credit: "2.50", plan: "default" };
  expect((await call("PUT /operator/settings/signup", signup)).status).toBe(200);
  const meta = (await call("GET /meta")).body;
  expect(meta).toMatchObject({ brand: { name: "Corner" }, sign_up: { mode: "open" } });
  for (const [body, field] of [
    [{ colors: { primary: "red" } }, "colors.primary"],
    [{ nmae: "x" }, "nmae"],
  ] as const)
    expect(await errorOf("PUT /operator/settings/brand", body)).toMatchObject({ status: 422, field });
  const plan = await errorOf("PUT /operator/settings/signup", { plan: "none" });
  expect([plan.status, plan.field]).toEqual([422, "plan"]);
  expect((await call("DELETE /operator/settings/brand")).status).toBe(200);
  expect((await call("DELETE /operator/settings/brand")).status).toBe(409);
  expect((await call("GET /meta")).body).toMatchObject({ brand: { name: "Quoin" } });
});

test("a plan that sign-up names stays", async () => {
  await call("POST /operator/plans", { id: "new", key_prefix: "qn_new_" });
  await call("PUT /operator/settings/signup", { plan: "new" });
  const refused = await errorOf("DELETE /operator/plans/new");
  expect([refused.status, refused.message]).toEqual([409, expect.stringContaining('setting "signup"')]);
  await call("DELETE /operator/settings/signup");
  expect((await call("DELETE /operator/plans/new")).status).toBe(200);
});

test("what is exported gives the same configuration again", async () => {
  await call("PUT /operator/settings/brand", {
    name: "Corner",
    logo: "logo.svg",
    key_variable: "CORNER_KEY",
  });
  await call("PUT /operator/settings/signup", {
    mode: "open",
    credit: "1",
    trial: { path: "/try", plan: "default" },
  });
  await call("PUT /operator/settings/prompts", { keep: false, days: 7 });
  const { text, variables } = (await call("GET /operator/config/yaml")).body as {
    text: string;
    variables: string[];
  };
  const { upstreams } = world.gateway.app.declarations.config();
  const secrets = upstreams.map(({ apiKey }) => apiKey).filter((key) => key !== "");
  const env = Object.fromEntries(variables.map((name, index) => [name, secrets[index] ?? ""]));
  expect(world.gateway.app.declarations.config()).toMatchObject({ prompts: { keep: false, days: 7 } });
  const again = loadConfig(text, { file: "exported.yaml", env });
  expect(again).toEqual(world.gateway.app.declarations.config());
});

test("a section that quoin.yaml has is its own, and says the line", async () => {
  const file = { ...standardConfig(vllm.url), brand: { name: "Filed" } };
  const resolved = await resolveConfig(JSON.stringify(file, undefined, 1), {
    ...{ file: "quoin.yaml", env: {} },
    settings: { host: "127.0.0.1", port: 8787, discover: "off", region: undefined },
  });
  await world.gateway.app.configure(resolved.config, resolved.discovered, resolved.lines);
  expect((await call("GET /meta")).body).toMatchObject({ brand: { name: "Filed" } });
  const items = (await call("GET /operator/settings")).body.items as unknown[];
  const brand = items.map((item) => DECLARATION.parse(item)).find(({ id }) => id === "brand");
  expect(brand).toMatchObject({ source: "file", content: { name: "Filed" }, declared: { in_force: false } });
  expect(brand?.line).toBeGreaterThan(1);
  const refused = await errorOf("PUT /operator/settings/brand", { name: "Other" });
  expect([refused.status, refused.message]).toEqual([409, expect.stringContaining(`line ${brand?.line}`)]);
});
