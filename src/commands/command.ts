import type { Settings } from "../config/settings.ts";

/** What every command gets. */
export interface CommandContext {
  readonly settings: Settings;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What follows the command's name. */
  readonly args: readonly string[];
}

/** Resolves with the exit code; a thrown error's message is shown and the code is 1. */
export type Command = (context: CommandContext) => Promise<number>;

/** Words that are understood but used wrongly. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A line on stdout, written when it returns: `process.exit` drops what `process.stdout.write` left to a slow pipe. */
export function print(text: string): void {
  console.log(text);
}
