/** Agents of a vendor that reach other gateways by settings of their own, and those that do not install. */
import type { UpstreamProtocol } from "../agents/script.ts";
import { type Client, MODEL, NO_TOOL, PROMPT, type Row, type Start } from "./client.ts";

function droidRow(protocol: UpstreamProtocol, provider: string, path: string): Row {
  const model = ({ url, key }: Start) => ({
    model: MODEL,
    displayName: "Quoin",
    baseUrl: `${url}${path}`,
    apiKey: key,
    provider,
    maxOutputTokens: 8192,
  });
  return {
    protocol,
    files: (start) => ({ ".factory/settings.json": JSON.stringify({ customModels: [model(start)] }) }),
    line: ({ program }) => [
      ...[program("droid"), "exec", "--skip-permissions-unsafe"],
      ...["-m", "custom:Quoin-0", PROMPT],
    ],
  };
}

const DROID: Client = {
  id: "droid",
  title: "Factory Droid",
  kind: "agent",
  source: { by: "npm", packages: ["droid"] },
  hides: ["unknown-key", "empty-wallet"],
  shell: {
    tool: "Execute",
    input: (command) => ({ command, summary: "lays a stone", riskLevel: "low", riskLevelReason: "one file" }),
  },
  rows: [
    droidRow("openai-chat", "generic-chat-completion-api", "/v1"),
    droidRow("openai-responses", "openai", "/v1"),
    droidRow("anthropic-messages", "anthropic", ""),
  ],
};

const qwenSettings = JSON.stringify({ privacy: { usageStatisticsEnabled: false } });

const QWEN_CODE: Client = {
  id: "qwen-code",
  title: "Qwen Code",
  kind: "agent",
  source: { by: "npm", packages: ["@qwen-code/qwen-code"] },
  shell: {
    tool: "run_shell_command",
    input: (command) => ({ command, is_background: false, description: "lays a stone" }),
  },
  rows: [
    {
      protocol: "openai-chat",
      files: () => ({ ".qwen/settings.json": qwenSettings }),
      line: ({ program, url, key }) => [
        ...[program("qwen"), "-p", PROMPT, "--yolo", "--auth-type", "openai"],
        ...["--openai-api-key", key, "--openai-base-url", `${url}/v1`, "-m", MODEL],
      ],
    },
    {
      protocol: "anthropic-messages",
      files: () => ({ ".qwen/settings.json": qwenSettings }),
      environment: ({ url, key }) => ({
        ANTHROPIC_BASE_URL: url,
        ANTHROPIC_API_KEY: key,
        ANTHROPIC_MODEL: MODEL,
      }),
      line: ({ program }) => [
        ...[program("qwen"), "-p", PROMPT, "--yolo", "--auth-type", "anthropic", "-m", MODEL],
      ],
    },
  ],
};

function copilotRow(protocol: UpstreamProtocol, path: string, more: Readonly<Record<string, string>>): Row {
  return {
    protocol,
    environment: ({ url, key }) => ({
      COPILOT_OFFLINE: "true",
      COPILOT_PROVIDER_BASE_URL: `${url}${path}`,
      COPILOT_PROVIDER_API_KEY: key,
      COPILOT_MODEL: MODEL,
      ...more,
    }),
    line: ({ program }) => [program("copilot"), "-p", PROMPT, "--allow-all-tools"],
  };
}

const COPILOT: Client = {
  id: "copilot",
  title: "Copilot CLI",
  kind: "agent",
  source: { by: "npm", packages: ["@github/copilot"] },
  hides: ["unknown-key"],
  shell: { tool: "bash", input: (command) => ({ command, description: "lays a stone" }) },
  rows: [
    copilotRow("openai-chat", "/v1", {}),
    copilotRow("openai-responses", "/v1", { COPILOT_PROVIDER_WIRE_API: "responses" }),
    copilotRow("anthropic-messages", "", { COPILOT_PROVIDER_TYPE: "anthropic" }),
  ],
};

const AIDER: Client = {
  id: "aider",
  title: "Aider",
  kind: "agent",
  source: { by: "pip", packages: ["aider-chat"] },
  shell: { tool: NO_TOOL, input: (command) => ({ command }) },
  rows: [
    {
      protocol: "openai-chat",
      environment: ({ url, key }) => ({ OPENAI_API_BASE: `${url}/v1`, OPENAI_API_KEY: key }),
      line: ({ program }) => [
        ...[program("aider"), "--model", `openai/${MODEL}`, "--message", PROMPT, "--yes-always", "--no-git"],
        ...["--analytics-disable", "--no-check-update", "--no-show-model-warnings", "--no-pretty"],
        ...["--no-show-release-notes", "--no-detect-urls"],
      ],
      lacks: { tools: "edits files by its answer's text, without tools" },
    },
  ],
};

const nobody = { kind: "agent", shell: { tool: NO_TOOL, input: () => ({}) }, rows: [] } as const;

const CRUSH: Client = {
  id: "crush",
  title: "Crush",
  ...nobody,
  source: { by: "npm", packages: ["@charmland/crush"], runsScripts: true },
};

const GOOSE: Client = {
  id: "goose",
  title: "Goose",
  ...nobody,
  source: {
    by: "command",
    line: [
      ...["curl", "-fsSL", "--max-time", "30"],
      "https://github.com/block/goose/releases/download/stable/download_cli.sh",
    ],
  },
};

export const VENDOR_AGENTS: readonly Client[] = [DROID, QWEN_CODE, COPILOT, AIDER, CRUSH, GOOSE];
