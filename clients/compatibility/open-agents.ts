/** Agents that speak several protocols: one row for each. */
import type { UpstreamProtocol } from "../agents/script.ts";
import { type Client, GPT_MODEL, MODEL, PROMPT, type Row, type Start } from "./client.ts";

/** The path behind the gateway's address that the SDKs below these agents want. */
const VERSIONED: Readonly<Record<UpstreamProtocol, string>> = {
  "openai-chat": "/v1",
  "openai-responses": "/v1",
  "anthropic-messages": "/v1",
  gemini: "/v1beta",
};
const UNVERSIONED = { ...VERSIONED, "anthropic-messages": "" };

function openCodeConfig(npm: string, base: string, key: string): string {
  return JSON.stringify({
    autoupdate: false,
    share: "disabled",
    model: `quoin/${MODEL}`,
    small_model: `quoin/${MODEL}`,
    provider: { quoin: { npm, options: { baseURL: base, apiKey: key }, models: { [MODEL]: {} } } },
  });
}

function openCodeRow(protocol: UpstreamProtocol, npm: string, file: string, program: string): Row {
  return {
    protocol,
    files: ({ url, key }) => ({ [file]: openCodeConfig(npm, `${url}${VERSIONED[protocol]}`, key) }),
    environment: () => ({
      OPENCODE_DISABLE_MODELS_FETCH: "1",
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      KILO_DISABLE_MODELS_FETCH: "1",
      KILO_DISABLE_AUTOUPDATE: "1",
    }),
    line: (start) => [start.program(program), "run", PROMPT],
  };
}

const openCodeShell: Client["shell"] = {
  tool: "bash",
  input: (command) => ({ command, description: "lays a stone" }),
};
const OPENCODE_FILE = ".config/opencode/opencode.json";

const OPENCODE: Client = {
  id: "opencode",
  title: "OpenCode",
  kind: "agent",
  source: { by: "npm", packages: ["opencode-ai"] },
  shell: openCodeShell,
  rows: [
    openCodeRow("openai-chat", "@ai-sdk/openai-compatible", OPENCODE_FILE, "opencode-linux-x64/bin/opencode"),
    openCodeRow("openai-responses", "@ai-sdk/openai", OPENCODE_FILE, "opencode-linux-x64/bin/opencode"),
    openCodeRow("anthropic-messages", "@ai-sdk/anthropic", OPENCODE_FILE, "opencode-linux-x64/bin/opencode"),
    openCodeRow("gemini", "@ai-sdk/google", OPENCODE_FILE, "opencode-linux-x64/bin/opencode"),
  ],
};

const KILO: Client = {
  id: "kilo",
  title: "Kilo",
  kind: "agent",
  source: { by: "npm", packages: ["@kilocode/cli-linux-x64"] },
  shell: openCodeShell,
  rows: [
    {
      ...openCodeRow("openai-chat", "@ai-sdk/openai-compatible", ".config/kilo/kilo.json", ""),
      line: ({ program }) => [program("@kilocode/cli-linux-x64/bin/kilo"), "run", "--auto", PROMPT],
    },
  ],
};

function clineRow(protocol: UpstreamProtocol, provider: string): Row {
  const base = VERSIONED[protocol];
  const settings = ({ url, key }: Start) => ({
    provider,
    apiKey: key,
    model: MODEL,
    baseUrl: `${url}${base}`,
  });
  const saved = (start: Start) => ({
    settings: settings(start),
    updatedAt: "2026-11-21T00:00:00.000Z",
    tokenSource: "manual",
  });
  return {
    protocol,
    files: (start) => ({
      ".cline/data/settings/providers.json": JSON.stringify({
        version: 1,
        lastUsedProvider: provider,
        providers: { [provider]: saved(start) },
      }),
    }),
    line: ({ program }) => [program("cline"), "-P", provider, "-m", MODEL, "--json", PROMPT],
  };
}

/** This provider takes its base URL from a command only. */
const clineChat: Row = {
  protocol: "openai-chat",
  line: ({ program, url, key }) => [
    ...["sh", "-c", '"$0" auth -p openai -k "$1" -m "$2" -b "$3" && exec "$0" -P openai -m "$2" --json "$4"'],
    ...[program("cline"), key, MODEL, `${url}/v1`, PROMPT],
  ],
};

