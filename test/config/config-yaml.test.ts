import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { writeConfig } from "../../src/config/config-yaml.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { Config } from "../../src/config/types.ts";
import { standardConfig } from "../support/config.ts";

/** What the variables of a written configuration held. */
function secretsOf({ upstreams }: Config, variables: readonly string[]): Record<string, string> {
  const held = upstreams.flatMap(({ apiKey, headers }) => [
    ...(apiKey === "" ? [] : [apiKey]),
    ...Object.values(headers),
  ]);
  return Object.fromEntries(variables.map((name, index) => [name, held[index] ?? ""]));
}

function writtenAgain(config: Config): Config {
  const { text, variables } = writeConfig(config);
  return loadConfig(text, { file: "written.yaml", env: secretsOf(config, variables) });
}

const EXAMPLE = readFileSync(`${import.meta.dir}/../../examples/quoin.yaml`, "utf8");
const ANY_SECRET = new Proxy<Record<string, string>>({}, { get: (_, name) => `secret-of-${String(name)}` });

const RICH = {
  ...standardConfig("http://127.0.0.1:9"),
  upstreams: [
    {
      id: "one",
      provider: "openai-compatible",
      base_url: "http://127.0.0.1:9/v1",
      api_key: "very-secret-key",
      headers: { "x-tenant": "tenant-secret" },
      after_cut: "pump",
      quirks: { thinking: "effort", stops_max: 4 },
    },
    { id: "one.", provider: "demo", api_key: "other-secret" },
  ],
  models: [
    {
      id: "m",
      description: "costs $${NOT_A_VARIABLE}",
      price: {
        input: "0.000000001",
        output: "12.5",
        cache_write: "3",
        cache_write_1h: "4",
        tiers: [{ above_input_tokens: 200_000, input: "2" }],
        periods: [{ from: "2026-12-01", until: "2027-01-01", output: "1", tiers: [] }],
      },
      defaults: { reasoning: { effort: "high" } },
      limits: { concurrency: 3, spend_per_day: "5.00" },
      targets: [{ upstream: "one", model: "other", weight: 3 }, { upstream: "one." }],
    },
  ],
  plans: [{ id: "p", key_prefix: "qn_p_", monthly_credits: "1.00", price_multiplier: "0.85", models: ["m"] }],
  accounts: [{ name: "acme", price_multiplier: "0.5" }],
  signup: { mode: "open", credit: "1.50", plan: "p" },
};

test.each([
  ["the example", () => loadConfig(EXAMPLE, { file: "quoin.yaml", env: ANY_SECRET })],
  ["everything that can be said", () => loadConfig(JSON.stringify(RICH), { file: "quoin.yaml", env: {} })],
  ["nothing", () => loadConfig("", { file: "quoin.yaml", env: {} })],
])("%s gives itself again", (_, load) => {
  const config = load();
  expect(writtenAgain(config)).toEqual(config);
});

test("no secret is written", () => {
  const { text, variables } = writeConfig(loadConfig(JSON.stringify(RICH), { file: "quoin.yaml", env: {} }));
  expect(text).not.toMatch(/very-secret-key|other-secret|tenant-secret/);
  expect(variables).toEqual(["UPSTREAM_ONE_KEY", "UPSTREAM_ONE_HEADER_X_TENANT", "UPSTREAM_ONE_KEY_2"]);
});
