/** Installs a client into a folder of its own, in the version that this folder pins. */
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CLIENTS_FOLDER, type Source } from "./client.ts";
import pinned from "./compatibility-package.json" with { type: "json" };

const INSTALL_MS_MAX = 600_000;
const REFUSAL_CHARS_MAX = 240;
const requirements = await readFile(join(import.meta.dir, "compatibility-requirements.txt"), "utf8");

/** What became of an installation: the first package's version, or the installer's own words. */
export type Installed =
  | { readonly version: string; readonly all: readonly string[] }
  | { readonly refusal: string };

function npmPins(packages: readonly string[]): readonly string[] {
  const versions: Readonly<Record<string, string>> = pinned.dependencies;
  return packages.map((name) => `${name}@${versions[name] ?? "latest"}`);
}

function pipPins(packages: readonly string[]): readonly string[] {
  const lines = requirements.split("\n");
  return packages.map((name) => lines.find((line) => line.startsWith(`${name}==`)) ?? name);
}

/** The packages of a source with the versions that are installed. */
export function pinsOf(source: Source): readonly string[] {
  if (source.by === "command") return [];
  return (source.by === "npm" ? npmPins : pipPins)(source.packages);
}

async function succeed(line: readonly string[], cwd: string): Promise<string | undefined> {
  const env = {
    ...process.env,
    PATH: `${join(CLIENTS_FOLDER, "node/node_modules/.bin")}:${process.env.PATH}`,
  };
  const child = Bun.spawn([...line], { cwd, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const timer = setTimeout(() => child.kill("SIGKILL"), INSTALL_MS_MAX);
  const shown = await Promise.all([new Response(child.stderr).text(), new Response(child.stdout).text()]);
  const code = await child.exited;
  clearTimeout(timer);
  return code === 0 ? undefined : errorLines(shown.join("\n"));
}

/** The lines that say what went wrong; those of where its log lies tell nobody else anything. */
function errorLines(shown: string): string {
  const lines = shown.split("\n").filter((line) => line.trim() !== "");
  const errors = lines.filter(
    (line) => /err/i.test(line) && !/complete log|npm error (?:path|command|code)|warn/i.test(line),
  );
  return (errors.length > 0 ? errors : lines).slice(0, 3).join(" · ").slice(0, REFUSAL_CHARS_MAX);
}

function linesOf(source: Source, folder: string): readonly (readonly string[])[] {
  if (source.by === "command") return [source.line];
  if (source.by === "pip") {
    const pip = [join(folder, "bin/pip"), "install", "--quiet", "--disable-pip-version-check"];
    return [
      ["python3", "-m", "venv", folder],
      [...pip, ...pipPins(source.packages)],
    ];
  }
  const quiet = ["--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"];
  const scripts = source.runsScripts ? [] : ["--ignore-scripts"];
  return [["npm", "install", "--prefix", folder, ...quiet, ...scripts, ...npmPins(source.packages)]];
}

/** Installs what is not there yet in these versions. */
export async function install(id: string, source: Source): Promise<Installed> {
  const folder = join(CLIENTS_FOLDER, id);
  const all = pinsOf(source);
  const installed = { version: all[0]?.split(/==|(?<=.)@/).at(-1) ?? "", all };
  const mark = join(folder, "installed.txt");
  if (all.length > 0 && (await readFile(mark, "utf8").catch(() => "")) === all.join("\n")) return installed;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  if (source.by === "npm") await writeFile(join(folder, "package.json"), '{"private":true}');
  for (const line of linesOf(source, folder)) {
    const refusal = await succeed(line, folder);
    if (refusal !== undefined) return { refusal: refusal.replaceAll(folder, "…") };
  }
  await writeFile(mark, all.join("\n"));
  return installed;
}

/** The scripts lie beside the packages that they import. */
export async function copyScripts(id: string): Promise<void> {
  await cp(join(import.meta.dir, "scripts"), join(CLIENTS_FOLDER, id, "scripts"), { recursive: true });
}
