import { describe, expect, test } from "bun:test";
import { buildApp } from "../../src/app.ts";
import { firstStart } from "../../src/commands/first-start.ts";
import { resolveConfig } from "../../src/config/resolve.ts";
import { readSettings } from "../../src/config/settings.ts";
import { lockAndOpenHome } from "../../src/home.ts";
import { newFolder } from "../support/folder.ts";

const URL_SHOWN = "http://127.0.0.1:8787";

/** What an operator reads at the first start on an empty home, with these variables and this quoin.yaml around. */
async function printed(env: Readonly<Record<string, string>>, yaml?: string): Promise<string[]> {
  const folder = newFolder();
  const settings = readSettings({ QUOIN_HOME: folder.path });
  const home = await lockAndOpenHome(settings, (cause) => {
    throw cause;
  });
  if (!home) throw new Error("a new home is locked");
  const options = { file: "quoin.yaml", env, settings, localServers: [] };
  const { config, found } = await resolveConfig(yaml, options);
  const app = await buildApp({ home, settings, config, log: () => undefined });
  const text = await firstStart({ home, app, config, found, url: URL_SHOWN });
  await app.close(0);
  folder.remove();
  return text.split("\n");
}

describe("what was found is said", () => {
  test("a key of ours in a vendor's variable, and what answers instead", async () => {
    const lines = await printed({ OPENAI_API_KEY: "qn_live_abc" });
    expect(lines.slice(0, 4)).toEqual([
      `Quoin is ready at ${URL_SHOWN}`,
      expect.stringMatching(/^Upstreams: demo \(7 models; .*quoin(\.js)? models list\)\.$/),
      "OPENAI_API_KEY: not used. It holds a key of this gateway, not of OpenAI.",
      "No upstream was found: the demo answers. Set a vendor's key, or declare upstreams in quoin.yaml.",
    ]);
  });

  test("a vendor whose key is used, without the key", async () => {
    const lines = await printed({ ANTHROPIC_API_KEY: "sk-ant-secret" });
    expect(lines[2]).toMatch(/^ANTHROPIC_API_KEY: upstream anthropic with \d+ models of Anthropic/);
    expect(lines.join("\n")).not.toContain("sk-ant-secret");
  });

  test("nothing, where quoin.yaml declares its upstreams", async () => {
    const lines = await printed({ OPENAI_API_KEY: "qn_live_abc" }, "upstreams: [{ id: d, provider: demo }]");
    expect(lines.join("\n")).not.toContain("OPENAI_API_KEY");
  });
});

describe("the lines to paste", () => {
  const modelsIn = (lines: readonly string[]) =>
    lines.flatMap((line) => /"model":"([^"]+)"|models\/([^:]+):/.exec(line)?.slice(1).filter(Boolean) ?? []);

  test("name the demo where it is all there is", async () => {
    const lines = await printed({});
    expect(modelsIn(lines)).toEqual(["demo", "demo", "demo", "demo"]);
    expect(lines.join("\n")).not.toContain("credentials");
  });

  test.each([
    ["OPENROUTER_API_KEY", "openai/gpt-5-mini"],
    ["OPENAI_API_KEY", "gpt-5-mini"],
    ["ANTHROPIC_API_KEY", "claude-haiku-4-5"],
    ["GEMINI_API_KEY", "gemini-2.5-flash"],
    ["DEEPSEEK_API_KEY", "deepseek-chat"],
  ])("name a model that people know with only %s", async (variable, model) => {
    expect(modelsIn(await printed({ [variable]: "k" }))).toEqual([model, model, model, model]);
  });

  test("name for each protocol a model whose vendor speaks it, where there is one", async () => {
    const lines = await printed({ OPENAI_API_KEY: "k", ANTHROPIC_API_KEY: "k", GEMINI_API_KEY: "k" });
    expect(modelsIn(lines)).toEqual(["gpt-5-mini", "gpt-5-mini", "claude-haiku-4-5", "gemini-2.5-flash"]);
  });

  test("come with a word on who pays, where somebody does", async () => {
    const lines = await printed({ OPENAI_API_KEY: "k", ANTHROPIC_API_KEY: "k" });
    expect(lines).toContain("What it is spent on is paid by you, with your credentials: anthropic, openai.");
  });

  test("take the operator's own order where nothing is known", async () => {
    const yaml = `
upstreams: [{ id: a, provider: openai-compatible, base_url: "http://127.0.0.1:1/v1" }]
models:
  - { id: zeta, price: { input: "0", output: "0" }, targets: [{ upstream: a }] }
  - { id: alpha, price: { input: "0", output: "0" }, targets: [{ upstream: a }] }
`;
    expect(modelsIn(await printed({}, yaml))).toEqual(["zeta", "zeta", "zeta", "zeta"]);
  });
});
