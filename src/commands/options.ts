import { type ParseArgsConfig, parseArgs } from "node:util";
import { UsageError } from "./command.ts";

export type OptionTypes = Record<string, "string" | "boolean">;

export interface Options {
  readonly words: readonly string[];
  text(name: string): string | undefined;
  flag(name: string): boolean;
  /** @throws UsageError when the option is missing. */
  required(name: string): string;
  number(name: string): number | undefined;
}

/**
 * Reads `--name value` and `--flag` from a command's arguments.
 * @throws UsageError naming what is not understood.
 */
export function readOptions(args: readonly string[], types: OptionTypes): Options {
  const options: NonNullable<ParseArgsConfig["options"]> = {};
  for (const [name, type] of Object.entries(types)) options[name] = { type };
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause));
  }
  const { values, positionals } = parsed;
  const text = (name: string) => (typeof values[name] === "string" ? (values[name] as string) : undefined);
  return {
    words: positionals,
    text,
    flag: (name) => values[name] === true,
    required(name) {
      const value = text(name);
      if (value === undefined) throw new UsageError(`--${name} is missing.`);
      return value;
    },
    number(name) {
      const value = text(name);
      if (value === undefined) return undefined;
      if (!/^\d{1,9}$/.test(value)) throw new UsageError(`--${name} must be a whole number.`);
      return Number(value);
    },
  };
}
