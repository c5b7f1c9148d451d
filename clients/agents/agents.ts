/** The coding agents: how each is run without a terminal, and what its tools are called. */
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { cleanEnvironment, type RunningGateway, run } from "../gateway.ts";
import type { Piece } from "./script.ts";

/** Where npm puts the agents. */
export const AGENTS_FOLDER = resolve(import.meta.dir, "../../.run/agents/node_modules");
const AGENT_MS_MAX = 40_000;

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Where the agent worked. */
  readonly folder: string;
}

type Call = Extract<Piece, { kind: "call" }>;

export interface Agent {
  readonly name: string;
  /** Name of the model that it asks for. */
  readonly model: string;
  /** The call that writes `content` into the file `name` of the agent's folder. */
  write(id: string, name: string, content: string): Call;
  /** The call of the agent's shell. */
  shell(id: string, command: string): Call;
  /** Name and content of each file that must lie in its home. */
  settings(gateway: RunningGateway): Readonly<Record<string, string>>;
  environment(gateway: RunningGateway): Readonly<Record<string, string>>;
  line(prompt: string): readonly string[];
}

const WRITTEN = (name: string, content: string) => `printf '%s' '${content}' > ${name}`;

const CLAUDE_FILE = join(AGENTS_FOLDER, "@anthropic-ai/claude-code/cli-wrapper.cjs");
const GEMINI_FILE = join(AGENTS_FOLDER, "@google/gemini-cli/bundle/gemini.js");

const CLAUDE_CODE: Agent = {
  name: "Claude Code",
  model: "claude-code-model",
  write: (id, name, content) => ({
    kind: "call",
    id,
    tool: "Bash",
    input: { command: WRITTEN(name, content), description: "writes a file" },
  }),
  shell: (id, command) => ({ kind: "call", id, tool: "Bash", input: { command, description: "a command" } }),
  settings: () => ({}),
  environment: (gateway) => ({
    IS_SANDBOX: "1",
    ANTHROPIC_BASE_URL: gateway.url,
    ANTHROPIC_API_KEY: gateway.key,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    CLAUDE_CODE_MAX_CONTEXT_TOKENS: "200000",
    CLAUDE_CODE_MAX_RETRIES: "1",
    DISABLE_AUTOUPDATER: "1",
  }),
  line: (prompt) => [
    ...["node", CLAUDE_FILE, "-p", prompt, "--model", CLAUDE_CODE.model],
    "--dangerously-skip-permissions",
  ],
};

function codexConfig(gateway: RunningGateway, model: string): string {
  return [
    `model = "${model}"`,
    'model_provider = "quoin"',
    "[model_providers.quoin]",
    'name = "quoin"',
    `base_url = "${gateway.url}/v1"`,
    'wire_api = "responses"',
    'env_key = "QUOIN_KEY"',
    "request_max_retries = 1",
    "stream_max_retries = 1",
    "",
  ].join("\n");
}

function codex(name: string, model: string, calls: Pick<Agent, "write" | "shell">): Agent {
  const file = join(AGENTS_FOLDER, "@openai/codex/bin/codex.js");
  return {
    name,
    model,
    ...calls,
    settings: (gateway) => ({ ".codex/config.toml": codexConfig(gateway, model) }),
    environment: (gateway) => ({ QUOIN_KEY: gateway.key }),
    line: (prompt) => [
      ...["node", file, "exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox"],
      prompt,
    ],
  };
}

const codexShell = (id: string, command: string): Call => ({
  kind: "call",
  id,
  tool: "exec_command",
  input: { cmd: command },
});

/** A model that Codex does not know: functions, and others in a namespace. */
const CODEX = codex("Codex", "codex-model", {
  shell: codexShell,
  write: (id, name, content) => codexShell(id, WRITTEN(name, content)),
});

/** A model that Codex knows: `apply_patch` is a freeform tool with a grammar. */
const CODEX_PATCHING = codex("Codex with apply_patch", "gpt-5.5", {
  shell: codexShell,
  write: (id, name, content) => ({
    kind: "call",
    id,
    tool: "apply_patch",
    input: `*** Begin Patch\n*** Add File: ${name}\n+${content}\n*** End Patch\n`,
  }),
});

const execCall = (id: string, script: string): Call => ({ kind: "call", id, tool: "exec", input: script });
const execShell = (id: string, command: string): Call =>
  execCall(id, `const r = await tools.exec_command({ cmd: ${JSON.stringify(command)} });\ntext(r.output);\n`);

/** A model that gets its tools in an input item, in namespaces; `exec` is freeform and runs JavaScript. */
const CODEX_SCRIPTING = codex("Codex with exec", "gpt-5.6-sol", {
  shell: execShell,
  write: (id, name, content) => execShell(id, WRITTEN(name, content)),
});

const GEMINI_CLI: Agent = {
  name: "Gemini CLI",
  model: "gemini-cli-model",
  write: (id, name, content) => ({
    kind: "call",
    id,
    tool: "write_file",
    input: { file_path: name, content },
  }),
  shell: (id, command) => ({ kind: "call", id, tool: "run_shell_command", input: { command } }),
  settings: () => ({
    ".gemini/settings.json": JSON.stringify({
      security: { auth: { selectedType: "gemini-api-key" } },
      privacy: { usageStatisticsEnabled: false },
      general: { disableAutoUpdate: true },
    }),
  }),
  environment: (gateway) => ({
    GOOGLE_GEMINI_BASE_URL: gateway.url,
    GEMINI_API_KEY: gateway.key,
    GEMINI_CLI_TRUST_WORKSPACE: "true",
  }),
  line: (prompt) => ["node", GEMINI_FILE, "-p", prompt, "-m", GEMINI_CLI.model, "--yolo"],
};

/** Agents that are asked everything, and those that only bring other tools. */
export const WHOLE_AGENTS: readonly Agent[] = [CLAUDE_CODE, CODEX, GEMINI_CLI];
export const AGENTS: readonly Agent[] = [...WHOLE_AGENTS, CODEX_PATCHING, CODEX_SCRIPTING];

/** Runs an agent to its end, in a home and a folder of its own, with nothing of this machine's settings. */
export async function runAgent(agent: Agent, gateway: RunningGateway, prompt: string): Promise<Ran> {
  const home = await mkdtemp(join(gateway.folder, "agent-"));
  const folder = join(home, "work");
  await mkdir(folder);
  for (const [name, content] of Object.entries(agent.settings(gateway))) {
    await mkdir(dirname(join(home, name)), { recursive: true });
    await writeFile(join(home, name), content);
  }
  const env = { ...cleanEnvironment(home), TERM: "xterm", ...agent.environment(gateway) };
  const ran = await run(agent.line(prompt), { env, cwd: folder, msMax: AGENT_MS_MAX });
  return { ...ran, folder };
}
