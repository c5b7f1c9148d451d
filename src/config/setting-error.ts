import type { SettingName } from "./setting-rows.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting cannot be used; the message names the variable and the mend. */
export class SettingError extends Error {
  readonly variable: SettingName;

  constructor(variable: SettingName, message: string) {
    super(`${variable} ${message}`);
    this.name = "SettingError";
    this.variable = variable;
  }
}

/** The value without the space around it; an empty variable counts as unset. */
export function textOf(env: Environment, variable: SettingName): string | undefined {
  const text = env[variable]?.trim();
  return text === "" ? undefined : text;
}
