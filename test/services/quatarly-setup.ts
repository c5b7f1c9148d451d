import { expect } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type SetUp, withMachine } from "./set-up.ts";
import type { World } from "./world.ts";

const SETTINGS = ".factory/settings.json";
const OTHERS =
  '{\n  // mine\n  "theme": "dark",\n  "customModels": [{ "model": "local", "baseUrl": "http://127.0.0.1:1/v1" }]\n}\n';

interface Entry {
  readonly model: string;
  readonly baseUrl: string;
  readonly apiKey?: string;
  readonly provider?: string;
  readonly displayName?: string;
}

function entriesIn({ read }: SetUp): Entry[] {
  const text = read(SETTINGS).replace(/^\s*\/\/.*$/gm, "");
  return (JSON.parse(text) as { customModels: Entry[] }).customModels;
}

const ours = (entries: readonly Entry[]) => entries.filter(({ baseUrl }) => baseUrl.includes("quatarly"));

export const droid = (
  world: World,
  check: (setUp: SetUp) => Promise<void> | void,
  programs?: readonly string[],
) =>
  withMachine(
    world,
    async (setUp) => {
      setUp.machine.write({ [SETTINGS]: OTHERS });
      await setUp.run("factory-droid");
      await check(setUp);
    },
    programs,
  );

/** All models of the table, beside what was there. */
export function allEntries(setUp: SetUp): void {
  const entries = entriesIn(setUp);
  expect(ours(entries).length).toBe(12);
  expect(entries.some(({ model }) => model === "local")).toBe(true);
  expect(setUp.read(SETTINGS)).toContain("// mine");
}

export async function newKeyInPlace(setUp: SetUp, world: World): Promise<void> {
  const { key } = await world.customer("trial");
  const before = setUp.read(SETTINGS);
  await setUp.run("factory-droid");
  expect(setUp.read(SETTINGS)).toBe(before);
  await setUp.run("factory-droid", "", key);
  const entries = ours(entriesIn(setUp));
  expect(entries.length).toBe(12);
  expect(new Set(entries.map(({ apiKey }) => apiKey))).toEqual(new Set([key]));
}

export async function grepShows({ machine }: SetUp): Promise<void> {
  const { code, out } = await machine.shell('grep -A 5 "customModels" ~/.factory/settings.json');
  expect(code).toBe(0);
  expect(out).toContain('"model"');
}

export function members(setUp: SetUp): void {
  const entry = (id: string) => ours(entriesIn(setUp)).find(({ model }) => model === id);
  const shared = { apiKey: setUp.key };
  expect(entry("claude-sonnet-4-6-thinking")).toMatchObject({
    ...shared,
    baseUrl: "https://api.quatarly.cloud",
    provider: "anthropic",
    displayName: "claude-sonnet-4-6-thinking",
  });
  expect(entry("gpt-5.1")).toMatchObject({
    ...shared,
    baseUrl: "https://api.quatarly.cloud/v1",
    provider: "openai",
  });
}

export function backup({ read }: SetUp): void {
  expect(read(`${SETTINGS}.backup`)).toBe(OTHERS);
}

const CLAUDE = ".claude/settings.json";

/** The five variables of the document, in Claude Code's own settings. */
export const claudeForGood = (world: World) =>
  withMachine(world, async (setUp) => {
    await setUp.run("claude-code");
    const { env } = JSON.parse(setUp.read(CLAUDE)) as { env: Record<string, string> };
    expect(env).toMatchObject({
      ANTHROPIC_BASE_URL: "https://api.quatarly.cloud",
      ANTHROPIC_AUTH_TOKEN: setUp.key,
      ANTHROPIC_DEFAULT_HAIKU_MODEL: "claude-haiku-4-5-20251001",
      ANTHROPIC_DEFAULT_SONNET_MODEL: "claude-sonnet-4-6-thinking",
      ANTHROPIC_DEFAULT_OPUS_MODEL: "claude-opus-4-6-thinking",
    });
  });

export const nothingToSource = (world: World) =>
  withMachine(world, async (setUp) => {
    await setUp.run("claude-code");
    for (const file of [".bashrc", ".zshrc", ".profile"])
      expect(existsSync(join(setUp.machine.home, file))).toBe(false);
  });

/** What was there before lies beside it, whichever tool. */
export const claudeBackup = (world: World) =>
  withMachine(world, async (setUp) => {
    const before = '{ "model": "opus" }\n';
    setUp.machine.write({ [CLAUDE]: before });
    await setUp.run("claude-code");
    expect(setUp.read(`${CLAUDE}.backup`)).toBe(before);
  });
