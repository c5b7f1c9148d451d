/** Settings as people have them: comments, tabs, CRLF, byte order marks, trailing commas, settings of other tools. */
export const WILD_FILES: Readonly<Record<string, string>> = {
  ".claude/settings.json":
    '\uFEFF// KEEP mine\r\n{\r\n\t"permissions": { "allow": ["Bash(ls)"], }, // KEEP\r\n\t"env": {\r\n\t\t"FOO": "1", /* KEEP */\r\n\t\t"ANTHROPIC_API_KEY": "sk-ant-api03-old0000000000000000000"\r\n\t},\r\n\t"model": "opus",\r\n}\r\n',
  ".codex/config.toml":
    '# KEEP head\nmodel = "gpt-5" # KEEP why\napproval_policy = "on-request"\n\n# KEEP servers\n[mcp_servers.docs]\ncommand = "npx"\nargs = ["-y", "docs"] # KEEP\n\n[model_providers.azure]\nname = "Azure"\nbase_url = "https://example.com/openai"\n',
  ".gemini/settings.json":
    '{\n  // KEEP\n  "security": {"auth": {"selectedType": "oauth-personal"}},\n  "theme": "Dracula"\n}',
  ".gemini/.env": "# KEEP\nGOOGLE_CLOUD_PROJECT='p'\nexport GEMINI_API_KEY=AIzaOld # KEEP\n",
  ".config/opencode/opencode.jsonc":
    '{\n    "$schema": "https://opencode.ai/config.json",\n    // KEEP\n    "provider": {\n        "openai": { "options": { "apiKey": "sk-own" } }, // KEEP\n    },\n    "model": "openai/gpt-5", // KEEP\n}\n',
  ".config/kilo/kilo.json": '{"model":"anthropic/x","keybinds":{"leader":"ctrl+x"}}',
  ".factory/settings.json":
    '{\n  // KEEP\n  "cloudSessionSync": true,\n  "customModels": [\n    { "model": "own", "displayName": "Own", "baseUrl": "https://example.com/v1", "apiKey": "x", "provider": "openai" } // KEEP\n  ]\n}\n',
  ".aider.conf.yml": "## KEEP\nmodel: sonnet # KEEP\n\nread: [CONVENTIONS.md]\r\nauto-commits: false\n",
  ".qwen/settings.json": '{ "ui": { "theme": "Default" }, /* KEEP */ "mcpServers": {} }\n',
  ".qwen/.env": "OPENAI_API_KEY=sk-old\nOTHER=1 # KEEP",
  ".config/crush/crush.json":
    '{\n\t"providers": {\n\t\t"local": { "type": "openai-compat", "base_url": "http://localhost:1/v1" }\n\t}\n}',
  ".config/goose/config.yaml":
    "# KEEP\nGOOSE_PROVIDER: anthropic\nextensions:\n  developer: # KEEP\n    enabled: true\n    env_keys: []\n    description: >\n      GOOSE_MODEL: not this\nGOOSE_MODE: auto\n",
  ".deepseek/config.toml":
    'provider = "deepseek"  # KEEP\napi_key = "sk-deepseek"\n\n[providers.openai]\n# KEEP\nbase_url = "https://api.openai.com/v1"\n\n[features]\nmcp = true\n',
  ".kimi-code/config.toml":
    'default_model = "kimi/k2"\r\n\r\n[providers.kimi]\r\ntype = "kimi" # KEEP\r\napi_key = "k"\r\n\r\n[models."kimi/k2"]\r\nprovider = "kimi"\r\nmodel = "k2"\r\nmax_context_size = 262144\r\n',
  ".pi/agent/models.json": '{\n  "providers": {\n    // KEEP\n  }\n}\n',
  ".cline/data/settings/providers.json":
    '{\n  "version": 1,\n  "lastUsedProvider": "openrouter",\n  "providers": {\n    "openrouter": { "settings": { "provider": "openrouter", "apiKey": "x" } }\n  }\n}\n',
  ".continue/config.yaml":
    "name: Mine # KEEP\nversion: 0.0.1\nschema: v1\nmodels:\n  # KEEP\n  - name: Local\n    provider: ollama\n    model: llama3\n    defaultCompletionOptions:\n      temperature: 0.2\n\ncontext:\n  - provider: code\n",
  ".continue/config.json":
    '{\n  "models": [\n    { "title": "Local", "provider": "ollama", "model": "llama3" },\n  ],\n  "allowAnonymousTelemetry": false, // KEEP\n}\n',
  ".bashrc": "# KEEP\nalias ll='ls -l'\nexport QUOIN_API_KEY=older\n[ -f ~/.secret ] && . ~/.secret",
};

/** The same tools with a file that its tool could not read either, and the line that is wrong. */
export const BROKEN_FILES: readonly { client: string; path: string; text: string; line: number }[] = [
  {
    client: "claude-code",
    path: ".claude/settings.json",
    text: '{\n  "env": {\n    "A": "1"\n    "B": "2"\n  }\n}\n',
    line: 3,
  },
  { client: "codex", path: ".codex/config.toml", text: 'model = "x"\n[mcp\ncommand = 1\n', line: 2 },
  { client: "continue", path: ".continue/config.yaml", text: "name: x\nmodels:\n\t- name: y\n", line: 3 },
  { client: "gemini-cli", path: ".gemini/.env", text: "A=1\nthis is no line\n", line: 2 },
  { client: "goose", path: ".config/goose/config.yaml", text: "a: 1\n  b: 2\n", line: 2 },
];
