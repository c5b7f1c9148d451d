import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { renderCatalog } from "../../scripts/generate-catalog.ts";
import { renderConfigDocs } from "../../scripts/generate-config-docs.ts";
import { LISTED_KINDS, SETTING_IDS } from "../../src/config/declared.ts";
import { quoinJsonSchema } from "../../src/config/json-schema.ts";
import { loadConfig } from "../../src/config/load.ts";
import { QUOIN_YAML } from "../../src/config/schema.ts";
import { asObject, type JsonObject } from "../../src/core/json.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const example = read("examples/quoin.yaml");

test.each(Object.entries(renderConfigDocs()))(
  "%s is up to date: run scripts/generate-config-docs.ts",
  (path, text) => {
    expect(read(path)).toBe(text);
  },
);

test("catalog.json is up to date: run scripts/generate-catalog.ts", () => {
  expect(read("src/config/catalog.json")).toBe(renderCatalog());
});

/** Every property with its path; `[]` stands for an entry of a list. */
function* properties(schema: JsonObject, path: string): Generator<[string, JsonObject]> {
  const items = asObject(schema.items);
  if (items) yield* properties(items, `${path}[]`);
  for (const [name, value] of Object.entries(asObject(schema.properties) ?? {})) {
    const property = asObject(value) ?? {};
    yield [`${path}.${name}`, property];
    yield* properties(property, `${path}.${name}`);
  }
}

const all = [...properties(quoinJsonSchema(), "")];

test("every field has a description that is a sentence", () => {
  expect(all.length).toBeGreaterThan(100);
  expect(
    all.filter(([, property]) => !String(property.description ?? "").endsWith(".")).map(([path]) => path),
  ).toEqual([]);
});

test("whatever quoin.yaml can say, the console can declare", () => {
  const declarable = [...LISTED_KINDS.map((kind) => `${kind}s`), ...SETTING_IDS];
  expect(Object.keys(QUOIN_YAML.shape).toSorted()).toEqual(declarable.toSorted());
});

test("no object takes unknown fields", () => {
  const open = all.filter(([, property]) => property.properties && property.additionalProperties !== false);
  expect(open.map(([path]) => path)).toEqual([]);
});

/** Every path that a value uses. */
function* used(value: unknown, path: string): Generator<string> {
  yield path;
  for (const [name, child] of Object.entries(asObject(value) ?? {})) yield* used(child, `${path}.${name}`);
  if (Array.isArray(value)) for (const child of value) yield* used(child, `${path}[]`);
}

describe("examples/quoin.yaml", () => {
  test("loads", () => {
    const env = { ANTHROPIC_API_KEY: "a", OPENAI_API_KEY: "o", VLLM_KEY: "v" };
    const config = loadConfig(example, { file: "quoin.yaml", env });
    expect(config.models.map(({ id }) => id)).toContain("gpt-oss-120b");
    expect(config.hosts[1]).toEqual({
      host: "eu.example.com",
      scheme: "https",
      role: "api",
      purpose: "Europe",
      region: "eu",
    });
    expect(config.errors.rate_limit?.all?.status).toBe(429);
    expect(config.errors.rate_limit?.["openai-responses"]?.code).toBe("rate_limit_exceeded");
  });

  test("shows every field", () => {
    const shown = new Set(used(parse(example), ""));
    const paths = all
      .map(([path]) => path.replace(/^\.errors\.\w+/, ".errors.rate_limit"))
      // A model's quirks are those of an upstream.
      .map((path) => path.replace(".models[].quirks.", ".upstreams[].quirks."))
      // A cost's fields are those of a price.
      .map((path) => path.replace(".targets[].cost.", ".price."))
      // A tier's kinds are those of the price around it, and so are a period's.
      .map((path) => (path.includes("tiers[].above") ? path : path.replace(".tiers[]", "")))
      .map((path) => (/\.(from|until)$/.test(path) ? path : path.replace(".periods[]", "")));
    expect(paths.filter((path) => !shown.has(path))).toEqual([]);
  });
});
