import { describe, expect, test } from "bun:test";
import { compileSnapshot } from "../../src/catalog/compile-snapshot.ts";
import { plainName } from "../../src/catalog/traits/baseline.ts";
import { claude as claudeFamily } from "../../src/catalog/traits/claude.ts";
import { compileTraits } from "../../src/catalog/traits/compile-traits.ts";
import { gemini as geminiFamily } from "../../src/catalog/traits/gemini.ts";
import { gpt as gptFamily } from "../../src/catalog/traits/gpt.ts";
import { catalogModels } from "../../src/config/catalog.ts";
import { PROTOCOLS_OF } from "../../src/config/defaults.ts";
import { loadConfig } from "../../src/config/load.ts";
import { VENDORS } from "../../src/config/vendors.ts";
import type { Quirks, TargetTraits } from "../../src/core/generation/traits.ts";
import type { ProviderId, Upstream } from "../../src/core/model.ts";
import type { Protocol } from "../../src/core/protocol.ts";

const SECRET = "s".repeat(32);

interface At {
  readonly provider?: ProviderId;
  readonly baseUrl?: string;
  readonly protocol?: Protocol;
  readonly upstreamQuirks?: Quirks;
  readonly quirks?: Quirks;
  readonly apiKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly id?: string;
  readonly vision?: boolean;
  readonly secret?: string;
}

function upstreamAt({
  provider = "openai-compatible",
  baseUrl = "http://127.0.0.1:8000/v1",
  ...at
}: At): Upstream {
  return {
    id: at.id ?? "up-1",
    provider,
    baseUrl,
    apiKey: at.apiKey ?? "k",
    protocols: at.protocol ? [at.protocol] : PROTOCOLS_OF[provider],
    headers: at.headers ?? {},
    firstByteMs: 1,
    idleMs: 1,
    afterCut: "cancel",
    quirks: at.upstreamQuirks ?? {},
  };
}

/** The traits of a model at an upstream, in the first protocol that it speaks. */
function traitsAt(model: string, at: At = {}): TargetTraits {
  const upstream = upstreamAt(at);
  const traits = compileTraits({
    upstream,
    model,
    outputTokensMax: 8192,
    vision: at.vision ?? false,
    quirks: at.quirks ?? {},
    secret: at.secret ?? SECRET,
  });
  const [protocol] = upstream.protocols;
  const found = protocol && traits[protocol];
  if (!found) throw new Error("no traits");
  return found;
}

const claude = (model: string) =>
  traitsAt(model, { provider: "anthropic", baseUrl: "https://api.anthropic.com" });
const gpt = (model: string, protocol: Protocol = "openai-chat") =>
  traitsAt(model, { provider: "openai", baseUrl: "https://api.openai.com/v1", protocol });
const gemini = (model: string) =>
  traitsAt(model, { provider: "google", baseUrl: "https://generativelanguage.googleapis.com/v1beta" });
const at = (vendor: string, model: string) =>
  traitsAt(model, { baseUrl: VENDORS.find(({ id }) => id === vendor)?.baseUrl ?? "" });

describe("Claude, by generation", () => {
  test.each([
    ["claude-3-haiku-20240307", "none", true, false, ["image"]],
    ["claude-3-5-sonnet-20241022", "none", true, false, ["image", "document"]],
    ["claude-3-7-sonnet-latest", "budget", true, false, ["image", "document"]],
    ["claude-sonnet-4-20250514", "budget", true, false, ["image", "document"]],
    ["claude-opus-4-5-20251101", "budget", true, false, ["image", "document"]],
    ["anthropic.claude-haiku-4-5-20251001-v1:0", "budget", true, false, ["image", "document"]],
    ["claude-sonnet-4-6", "adaptive", true, false, ["image", "document"]],
    ["claude-opus-4-7", "adaptive", false, false, ["image", "document"]],
    ["claude-opus-4-8", "adaptive", false, true, ["image", "document"]],
    ["claude-haiku-5-5", "adaptive", false, true, ["image", "document"]],
    ["claude-fable-5", "adaptive", false, true, ["image", "document"]],
    ["claude-mythos-preview", "adaptive", false, false, ["image", "document"]],
    ["claude-opus-latest", "adaptive", false, true, ["image", "document"]],
    ["claude-2.1", "none", true, false, []],
  ] as const)("%s thinks by %s", (model, thinking, sampling, systemAnywhere, media) => {
    expect(claude(model)).toMatchObject({ vendor: "anthropic", thinking, sampling, systemAnywhere, media });
  });

  test("efforts: xhigh came with 4.7", () => {
    expect(claude("claude-opus-4-6").efforts).toEqual(["low", "medium", "high", "max"]);
    expect(claude("claude-opus-4-7").efforts).toEqual(["low", "medium", "high", "xhigh", "max"]);
  });

  test("from 4.1 to 4.6 temperature and top_p exclude each other", () => {
    expect(claude("claude-sonnet-4-0").temperatureOrTopP).toBeUndefined();
    expect(claude("claude-haiku-4-5").temperatureOrTopP).toBe(true);
  });

  test("from 4.5 on an answer can be bound to a schema", () => {
    expect(["claude-sonnet-4-0", "claude-sonnet-4-5"].map((model) => claude(model).schemaOutput)).toEqual([
      false,
      true,
    ]);
  });

  test("sold over chat it keeps its rules and takes an effort", () => {
    expect(at("openrouter", "anthropic/claude-opus-4.8")).toMatchObject({
      vendor: "anthropic",
      thinking: "effort",
      sampling: false,
      reasoningField: "reasoning",
      mediaUrls: true,
    });
  });
});