const CLINE: Client = {
  id: "cline",
  title: "Cline",
  kind: "agent",
  source: { by: "npm", packages: ["cline"] },
  shell: { tool: "run_commands", input: (command) => ({ commands: [command] }) },
  rows: [
    clineChat,
    clineRow("openai-responses", "openai-native"),
    clineRow("anthropic-messages", "anthropic"),
    {
      ...clineRow("gemini", "gemini"),
      lacks: { tools: "sends Google Search in place of its tools" },
    },
  ],
};

const PI_APIS: Readonly<Record<UpstreamProtocol, string>> = {
  "openai-chat": "openai-completions",
  "openai-responses": "openai-responses",
  "anthropic-messages": "anthropic-messages",
  gemini: "google-generative-ai",
};

function piRow(protocol: UpstreamProtocol): Row {
  const model = {
    id: MODEL,
    name: MODEL,
    reasoning: true,
    input: ["text"],
    cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    contextWindow: 200_000,
    maxTokens: 8192,
  };
  const provider = ({ url, key }: Start) => ({
    baseUrl: `${url}${UNVERSIONED[protocol]}`,
    api: PI_APIS[protocol],
    apiKey: key,
    models: [model],
  });
  return {
    protocol,
    files: (start) => ({
      ".pi/agent/models.json": JSON.stringify({ providers: { quoin: provider(start) } }),
    }),
    environment: () => ({ PI_OFFLINE: "1" }),
    line: ({ program }) => [program("pi"), "--provider", "quoin", "--model", MODEL, "-p", PROMPT],
  };
}

const PI: Client = {
  id: "pi",
  title: "pi",
  kind: "agent",
  source: { by: "npm", packages: ["@mariozechner/pi-coding-agent"] },
  shell: { tool: "bash", input: (command) => ({ command }) },
  rows: [piRow("openai-chat"), piRow("openai-responses"), piRow("anthropic-messages"), piRow("gemini")],
};

function kimiRow(protocol: UpstreamProtocol, type: string, path: string): Row {
  const config = ({ url, key }: Start) =>
    [
      `default_model = "quoin/${MODEL}"`,
      "[providers.quoin]",
      `type = "${type}"`,
      `base_url = "${url}${path}"`,
      `api_key = "${key}"`,
      `[models."quoin/${MODEL}"]`,
      'provider = "quoin"',
      `model = "${MODEL}"`,
      "max_context_size = 200000",
      "",
    ].join("\n");
  return {
    protocol,
    files: (start) => ({ ".kimi-code/config.toml": config(start) }),
    line: ({ program }) => [program("kimi"), "-p", PROMPT],
  };
}

const KIMI_CODE: Client = {
  id: "kimi-code",
  title: "Kimi Code",
  kind: "agent",
  source: { by: "npm", packages: ["@moonshot-ai/kimi-code"] },
  shell: { tool: "Bash", input: (command) => ({ command, description: "lays a stone" }) },
  rows: [
    kimiRow("openai-chat", "openai", "/v1"),
    kimiRow("openai-responses", "openai_responses", "/v1"),
    kimiRow("anthropic-messages", "anthropic", ""),
    kimiRow("gemini", "google-genai", ""),
  ],
};

function continueRow(protocol: UpstreamProtocol, provider: string, model: string): Row {
  const config = ({ url, key }: Start) => ({
    name: "Quoin",
    version: "1.0.0",
    schema: "v1",
    models: [{ name: "stone", provider, model, apiKey: key, apiBase: `${url}/v1` }],
  });
  return {
    protocol,
    // JSON is YAML.
    files: (start) => ({ ".continue/config.yaml": JSON.stringify(config(start)) }),
    environment: () => ({ CONTINUE_TELEMETRY_ENABLED: "0" }),
    line: ({ program }) => [program("cn"), "--config", "../.continue/config.yaml", "-p", PROMPT, "--auto"],
  };
}

const CONTINUE: Client = {
  id: "continue",
  title: "Continue",
  kind: "agent",
  source: { by: "npm", packages: ["@continuedev/cli"] },
  shell: { tool: "Bash", input: (command) => ({ command }) },
  rows: [
    continueRow("openai-chat", "openai", MODEL),
    continueRow("openai-responses", "openai", GPT_MODEL),
    continueRow("anthropic-messages", "anthropic", MODEL),
  ],
};

export const OPEN_AGENTS: readonly Client[] = [OPENCODE, KILO, CLINE, PI, KIMI_CODE, CONTINUE];
