import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { FileJob, Job } from "./job.ts";
import type { Shell } from "./line-edit.ts";

/** The machine as far as setup looks at it. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
}

/** A sentence for the person; nothing was touched. */
export class SetupError extends Error {
  override readonly name = "SetupError";
}

export function homeOf({ env, platform }: World): string {
  const home = env.HOME || (platform === "win32" ? env.USERPROFILE : undefined);
  if (!home) throw new SetupError("HOME is not set; set it to your home folder.");
  return home;
}

/** `~/x` and `$NAME|~/x|/y` (the variable, or else) as paths of this person. */
export function expandPath(path: string, world: World): string {
  const match = /^\$(\w+)\|([^|]*)\|(.*)$/.exec(path);
  const text = match ? (world.env[match[1] ?? ""] || match[2] || "") + (match[3] ?? "") : path;
  return text.startsWith("~/") ? join(homeOf(world), text.slice(2)) : text;
}

/** The start file of the person's shell, and how that shell assigns. */
export function profileOf(world: World): { path: string; shell: Shell } {
  const shell = (world.env.SHELL ?? "").split("/").at(-1);
  const at = (path: string) => expandPath(path, world);
  if (shell === "fish") return { path: at("$XDG_CONFIG_HOME|~/.config|/fish/config.fish"), shell: "fish" };
  if (shell === "zsh") return { path: at("$ZDOTDIR|~|/.zshrc"), shell: "posix" };
  const bash = world.platform === "darwin" ? "~/.bash_profile" : "~/.bashrc";
  return { path: at(shell === "bash" ? bash : "~/.profile"), shell: "posix" };
}

/** Where a file of the job lies: the first candidate that exists, through links, or the first. */
export function locate(file: FileJob, world: World): string {
  const candidates =
    file.format === "profile"
      ? [profileOf(world).path]
      : ((world.platform === "win32" ? file.windows : undefined) ?? file.paths).map((path) =>
          expandPath(path, world),
        );
  const found = candidates.find((path) => existsSync(path)) ?? candidates[0] ?? "";
  return existsSync(found) ? realpathSync(found) : found;
}

/** A file's text, byte order mark included; undefined: there is none. @throws SetupError where it is no UTF-8. */
export function readText(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
  } catch (cause) {
    if (
      (cause as { code?: unknown }).code !== "ERR_ENCODING_INVALID_ENCODED_DATA" &&
      !(cause instanceof TypeError)
    )
      throw cause;
    throw new SetupError(`${path} is not UTF-8; save it as UTF-8 and run this again. Nothing was changed.`);
  }
}

/** Where it is written down what setup did for a client. */
export function recordPath(job: Job, world: World): string {
  return join(homeOf(world), `.${job.slug}-setup`, `${job.client}.tsv`);
}