describe("OpenAI's models", () => {
  test.each([
    ["gpt-4o-mini", "none", true, []],
    ["gpt-4.1", "none", true, []],
    ["gpt-5-chat-latest", "none", true, []],
    ["gpt-5.2-chat-latest", "effort", false, ["medium"]],
    ["o1-mini", "none", false, []],
    ["o3", "effort", false, ["low", "medium", "high"]],
    ["gpt-5-mini", "effort", false, ["minimal", "low", "medium", "high"]],
    ["gpt-5-2025-08-07", "effort", false, ["minimal", "low", "medium", "high"]],
    ["gpt-5-codex", "effort", false, ["low", "medium", "high"]],
    ["gpt-5-pro", "effort", false, ["high"]],
    ["gpt-5.1", "effort", false, ["none", "low", "medium", "high"]],
    ["gpt-5.1-codex-max", "effort", false, ["low", "medium", "high", "xhigh"]],
    ["gpt-5.4-mini", "effort", false, ["none", "low", "medium", "high", "xhigh"]],
    ["gpt-5.6-sol", "effort", false, ["none", "low", "medium", "high", "xhigh", "max"]],
    ["gpt-6-astra", "effort", false, ["none", "low", "medium", "high", "xhigh", "max"]],
    ["gpt-10", "effort", false, ["none", "low", "medium", "high", "xhigh", "max"]],
  ] as const)("%s thinks by %s", (model, thinking, sampling, efforts) => {
    expect(gpt(model)).toMatchObject({ vendor: "openai", thinking, sampling, efforts });
  });

  test("speak OpenAI's own dialect of chat", () => {
    expect(gpt("gpt-5")).toMatchObject({
      completionTokensField: true,
      developerRole: true,
      freeformTools: true,
      callIdMax: 40,
      stopsMax: 0,
      choices: false,
    });
    expect(gpt("gpt-4o")).toMatchObject({ freeformTools: false, stopsMax: 4, choices: true });
  });

  test("search the web in Responses, and in chat only the models made for it", () => {
    expect(gpt("gpt-5", "openai-responses").webSearch).toBe(true);
    expect(gpt("gpt-5").webSearch).toBe(false);
    expect(gpt("gpt-4o-search-preview").webSearch).toBe(true);
  });

  test("Responses have neither stops nor choices", () => {
    expect(gpt("gpt-4o", "openai-responses")).toMatchObject({ stopsMax: 0, choices: false, callIdMax: 64 });
  });

  test("marks of a prompt cache are known from 5.6 on", () => {
    expect(["gpt-5.5", "gpt-5.6-luna", "gpt-6-sol"].map((model) => gpt(model).cacheMarks)).toEqual([
      false,
      true,
      true,
    ]);
  });

  test("those that hear take audio", () => {
    expect(gpt("gpt-4o-audio-preview").media).toEqual(["audio"]);
  });

  test("a model tuned for a customer is its base", () => {
    expect(gpt("ft:gpt-4o-mini:acme::abc")).toMatchObject({ thinking: "none", media: ["image", "document"] });
  });

  test("gpt-oss is nobody's vendor model", () => {
    expect(traitsAt("openai/gpt-oss-120b", { id: "vllm-1" })).toMatchObject({
      vendor: "vllm-1",
      thinking: "effort",
      efforts: ["low", "medium", "high"],
      reasoningField: "reasoning",
      media: [],
      sampling: true,
    });
  });
});

