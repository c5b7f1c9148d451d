import { expect } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanEnvironment, run } from "../../clients/gateway.ts";
import type { Statement } from "./statement.ts";
import type { World } from "./world.ts";

const ROOT = join(import.meta.dir, "..", "..");
const SNIPPETS = join(import.meta.dir, "snippets");
const MS_MAX = 18_000;

/** The documents name models that their vendor retires, of which its SDK for Node warns. */
const RETIREMENT = /^The model '.*' is deprecated .*\nPlease migrate .*\n/gm;

/** The Python with the vendors' SDKs: the one that is named, or the one that .ci/run makes. */
export function pythonOrNone(): string | undefined {
  const named = process.env.QUOIN_TEST_PYTHON ?? "";
  if (named !== "") return named;
  const made = join(ROOT, ".run", "venv", "bin", "python");
  return existsSync(made) ? made : undefined;
}

/** What a customer has in the environment: the base URLs and the key, under the names that SDKs and documents use. */
function environment(world: World, folder: string, key: string): Record<string, string> {
  const { url } = world.gateway;
  const { brand } = world.gateway.app.gateway.snapshot().offering;
  return {
    ...cleanEnvironment(folder),
    PYTHONDONTWRITEBYTECODE: "1",
    // The documents name models that their vendor has retired since, which the SDKs warn of.
    PYTHONWARNINGS: "ignore::DeprecationWarning",
    OPENAI_BASE_URL: `${url}/v1`,
    OPENAI_API_KEY: key,
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: key,
    [brand.keyVariable]: key,
  };
}

/** Runs a program with the customer's environment; it must end with 0 and print nothing. */
export async function expectSilent(
  world: World,
  line: readonly string[],
  { cwd, plan, env = {} }: { cwd?: string; plan?: string; env?: Record<string, string> } = {},
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "quoin-services-"));
  const { key } = await world.customer(plan);
  const all = { ...environment(world, folder, key), ...env };
  const { code, out, err } = await run(line, { env: all, cwd: cwd ?? folder, msMax: MS_MAX });
  rmSync(folder, { recursive: true, force: true });
  expect((out + err).replace(RETIREMENT, "")).toBe("");
  expect(code).toBe(0);
}

type More = Pick<Statement, "differs">;

/** A statement that is a sample for Node, with the vendor's real SDK. */
export function nodeSample(text: string, file: string, more: More = {}): Statement {
  return {
    says: text,
    check: (world) => expectSilent(world, ["node", file], { cwd: SNIPPETS }),
    needs: "node",
    ...more,
  };
}

/** The same for Python. */
export function pythonSample(text: string, file: string, more: More = {}): Statement {
  const check = (world: World) => expectSilent(world, [pythonOrNone() ?? "python3", file], { cwd: SNIPPETS });
  return { says: text, check, needs: "python", ...more };
}
