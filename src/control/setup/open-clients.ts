import { type Client, KEY, MODEL, ownedUrls, preset, set, setIn, type View, variables } from "./client.ts";
import type { Value } from "./editor/text.ts";
import type { OfferedModel } from "./offer.ts";

const CHAT = ["openai-chat"] as const;
const NEW_TERMINAL = "Open a new terminal first: the variables are set there.";

function byId(models: readonly OfferedModel[], entry: (model: OfferedModel) => Value): Value {
  return Object.fromEntries(models.map((model) => [model.id, entry(model)]));
}

/** OpenCode and those made of it. */
function openCodeLike(
  id: string,
  title: string,
  command: string,
  folder: string,
  names: readonly string[],
): Client {
  return {
    id,
    title,
    dialling: "openai",
    protocols: CHAT,
    commands: [command],
    traces: [`$XDG_CONFIG_HOME|~/.config|/${folder}`],
    shadows: [],
    files: ({ offer, urls, slug, models }) => [
      {
        format: "json",
        paths: names.map((name) => `$XDG_CONFIG_HOME|~/.config|/${folder}/${name}`),
        edits: [
          set("model", `${slug}/${MODEL}`),
          preset("small_model", `${slug}/${MODEL}`),
          set(`provider.${slug}.npm`, "@ai-sdk/openai-compatible"),
          set(`provider.${slug}.name`, offer.name),
          set(`provider.${slug}.options.baseURL`, urls.openai),
          set(`provider.${slug}.options.apiKey`, KEY),
          set(
            `provider.${slug}.models`,
            byId(models, (model) => ({
              name: model.displayName,
              limit: { context: model.contextTokens, output: model.outputTokensMax },
            })),
          ),
        ],
      },
    ],
    lines: () => [command],
  };
}

const factoryDroid: Client = {
  id: "factory-droid",
  title: "Factory Droid",
  dialling: "openai",
  protocols: ["openai-chat", "openai-responses", "anthropic-messages"],
  commands: ["droid"],
  traces: ["~/.factory"],
  shadows: [],
  files: (view) => [
    {
      format: "json",
      paths: ["~/.factory/settings.json"],
      edits: [
        {
          op: "items",
          path: ["customModels"],
          id: "model",
          owner: "baseUrl",
          owners: ownedUrls(view),
          values: view.models.map((model) => droidModel(model, view)),
        },
      ],
    },
  ],
  lines: ({ offer }) => ["droid", `and choose a model of ${offer.name} with /model.`],
};

function droidModel({ id, outputTokensMax, protocols }: OfferedModel, { urls }: View) {
  const anthropic = /claude/i.test(id) && protocols.includes("anthropic-messages");
  const openai = /^(?:openai\/)?(?:gpt-\d|o\d|codex)/i.test(id) && protocols.includes("openai-responses");
  return {
    model: id,
    displayName: id,
    // Droid adds /v1/messages to Anthropic's base, and nothing but the endpoint to the others'.
    baseUrl: anthropic ? urls.anthropic : urls.openai,
    apiKey: KEY,
    provider: anthropic ? "anthropic" : openai ? "openai" : "generic-chat-completion-api",
    maxOutputTokens: outputTokensMax,
  };
}

const aider: Client = {
  id: "aider",
  title: "Aider",
  dialling: "openai",
  protocols: CHAT,
  commands: ["aider"],
  traces: ["~/.aider.conf.yml"],
  shadows: ["OPENAI_API_BASE", "OPENAI_API_KEY", "AIDER_MODEL"],
  files: ({ urls, models }) => [
    {
      format: "yaml",
      paths: ["~/.aider.conf.yml"],
      edits: [
        set("model", `openai/${MODEL}`),
        set("openai-api-base", urls.openai),
        set("openai-api-key", KEY),
      ],
    },
    {
      format: "json",
      paths: ["~/.aider.model.metadata.json"],
      edits: models.map((model) =>
        setIn("", `openai/${model.id}`, {
          max_input_tokens: model.contextTokens,
          max_output_tokens: model.outputTokensMax,
          litellm_provider: "openai",
          mode: "chat",
        }),
      ),
    },
  ],
  lines: () => ["aider"],
};