describe("Gemini", () => {
  test.each([
    ["gemini-2.0-flash", "none", false, true],
    ["gemini-2.5-pro", "budget", true, true],
    ["gemini-2.5-flash-image", "none", true, true],
    ["gemini-3-pro-preview", "level", true, false],
    ["gemini-3.8-flash", "level", true, false],
    ["gemini-flash-latest", "level", true, false],
  ] as const)("%s thinks by %s", (model, thinking, jsonSchema, searchAlone) => {
    expect(gemini(model)).toMatchObject({ vendor: "google", thinking, jsonSchema, searchAlone, stopsMax: 5 });
  });

  test("Pro has fewer levels", () => {
    expect(gemini("gemini-3-pro-preview").efforts).toEqual(["low", "high"]);
    expect(gemini("gemini-3.1-pro-preview").efforts).toEqual(["low", "medium", "high"]);
    expect(gemini("gemini-3.5-flash").efforts).toEqual(["minimal", "low", "medium", "high"]);
  });
});

describe("open models and their servers", () => {
  test.each([
    ["deepseek", "deepseek-chat", { thinking: "switch", replayReasoning: "required", schemaOutput: false }],
    ["zai", "GLM-5.2", { thinking: "switch", media: [] }],
    ["moonshotai", "kimi-k2.6", { thinking: "switch", replayReasoning: "required", mediaUrls: false }],
    ["mistral", "mistral-large-2512", { callIdMax: 9, streamUsage: false, alternation: false }],
    ["groq", "qwen/qwen3-32b", { thinking: "none", replayReasoning: "forbidden", thinkTags: false }],
    ["groq", "openai/gpt-oss-20b", { thinking: "effort", reasoningField: "reasoning" }],
    ["fireworks", "accounts/fireworks/models/glm-4p7", { thinking: "effort", mediaUrls: true }],
    ["openrouter", "deepseek/deepseek-r1", { thinking: "effort", replayReasoning: "forbidden" }],
    ["perplexity", "sonar-pro", { alternation: true, stopsMax: 0 }],
    ["minimax", "MiniMax-M2.7", { thinkTags: true, replayReasoning: "required" }],
    ["google", "gemini-3.5-flash", { vendor: "google", thinking: "effort" }],
  ] as const)("%s serves %s", (vendor, model, traits) => {
    expect(at(vendor, model)).toMatchObject(traits);
  });

  test.each([
    ["Qwen/Qwen3-32B", { thinking: "template", thinkTags: true, systemAnywhere: false, media: [] }],
    ["Qwen/Qwen3-Coder-480B-A35B-Instruct", { thinking: "none" }],
    ["Qwen/Qwen2.5-VL-72B-Instruct", { media: ["image", "video"] }],
    ["zai-org/GLM-4.6-FP8", { thinking: "template" }],
    ["deepseek-ai/DeepSeek-V3.2", { thinking: "template", replayReasoning: "required" }],
    ["deepseek-ai/DeepSeek-R1-Distill-Llama-70B", { thinking: "none", replayReasoning: "forbidden" }],
    ["deepseek-ai/DeepSeek-V3-0324", { thinking: "none", thinkTags: false }],
    ["meta-llama/Llama-3.3-70B-Instruct", { thinking: "none", media: [] }],
    ["meta-llama/Llama-4-Scout", { media: ["image"] }],
    ["/models/gemma-3-27b-it.gguf", { alternation: true, media: ["image"] }],
    ["moonshotai/Kimi-K2-Thinking", { thinking: "none", replayReasoning: "required" }],
    ["who-knows", { thinking: "none", media: ["image"], vendor: "up-1", completionTokensField: false }],
  ] as const)("vLLM serves %s", (model, traits) => {
    expect(traitsAt(model)).toMatchObject(traits);
  });

  test("Ollama takes an effort where others take the template", () => {
    expect(traitsAt("qwen3:8b", { baseUrl: "http://127.0.0.1:11434/v1" })).toMatchObject({
      thinking: "effort",
      efforts: ["none", "low", "medium", "high"],
      reasoningField: "reasoning",
    });
  });

  test("in Anthropic's dialect they think by a budget, or not at all", () => {
    const protocol = "anthropic-messages";
    expect(traitsAt("GLM-5.2", { protocol })).toMatchObject({ thinking: "budget", cacheMarks: true });
    expect(traitsAt("llama-3.3-70b", { protocol })).toMatchObject({ thinking: "none", webSearch: false });
  });

  test("a model that the catalogue calls a vision model sees", () => {
    expect(traitsAt("llama-3-ours", { vision: true }).media).toEqual(["image"]);
  });
});

