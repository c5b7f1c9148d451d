/** The three agents that each have a protocol of their own, and refuse what is not to its letter. */
import { type Client, MODEL, PROMPT, type Start } from "./client.ts";

export const CLAUDE_ENVIRONMENT = ({ url, key }: Start) => ({
  IS_SANDBOX: "1",
  ANTHROPIC_BASE_URL: url,
  ANTHROPIC_API_KEY: key,
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  CLAUDE_CODE_MAX_CONTEXT_TOKENS: "200000",
  CLAUDE_CODE_MAX_RETRIES: "1",
});

export const claudeShell: Client["shell"] = {
  tool: "Bash",
  input: (command) => ({ command, description: "lays a stone" }),
};

const CLAUDE_CODE: Client = {
  id: "claude-code",
  title: "Claude Code",
  kind: "agent",
  source: { by: "npm", packages: ["@anthropic-ai/claude-code"] },
  shell: claudeShell,
  rows: [
    {
      protocol: "anthropic-messages",
      environment: CLAUDE_ENVIRONMENT,
      line: ({ program }) => [
        ...["node", program("@anthropic-ai/claude-code/cli-wrapper.cjs"), "-p", PROMPT],
        ...["--model", MODEL, "--dangerously-skip-permissions"],
      ],
    },
  ],
};

const codexConfig = (url: string): string =>
  [
    `model = "${MODEL}"`,
    'model_provider = "quoin"',
    "[model_providers.quoin]",
    'name = "quoin"',
    `base_url = "${url}/v1"`,
    'wire_api = "responses"',
    'env_key = "QUOIN_API_KEY"',
    "request_max_retries = 1",
    "stream_max_retries = 1",
    "",
  ].join("\n");

const CODEX: Client = {
  id: "codex",
  title: "Codex",
  kind: "agent",
  source: { by: "npm", packages: ["@openai/codex"] },
  // So that it does not ask again it gets a 429 whose words it does not show.
  hides: ["empty-wallet"],
  shell: { tool: "exec_command", input: (command) => ({ cmd: command }) },
  rows: [
    {
      protocol: "openai-responses",
      files: ({ url }) => ({ ".codex/config.toml": codexConfig(url) }),
      environment: ({ key }) => ({ QUOIN_API_KEY: key }),
      line: ({ program }) => [
        ...["node", program("@openai/codex/bin/codex.js"), "exec", "--skip-git-repo-check"],
        ...["--dangerously-bypass-approvals-and-sandbox", PROMPT],
      ],
    },
  ],
};

const GEMINI_CLI: Client = {
  id: "gemini-cli",
  title: "Gemini CLI",
  kind: "agent",
  source: { by: "npm", packages: ["@google/gemini-cli"] },
  shell: { tool: "run_shell_command", input: (command) => ({ command }) },
  rows: [
    {
      protocol: "gemini",
      files: () => ({
        ".gemini/settings.json": JSON.stringify({
          security: { auth: { selectedType: "gemini-api-key" } },
          privacy: { usageStatisticsEnabled: false },
          general: { disableAutoUpdate: true },
        }),
      }),
      environment: ({ url, key }) => ({
        GOOGLE_GEMINI_BASE_URL: url,
        GEMINI_API_KEY: key,
        GEMINI_CLI_TRUST_WORKSPACE: "true",
      }),
      line: ({ program }) => [program("gemini"), "-p", PROMPT, "-m", MODEL, "--yolo"],
    },
  ],
};

export const STRICT_AGENTS: readonly Client[] = [CLAUDE_CODE, CODEX, GEMINI_CLI];
