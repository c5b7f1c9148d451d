import { resolve } from "node:path";
import { callControl } from "../control/socket.ts";
import type { CommandContext } from "./command.ts";

/** Something declared in the console, and why it is not in force; empty: it is. */
export interface DeclaredRow {
  readonly kind: string;
  readonly id: string;
  readonly problems: readonly { readonly field: string; readonly message: string }[];
}

/**
 * What was declared in the console, as the running server has it. Undefined where none runs on this home: a look must not
 * open the store, which brings it to this version.
 */
export async function declaredRows({
  settings,
}: CommandContext): Promise<readonly DeclaredRow[] | undefined> {
  const answer = await callControl(resolve(settings.home), "config.declared", {});
  return answer && (answer as { declared: readonly DeclaredRow[] }).declared;
}

/** A line for each thing that is not in force. */
export function leftOutLines(rows: readonly DeclaredRow[]): string[] {
  return rows.flatMap(({ kind, id, problems }) =>
    problems.map(({ field, message }) => `${kind} ${id}: ${field === "" ? "" : `${field}: `}${message}`),
  );
}
