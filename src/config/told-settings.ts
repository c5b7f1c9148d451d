import { type Environment, textOf } from "./setting-error.ts";
import type { SettingRow } from "./setting-row.ts";
import { SETTINGS } from "./setting-rows.ts";

/** A variable of the environment as operators may see it. */
export interface ToldSetting extends SettingRow {
  /** Whether the environment has it; the default holds otherwise. */
  readonly isSet: boolean;
  /** What it is set to; undefined where it is not, and where that may be a secret. */
  readonly value: string | undefined;
  /** Of the command line, which said the value and counts before the environment; undefined: none did. */
  readonly option: string | undefined;
}

/** Texts may be secrets; addresses hold passwords before their host, and tokens behind it. */
function shownOf({ unit }: SettingRow, text: string): string | undefined {
  if (unit.startsWith("text")) return undefined;
  if (unit !== "address") return text;
  if (!URL.canParse(text)) return undefined;
  const { protocol, host } = new URL(text);
  return `${protocol}//${host}`;
}

/** Every variable that Quoin reads, and what it is set to, without secrets. */
export function tellSettings(env: Environment): ToldSetting[] {
  return SETTINGS.map((row) => {
    const text = textOf(env, row.variable);
    const value = text === undefined ? undefined : shownOf(row, text);
    return { ...row, isSet: text !== undefined, value, option: undefined };
  });
}

/** The same where an option of the command line said what one of them is. */
export function withOption(
  told: readonly ToldSetting[],
  variable: string,
  said: Pick<ToldSetting, "value" | "option">,
): ToldSetting[] {
  return told.map((one) => (one.variable === variable ? { ...one, ...said } : one));
}
