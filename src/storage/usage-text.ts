import type { Usage } from "../core/usage.ts";

/** A usage as JSON, only the kinds that are not zero; read it over NO_USAGE. */
export function usageText(usage: Usage): string {
  let text = "";
  for (const kind in usage) {
    const units = usage[kind as keyof Usage];
    if (units !== 0) text += `${text === "" ? "" : ","}"${kind}":${units}`;
  }
  return `{${text}}`;
}
