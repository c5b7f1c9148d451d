import { describe, expect, test } from "bun:test";
import { compileSnapshot } from "../../src/catalog/compile-snapshot.ts";
import { loadConfig } from "../../src/config/load.ts";
import { vendorsName } from "../../src/config/vendors.ts";

const NAMES: readonly [string, string][] = [
  ["us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5-20250929"],
  ["anthropic.claude-opus-4-6-v1", "claude-opus-4-6"],
  ["us-gov.anthropic.claude-3-haiku-20240307-v1:0:48k", "claude-3-haiku-20240307"],
  ["claude-sonnet-4-5@20250929", "claude-sonnet-4-5-20250929"],
  ["claude-opus-4-8@default", "claude-opus-4-8"],
  ["gemini-2.5-flash", "gemini-2.5-flash"],
];
test.each(NAMES)("%s is %s at its maker", (name, own) => {
  expect(vendorsName({ provider: "bedrock" }, name)).toBe(own);
  expect(vendorsName({ provider: "openai-compatible" }, name)).toBe(name);
});

describe("models at clouds", () => {
  const claude = { api_key: "k", protocols: ["anthropic-messages"] };
  const config = loadConfig(
    JSON.stringify({
      upstreams: [
        { id: "azure", provider: "azure", base_url: "https://a.example/openai/v1", api_key: "k" },
        { id: "bedrock", provider: "bedrock", base_url: "https://b.example", api_key: "k" },
        { id: "vertex", provider: "vertex", base_url: "https://v.example", api_key: "k" },
        { id: "vertex-claude", provider: "vertex", base_url: "https://v.example", ...claude },
      ],
      models: [
        { id: "gpt-5.1", targets: [{ upstream: "azure" }] },
        {
          id: "claude-sonnet-4-5",
          targets: [
            { upstream: "bedrock", model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0" },
            { upstream: "vertex-claude", model: "claude-sonnet-4-5@20250929" },
          ],
        },
        { id: "gemini-2.5-flash", targets: [{ upstream: "vertex" }] },
      ],
    }),
    { file: "quoin.yaml", env: {} },
  );

  test("have their makers' list prices and sizes", () => {
    expect(
      config.models.map(({ id, price, contextTokens }) => [id, price !== undefined, contextTokens]),
    ).toEqual([
      ["gpt-5.1", true, expect.any(Number)],
      ["claude-sonnet-4-5", true, expect.any(Number)],
      ["gemini-2.5-flash", true, expect.any(Number)],
    ]);
    expect(config.models.every(({ contextTokens }) => contextTokens >= 200_000)).toBe(true);
  });

  test("are fitted to as their makers' models are, but for what the cloud lacks", () => {
    const snapshot = compileSnapshot(config, 1, "secret");
    const traits = (model: string, at = 0) =>
      Object.values(snapshot.models.find(({ id }) => id === model)?.targets[at]?.traits ?? {})[0];
    expect(traits("gpt-5.1")).toMatchObject({ vendor: "openai", freeformTools: true, developerRole: true });
    expect(traits("claude-sonnet-4-5")).toMatchObject({
      vendor: "anthropic",
      mediaUrls: false,
      webSearch: false,
    });
    expect(traits("claude-sonnet-4-5", 1)).toMatchObject({
      vendor: "anthropic",
      mediaUrls: false,
      webSearch: true,
    });
    expect(traits("gemini-2.5-flash")).toMatchObject({ vendor: "google" });
  });
});
