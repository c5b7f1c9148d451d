import { existsSync } from "node:fs";
import { join } from "node:path";
import { countOf } from "../base/count-of.ts";
import { configView } from "../config/config-view.ts";
import { readConfigText, resolveNow } from "../home.ts";
import { call } from "./call.ts";
import { type Command, type CommandContext, print, UsageError } from "./command.ts";
import { type DeclaredRow, declaredRows, leftOutLines } from "./declared-rows.ts";
import { readOptions } from "./options.ts";

/** Whether anything may have been declared in the console. */
function hasStore({ settings: { home, databaseUrl } }: CommandContext): boolean {
  return databaseUrl !== undefined || existsSync(join(home, "quoin.db"));
}

/** With what was declared in the console; undefined where nothing was kept yet, and nothing need be made to look. */
async function printedView(context: CommandContext): Promise<unknown> {
  if (!hasStore(context)) return undefined;
  const answer = await call(context, "config.print", {});
  return "config" in answer ? answer.config : undefined;
}

function consoleNotes(context: CommandContext, rows: readonly DeclaredRow[] | undefined): string[] {
  if (rows === undefined && !hasStore(context)) return [];
  if (rows === undefined)
    return ["No server runs on this home: what was declared in the console is not looked at."];
  if (rows.length === 0) return [];
  const left = leftOutLines(rows).map((line) => `Not in force: ${line}`);
  return [`Declared in the console besides: ${countOf(rows.length, "row")}.`, ...left];
}

async function check(context: CommandContext, json: boolean): Promise<number> {
  const text = readConfigText(context.settings);
  const { config: resolved, found } = await resolveNow(context.settings, context.env, text);
  const counts = {
    upstreams: resolved.upstreams.length,
    models: resolved.models.length,
    plans: resolved.plans.length,
  };
  const where = text === undefined ? "No quoin.yaml; what was found around it" : context.settings.configFile;
  const summary = `${where} is fine: ${countOf(counts.upstreams, "upstream")}, ${countOf(counts.models, "model")}, ${countOf(counts.plans, "plan")}.`;
  const rows = await declaredRows(context);
  const notes = [...(found?.notes ?? []), ...consoleNotes(context, rows)];
  const ok = (rows ?? []).every(({ problems }) => problems.length === 0);
  print(
    json ? JSON.stringify({ ok, ...counts, declared: rows ?? null, notes }) : [summary, ...notes].join("\n"),
  );
  return ok ? 0 : 1;
}

/**
 * `quoin config check` reads quoin.yaml and what was declared in the console, and says what is wrong; `print` shows what
 * is in force. Exit code 1 where something declared is not in force.
 */
export const config: Command = async (context) => {
  const [word, ...rest] = context.args;
  if (word !== "print" && word !== "check") throw new UsageError("quoin config takes one of: print, check.");
  const options = readOptions(rest, { json: "boolean" });
  if (word === "check") return await check(context, options.flag("json"));
  const text = readConfigText(context.settings);
  const { config: resolved } = await resolveNow(context.settings, context.env, text);
  const view = (await printedView(context)) ?? configView(resolved);
  print(JSON.stringify(view, null, options.flag("json") ? undefined : 2));
  return 0;
};
