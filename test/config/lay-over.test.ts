import { describe, expect, test } from "bun:test";
import { type DeclaredEntry, layOver } from "../../src/config/lay-over.ts";
import { loadConfig } from "../../src/config/load.ts";
import { NOTHING_DISCOVERED, resolveConfig } from "../../src/config/resolve.ts";

const FILE = {
  upstreams: [{ id: "openai", provider: "openai", api_key: "k" }],
  models: [
    { id: "a", aliases: ["first"], price: { input: "1", output: "2" }, targets: [{ upstream: "openai" }] },
  ],
};
const load = (file: object = FILE) => loadConfig(JSON.stringify(file), { file: "quoin.yaml", env: {} });
const entry = (kind: DeclaredEntry["kind"], id: string, fields: object = {}): DeclaredEntry => ({
  ...{ kind, id },
  fields: { id, ...fields },
});
const price = { input: "0.1", output: "0.2" };
const VLLM = entry("upstream", "vllm", {
  provider: "openai-compatible",
  base_url: "http://10.0.0.7:8000/v1",
});
const OWN = entry("model", "own", { price, targets: [{ upstream: "vllm" }] });
const TEAM = entry("plan", "team", { key_prefix: "qn_team_", models: ["mine"] });

const over = (...entries: DeclaredEntry[]) => layOver(load(), NOTHING_DISCOVERED, entries);
const idsOf = (laid: ReturnType<typeof over>) => [
  laid.config.upstreams.map(({ id }) => id),
  laid.config.models.map(({ id }) => id),
  laid.config.plans.map(({ id }) => id),
];
const outOf = ({ leftOut }: ReturnType<typeof over>) => leftOut.map(({ kind, id }) => `${kind} ${id}`);

describe("over quoin.yaml", () => {
  test("nothing declared is the same configuration", () => {
    const base = load();
    expect(layOver(base, NOTHING_DISCOVERED, []).config).toBe(base);
  });

  test("what is declared stands beside it with the same defaults, and plans name models by id", () => {
    const laid = over(VLLM, entry("model", "own", { ...OWN.fields, aliases: ["mine"] }), TEAM);
    expect(laid.leftOut).toEqual([]);
    expect(idsOf(laid)).toEqual([
      ["openai", "vllm"],
      ["a", "own"],
      ["default", "team"],
    ]);
    expect(laid.config.models[1]).toMatchObject({ price: { input: 100_000_000n }, contextTokens: 131_072 });
    expect(laid.config.plans[1]?.models).toEqual(["own"]);
  });

  test("an amount that is written as a number counts as its digits", () => {
    const laid = over(VLLM, entry("model", "own", { ...OWN.fields, price: { input: 0.1, output: 1e-7 } }));
    expect(laid.leftOut[0]?.problems).toEqual([
      { field: "price.output", message: expect.stringContaining("decimal string") },
    ]);
  });

  test("no variable of the environment is read", () => {
    const laid = over(entry("upstream", "x", { ...VLLM.fields, id: "x", api_key: "$" + "{QUOIN_SECRET}" }));
    expect(laid.config.upstreams[1]?.apiKey).toBe("$" + "{QUOIN_SECRET}");
  });

  test("what needs something that is not there is left out with all that needs it, and nothing else", () => {
    const laid = over(
      entry("model", "own", { ...OWN.fields, aliases: ["mine"] }),
      TEAM,
      entry("plan", "p", { key_prefix: "qn_p_" }),
    );
    expect(outOf(laid)).toEqual(["model own", "plan team"]);
    expect(laid.leftOut[0]?.problems).toEqual([
      { field: "targets[0].upstream", message: 'there is no upstream "vllm"' },
    ]);
    expect(idsOf(laid)).toEqual([["openai"], ["a"], ["default", "p"]]);
  });

  test("names that quoin.yaml bears stay its own", () => {
    const laid = over(
      VLLM,
      entry("upstream", "openai", { provider: "demo" }),
      entry("model", "a", { ...OWN.fields, id: "a" }),
      entry("model", "b", { ...OWN.fields, id: "b", aliases: ["first"] }),
    );
    expect(outOf(laid)).toEqual(["upstream openai", "model a", "model b"]);
    expect(laid.leftOut.find(({ id }) => id === "openai")?.problems[0]?.message).toContain(
      "declared in quoin.yaml",
    );
  });

  test("a fault between two of them names the other, not its place", () => {
    const second = entry("model", "second", { ...OWN.fields, id: "second", aliases: ["own"] });
    expect(over(VLLM, OWN, second).leftOut).toEqual([
      {
        ...{ kind: "model", id: "second" },
        problems: [
          { field: "aliases[0]", message: 'the alias "own" is already used by model "own"; choose another' },
        ],
      },
    ]);
  });

  test("the built-in plan may be declared otherwise, and stays the first", () => {
    const laid = over(
      entry("plan", "team", { key_prefix: "qn_team_" }),
      entry("plan", "default", { key_prefix: "qn_live_", limits: { concurrency: 3 } }),
    );
    expect(laid.leftOut).toEqual([]);
    expect(laid.config.plans.map(({ id, limits }) => [id, limits])).toEqual([
      ["default", { concurrency: 3 }],
      ["team", {}],
    ]);
    const declared = load({ ...FILE, plans: [{ id: "default", key_prefix: "qn_live_" }] });
    const entries = [entry("plan", "default", { key_prefix: "qn_x_" })];
    expect(outOf(layOver(declared, NOTHING_DISCOVERED, entries))).toEqual(["plan default"]);
  });
});