describe("who can read a model's state", () => {
  test.each([
    ["anthropic", "claude-sonnet-4-5", "anthropic"],
    ["anthropic", "our-deployment", "anthropic"],
    ["anthropic", "glm-5.2", "up-1"],
    ["openai", "gpt-oss-120b", "up-1"],
    ["openai-compatible", "gemini-3.5-flash", "google"],
    ["openai-compatible", "qwen3-32b", "up-1"],
    ["demo", "demo", "up-1"],
  ] as const)("%s with %s: %s", (provider, model, vendor) => {
    expect(traitsAt(model, { provider }).vendor).toBe(vendor);
  });

  test("the scope names the credential without telling it", () => {
    const scope = (more: At) => traitsAt("m", more).scope;
    expect(scope({ apiKey: "a" })).toBe(scope({ apiKey: "a" }));
    const others = [
      { apiKey: "b" },
      { id: "up-2" },
      { headers: { "x-org": "1" } },
      { secret: "t".repeat(32) },
    ];
    expect(
      new Set([...others.map((more) => scope({ apiKey: "a", ...more })), scope({ apiKey: "a" })]).size,
    ).toBe(5);
    expect(scope({ apiKey: "a" })).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe("the operator's quirks", () => {
  test("count over what is known, and the model's over the upstream's", () => {
    const traits = traitsAt("gpt-oss-20b", {
      upstreamQuirks: { thinking: "template", mediaUrls: true, vendor: "us" },
      quirks: { thinking: "none" },
    });
    expect(traits).toMatchObject({ thinking: "none", mediaUrls: true, vendor: "us" });
  });

  const yaml = `upstreams:
  - id: v
    provider: openai-compatible
    base_url: http://127.0.0.1:8000/v1
    protocols: [openai-chat, anthropic-messages]
    quirks: { media_urls: true, stops_max: 0, replay_reasoning: required }
models:
  - id: m
    price: { input: "0", output: "0" }
    output_tokens_max: 1000
    defaults: { temperature: 0.5 }
    quirks: { media: [], stops_max: 2 }
    targets: [{ upstream: v, model: M-1 }]
`;

  test("come from quoin.yaml into every protocol of the target", () => {
    const config = loadConfig(yaml, { file: "quoin.yaml", env: {} });
    const model = compileSnapshot(config, 1, SECRET).findModel("m");
    expect(model?.defaults).toEqual({ temperature: 0.5 });
    const traits = model?.targets[0]?.traits ?? {};
    expect(Object.keys(traits)).toEqual(["openai-chat", "anthropic-messages"]);
    for (const each of Object.values(traits)) {
      expect(each).toMatchObject({
        model: "M-1",
        outputTokensMax: 1000,
        media: [],
        mediaUrls: true,
        stopsMax: 2,
        replayReasoning: "required",
      });
    }
  });

  test("an unknown one is an error that names the line", () => {
    const wrong = yaml.replace("media_urls", "media_url");
    expect(() => loadConfig(wrong, { file: "quoin.yaml", env: {} })).toThrow(
      'quoin.yaml:6: upstreams[0].quirks.media_url: unknown field; did you mean "media_urls"?',
    );
  });

  test("a wrong value is an error that lists the right ones", () => {
    const wrong = yaml.replace("required", "allways");
    expect(() => loadConfig(wrong, { file: "quoin.yaml", env: {} })).toThrow(
      "quoin.yaml:6: upstreams[0].quirks.replay_reasoning: must be one of required, optional, forbidden",
    );
  });
});

const key = (protocol: Protocol, provider: ProviderId, model: string) => ({
  protocol,
  provider,
  server: provider,
  name: plainName(model),
});

test.each([
  ["anthropic", claudeFamily, "anthropic-messages"],
  ["openai", gptFamily, "openai-chat"],
  ["google", geminiFamily, "gemini"],
] as const)("every model that %s offers is known by its name", (vendor, family, protocol) => {
  const offered = catalogModels(vendor).filter(({ category }) => category === "llm");
  expect(offered.length).toBeGreaterThan(5);
  expect(offered.map(({ id }) => id).filter((id) => !family(key(protocol, vendor, id)))).toEqual([]);
});