const crush: Client = {
  id: "crush",
  title: "Crush",
  dialling: "openai",
  protocols: CHAT,
  commands: ["crush"],
  traces: ["$XDG_CONFIG_HOME|~/.config|/crush"],
  shadows: [],
  files: ({ offer, urls, slug, models }) => [
    {
      format: "json",
      paths: ["$XDG_CONFIG_HOME|~/.config|/crush/crush.json"],
      windows: ["$LOCALAPPDATA|~/AppData/Local|/crush/crush.json"],
      edits: [
        set(`providers.${slug}.type`, "openai-compat"),
        set(`providers.${slug}.name`, offer.name),
        set(`providers.${slug}.base_url`, urls.openai),
        set(`providers.${slug}.api_key`, KEY),
        set(
          `providers.${slug}.models`,
          models.map((model) => ({
            id: model.id,
            name: model.displayName,
            context_window: model.contextTokens,
            default_max_tokens: Math.min(model.outputTokensMax, 8192),
          })),
        ),
      ],
    },
  ],
  lines: ({ offer }) => ["crush", `and choose a model of ${offer.name}.`],
};

const goose: Client = {
  id: "goose",
  title: "Goose",
  dialling: "openai",
  protocols: CHAT,
  commands: ["goose"],
  traces: ["$XDG_CONFIG_HOME|~/.config|/goose"],
  shadows: ["GOOSE_PROVIDER", "GOOSE_MODEL"],
  files: ({ offer, urls, slug, models }) => [
    {
      format: "yaml",
      paths: ["$XDG_CONFIG_HOME|~/.config|/goose/config.yaml"],
      windows: ["$APPDATA|~/AppData/Roaming|/Block/goose/config/config.yaml"],
      edits: [set("GOOSE_PROVIDER", `custom_${slug.replaceAll("-", "_")}`), set("GOOSE_MODEL", MODEL)],
    },
    {
      format: "json",
      paths: [`$XDG_CONFIG_HOME|~/.config|/goose/custom_providers/custom_${slug.replaceAll("-", "_")}.json`],
      windows: [
        `$APPDATA|~/AppData/Roaming|/Block/goose/config/custom_providers/custom_${slug.replaceAll("-", "_")}.json`,
      ],
      edits: [
        set("name", `custom_${slug.replaceAll("-", "_")}`),
        set("engine", "openai"),
        set("display_name", offer.name),
        set("description", `Models of ${offer.name}`),
        set("api_key_env", offer.keyVariable),
        set("base_url", `${urls.openai}/chat/completions`),
        set(
          "models",
          models.map(({ id, contextTokens }) => ({ name: id, context_limit: contextTokens })),
        ),
        set("supports_streaming", true),
      ],
    },
    { format: "profile", paths: [], edits: variables({ [offer.keyVariable]: KEY }) },
  ],
  lines: () => [NEW_TERMINAL, "goose session"],
};

const pi: Client = {
  id: "pi",
  title: "pi",
  dialling: "openai",
  protocols: CHAT,
  commands: ["pi"],
  traces: ["~/.pi"],
  shadows: [],
  files: ({ urls, slug, models }) => [
    {
      format: "json",
      paths: ["~/.pi/agent/models.json"],
      edits: [
        set(`providers.${slug}.baseUrl`, urls.openai),
        set(`providers.${slug}.api`, "openai-completions"),
        set(`providers.${slug}.apiKey`, KEY),
        set(
          `providers.${slug}.models`,
          models.map((model) => ({
            id: model.id,
            name: model.displayName,
            reasoning: false,
            input: ["text"],
            cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
            contextWindow: model.contextTokens,
            maxTokens: model.outputTokensMax,
          })),
        ),
      ],
    },
  ],
  lines: ({ slug }) => [`pi --provider ${slug} --model ${MODEL}`],
};

/** Agents for models of any vendor. */
export const OPEN_CLIENTS: readonly Client[] = [
  openCodeLike("opencode", "OpenCode", "opencode", "opencode", [
    "opencode.jsonc",
    "opencode.json",
    "config.json",
  ]),
  openCodeLike("kilo", "Kilo Code", "kilo", "kilo", ["kilo.json"]),
  factoryDroid,
  aider,
  crush,
  goose,
  pi,
];
