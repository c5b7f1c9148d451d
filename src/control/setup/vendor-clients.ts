import { type Client, KEY, MODEL, set, unset, type View, variables } from "./client.ts";

const CHAT = ["openai-chat"] as const;
const NEW_TERMINAL = "Open a new terminal first: the variables are set there.";

/** Claude Code asks for three sizes by name; each gets the model that is called so, or the one it begins with. */
function claudeSizes({ models }: View): Record<string, string> {
  const sizes = ["haiku", "sonnet", "opus"].map((size) => {
    const found = models.find(
      ({ id }) => id.includes(`claude-${size}`) || (id.includes("claude") && id.includes(size)),
    );
    return [`env.ANTHROPIC_DEFAULT_${size.toUpperCase()}_MODEL`, found?.id ?? MODEL];
  });
  return Object.fromEntries(sizes) as Record<string, string>;
}

const claudeCode: Client = {
  id: "claude-code",
  title: "Claude Code",
  dialling: "anthropic",
  protocols: ["anthropic-messages"],
  prefers: /claude.*sonnet|claude/,
  commands: ["claude"],
  traces: ["~/.claude"],
  shadows: ["ANTHROPIC_API_KEY"],
  files: (view) => [
    {
      format: "json",
      paths: ["$CLAUDE_CONFIG_DIR|~/.claude|/settings.json"],
      edits: [
        set("env.ANTHROPIC_BASE_URL", view.urls.anthropic),
        set("env.ANTHROPIC_AUTH_TOKEN", KEY),
        // Both set, it sends both.
        unset("env.ANTHROPIC_API_KEY"),
        set("env.ANTHROPIC_MODEL", MODEL),
        ...Object.entries(claudeSizes(view)).map(([path, model]) => set(path, model)),
      ],
    },
  ],
  lines: () => ["claude"],
};

const codex: Client = {
  id: "codex",
  title: "Codex",
  dialling: "codex",
  protocols: ["openai-responses"],
  prefers: /codex|^gpt/,
  commands: ["codex"],
  traces: ["~/.codex"],
  shadows: [],
  files: ({ offer, urls, slug }) => [
    {
      format: "toml",
      paths: ["$CODEX_HOME|~/.codex|/config.toml"],
      edits: [
        set("model", MODEL),
        set("model_provider", slug),
        set(`model_providers.${slug}.name`, offer.name),
        set(`model_providers.${slug}.base_url`, urls.codex),
        set(`model_providers.${slug}.wire_api`, "responses"),
        set(`model_providers.${slug}.env_key`, offer.keyVariable),
      ],
    },
    { format: "profile", paths: [], edits: variables({ [offer.keyVariable]: KEY }) },
  ],
  lines: () => [NEW_TERMINAL, "codex"],
};

const geminiCli: Client = {
  id: "gemini-cli",
  title: "Gemini CLI",
  dialling: "gemini",
  protocols: ["gemini"],
  prefers: /gemini.*pro|gemini/,
  commands: ["gemini"],
  traces: ["~/.gemini"],
  shadows: ["GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL", "GEMINI_MODEL"],
  files: ({ urls }) => [
    {
      format: "json",
      paths: ["~/.gemini/settings.json"],
      edits: [set("security.auth.selectedType", "gemini-api-key")],
    },
    {
      format: "dotenv",
      paths: ["~/.gemini/.env"],
      edits: variables({ GOOGLE_GEMINI_BASE_URL: urls.gemini, GEMINI_API_KEY: KEY, GEMINI_MODEL: MODEL }),
    },
  ],
  lines: () => ["gemini"],
};

const qwenCode: Client = {
  id: "qwen-code",
  title: "Qwen Code",
  dialling: "openai",
  protocols: CHAT,
  prefers: /qwen.*coder|qwen/i,
  commands: ["qwen"],
  traces: ["~/.qwen"],
  shadows: ["OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL"],
  files: ({ urls }) => [
    {
      format: "json",
      paths: ["~/.qwen/settings.json"],
      edits: [set("security.auth.selectedType", "openai")],
    },
    {
      format: "dotenv",
      paths: ["~/.qwen/.env"],
      edits: variables({ OPENAI_BASE_URL: urls.openai, OPENAI_API_KEY: KEY, OPENAI_MODEL: MODEL }),
    },
  ],
  lines: () => ["qwen"],
};

const deepseekTui: Client = {
  id: "deepseek-tui",
  title: "DeepSeek-TUI",
  dialling: "openai",
  protocols: CHAT,
  prefers: /deepseek/i,
  commands: ["deepseek", "deepseek-tui"],
  traces: ["~/.deepseek"],
  shadows: ["OPENAI_BASE_URL", "OPENAI_API_KEY", "DEEPSEEK_PROVIDER"],
  files: ({ urls }) => [
    {
      format: "toml",
      paths: ["$DEEPSEEK_CONFIG_PATH|~/.deepseek/config.toml|"],
      edits: [
        set("provider", "openai"),
        set("providers.openai.base_url", urls.openai),
        set("providers.openai.api_key", KEY),
        set("providers.openai.model", MODEL),
      ],
    },
  ],
  lines: () => ["deepseek"],
};

const copilotCli: Client = {
  id: "copilot-cli",
  title: "GitHub Copilot CLI",
  dialling: "openai",
  protocols: CHAT,
  commands: ["copilot"],
  traces: ["~/.copilot"],
  shadows: [],
  files: ({ urls }) => [
    {
      format: "profile",
      paths: [],
      edits: variables({
        COPILOT_OFFLINE: "true",
        COPILOT_PROVIDER_BASE_URL: urls.openai,
        COPILOT_PROVIDER_API_KEY: KEY,
        COPILOT_MODEL: MODEL,
      }),
    },
  ],
  lines: () => [NEW_TERMINAL, "copilot"],
};

const kimi: Client = {
  id: "kimi",
  title: "Kimi Code",
  dialling: "openai",
  protocols: CHAT,
  prefers: /kimi/i,
  commands: ["kimi"],
  traces: ["~/.kimi-code"],
  shadows: [],
  files: ({ urls, slug, models }) => [
    {
      format: "toml",
      paths: ["~/.kimi-code/config.toml"],
      edits: [
        set("default_model", `${slug}/${MODEL}`),
        set(`providers.${slug}.type`, "openai"),
        set(`providers.${slug}.base_url`, urls.openai),
        set(`providers.${slug}.api_key`, KEY),
        ...models.flatMap((model) =>
          Object.entries({ provider: slug, model: model.id, max_context_size: model.contextTokens }).map(
            ([name, value]) => ({ op: "set" as const, path: ["models", `${slug}/${model.id}`, name], value }),
          ),
        ),
      ],
    },
  ],
  lines: () => ["kimi"],
};

/** Agents of those who make models. */
export const VENDOR_CLIENTS: readonly Client[] = [
  claudeCode,
  codex,
  geminiCli,
  qwenCode,
  kimi,
  deepseekTui,
  copilotCli,
];
