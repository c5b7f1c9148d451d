import { expect } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanEnvironment, run } from "../../clients/gateway.ts";
import { expectSilent, pythonOrNone } from "./snippets.ts";
import type { World } from "./world.ts";

const SNIPPETS = join(import.meta.dir, "snippets");

const CLAUDE_MODELS = {
  ANTHROPIC_DEFAULT_HAIKU_MODEL: "claude-haiku-4-5-20251001",
  ANTHROPIC_DEFAULT_SONNET_MODEL: "claude-sonnet-4-6-thinking",
  ANTHROPIC_DEFAULT_OPUS_MODEL: "claude-opus-4-6-thinking",
};

export const READ_NOT_RUN =
  "the lines are read by PowerShell's grammar, not run: no PowerShell installs here";

interface Read {
  readonly assigned: Readonly<Record<string, string>>;
  readonly here_strings: readonly string[];
}

/** What PowerShell's grammar finds in these lines. */
async function readPowershell(lines: readonly string[]): Promise<Read> {
  const python = pythonOrNone();
  if (python === undefined) throw new Error("without a Python this is skipped");
  const reader = Bun.spawn([python, join(SNIPPETS, "read_powershell.py")], {
    stdin: Buffer.from(lines.join("\r\n")),
    stdout: "pipe",
    stderr: "inherit",
  });
  const out = await new Response(reader.stdout).text();
  expect(await reader.exited).toBe(0);
  return JSON.parse(out) as Read;
}

/** The variables by hand, in PowerShell, and then Anthropic's SDK with them. */
export async function powershellByHand(world: World): Promise<void> {
  const { key } = await world.customer();
  const { assigned } = await readPowershell([
    `$env:ANTHROPIC_BASE_URL = "${world.gateway.url}/"`,
    `$env:ANTHROPIC_AUTH_TOKEN = "${key}"`,
    ...Object.entries(CLAUDE_MODELS).map(([name, model]) => `$env:${name} = "${model}"`),
  ]);
  const set = Object.entries(assigned).map(([name, value]) => `${name.replace("$env:", "")}=${value}`);
  const line = ["env", "-u", "ANTHROPIC_API_KEY", ...set, "node", join(SNIPPETS, "quatarly_claude.mjs")];
  await expectSilent(world, line);
}

/** The exports by hand, in a shell, and then Anthropic's SDK, which reads the same variables as Claude Code. */
export async function exportsByHand(world: World): Promise<void> {
  const { key } = await world.customer();
  const exports = [
    `export ANTHROPIC_BASE_URL="${world.gateway.url}/"`,
    `export ANTHROPIC_AUTH_TOKEN="${key}"`,
    ...Object.entries(CLAUDE_MODELS).map(([name, model]) => `export ${name}="${model}"`),
    "unset ANTHROPIC_API_KEY",
    `exec node ${join(SNIPPETS, "quatarly_claude.mjs")}`,
  ];
  await expectSilent(world, ["sh", "-c", exports.join("\n")]);
}

const OPENCODE = {
  $schema: "https://opencode.ai/config.json",
  provider: {
    openai: { options: { baseURL: "https://api.quatarly.cloud/v1", apiKey: "qua_trail_your-key-here" } },
  },
  model: "openai/gpt-5.3-codex",
};

/** The document's own lines: a folder, and a here-document. */
export async function opencodeFile(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "quoin-services-"));
  const lines = [
    "mkdir -p ~/.config/opencode",
    "cat > ~/.config/opencode/opencode.json << 'EOF'",
    JSON.stringify(OPENCODE, null, 2),
    "EOF",
  ];
  const { code, err } = await run(["sh", "-c", lines.join("\n")], {
    env: cleanEnvironment(home),
    cwd: home,
    msMax: 10_000,
  });
  const written: unknown = JSON.parse(
    readFileSync(join(home, ".config", "opencode", "opencode.json"), "utf8"),
  );
  rmSync(home, { recursive: true, force: true });
  expect([code, err]).toEqual([0, ""]);
  expect(written).toEqual(OPENCODE);
}

/** The document's own lines for PowerShell: the text between the quotes is the same configuration. */
export async function opencodeFileByPowershell(): Promise<void> {
  const { assigned, here_strings } = await readPowershell([
    '$dir = "$env:USERPROFILE\\.config\\opencode"',
    "if (!(Test-Path $dir)) { New-Item -ItemType Directory -Force -Path $dir }",
    "@'",
    JSON.stringify(OPENCODE, null, 2),
    '\'@ | Set-Content "$dir\\opencode.json"',
  ]);
  expect(assigned).toEqual({ $dir: "$env:USERPROFILE\\.config\\opencode" });
  expect(here_strings.map((text) => JSON.parse(text))).toEqual([OPENCODE]);
}