describe("sections that are lists", () => {
  const section = (id: string, fields: object): DeclaredEntry => ({
    ...{ kind: "setting" as const, id },
    fields: { ...fields },
  });
  const HOSTS = section("hosts", { hosts: [{ host: "eu.example.com", region: "eu" }] });
  const REGIONS = section("regions", { regions: [{ id: "eu", city: "Frankfurt" }] });

  test("stand in a field of their own name, with the file's defaults", () => {
    const { config, leftOut } = over(
      ...[HOSTS, REGIONS],
      section("currencies", { currencies: [{ code: "EUR", rate: "0.92", from: "2026-01-01" }] }),
      section("accounts", { accounts: [{ name: "acme", price_multiplier: "0.8" }] }),
      section("trusted_proxies", { trusted_proxies: ["10.0.0.0/8"] }),
      section("errors", { rate_limit: { status: 529 } }),
      section("catalogue", { shown_to: "signed-in" }),
    );
    expect(leftOut).toEqual([]);
    expect(config).toMatchObject({
      hosts: [{ host: "eu.example.com", scheme: "https", role: "api", region: "eu" }],
      regions: [{ id: "eu", displayName: "eu", city: "Frankfurt" }],
      currencies: [{ code: "EUR", rates: [{ ppm: 920_000n }] }],
      accounts: [{ name: "acme", multiplierPpm: 800_000n }],
      trustedProxies: ["10.0.0.0/8"],
      errors: { rate_limit: { all: { status: 529 } } },
      catalogue: { shownTo: "signed-in" },
    });
  });

  test("a fault is told as quoin.yaml would tell it", () => {
    const faults = over(
      HOSTS,
      section("currencies", { currencies: [{ code: "EUR", rate: "much", from: "2026-01-01" }] }),
      section("accounts", { accounts: [{ name: "a" }, { name: "a" }] }),
      section("regions", { regions: { id: "eu" } }),
      section("errors", { rate_limt: {} }),
    ).leftOut.map(({ id, problems }) => [id, problems[0]?.field]);
    expect(Object.fromEntries(faults)).toEqual({
      currencies: "currencies[0].rate",
      accounts: "accounts[1].name",
      regions: "regions",
      errors: "rate_limt",
      hosts: "hosts[0].region",
    });
  });

  test("hosts may lie in regions of the file, and count in neither where the file has hosts", async () => {
    const settings = { host: "127.0.0.1", port: 8787, discover: "off", region: undefined } as const;
    const resolve = (file: object) =>
      resolveConfig(JSON.stringify({ ...FILE, ...file }), { file: "quoin.yaml", env: {}, settings });
    const beside = await resolve({ regions: [{ id: "eu" }] });
    expect(layOver(beside.config, NOTHING_DISCOVERED, [HOSTS], beside.lines).leftOut).toEqual([]);
    const own = await resolve({ regions: [{ id: "eu" }], hosts: [{ host: "api.example.com" }] });
    const laid = layOver(own.config, NOTHING_DISCOVERED, [HOSTS], own.lines);
    expect(outOf(laid)).toEqual(["setting hosts"]);
    expect(laid.config.hosts).toEqual(own.config.hosts);
  });
});

describe("over what was discovered", () => {
  const resolve = (env: Record<string, string>) =>
    resolveConfig(undefined, {
      ...{ file: "quoin.yaml", env, localServers: [] },
      settings: { host: "127.0.0.1", port: 8787, discover: "env", region: undefined },
    });

  test("declared models count over discovered ones, and their names are free", async () => {
    const { config, discovered } = await resolve({ OPENAI_API_KEY: "k" });
    const id = discovered.models[0] ?? "";
    const own = entry("model", id, { price, targets: [{ upstream: "openai", model: "x" }] });
    const laid = layOver(config, discovered, [own]);
    expect(laid.leftOut).toEqual([]);
    expect(laid.config.models.filter((model) => model.id === id).map(({ targets }) => targets)).toEqual([
      [{ upstream: "openai", model: "x", weight: 1, order: 1 }],
    ]);
    expect(laid.config.models).toHaveLength(config.models.length);
    const upstream = entry("upstream", "openai", { provider: "demo" });
    expect(outOf(layOver(config, discovered, [upstream]))).toEqual(["upstream openai"]);
  });

  test("the demo stands in until there is a model of the operator's own", async () => {
    const { config, discovered } = await resolve({});
    expect(idsOf(layOver(config, discovered, [VLLM]))[0]).toEqual(["demo", "vllm"]);
    expect(idsOf(layOver(config, discovered, [VLLM, OWN]))).toEqual([["vllm"], ["own"], ["default"]]);
    const onDemo = entry("model", "second", { targets: [{ upstream: "demo", model: "x" }] });
    expect(idsOf(layOver(config, discovered, [VLLM, OWN, onDemo]))[0]).toEqual(["demo", "vllm"]);
    expect(idsOf(layOver(config, discovered, [OWN]))[0]).toEqual(["demo"]);
  });
});
