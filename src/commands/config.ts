import { existsSync } from "node:fs";
import { join } from "node:path";
import { countOf } from "../base/count-of.ts";
import { configView } from "../config/config-view.ts";
import { readConfigText, resolveNow } from "../home.ts";
import { call } from "./call.ts";
import { type Command, type CommandContext, print, UsageError } from "./command.ts";
import { readOptions } from "./options.ts";

/** With what was declared in the console; undefined where nothing was kept yet, and nothing need be made to look. */
async function printedView(context: CommandContext): Promise<unknown> {
  const { home, databaseUrl } = context.settings;
  if (databaseUrl === undefined && !existsSync(join(home, "quoin.db"))) return undefined;
  const answer = await call(context, "config.print", {});
  return "config" in answer ? answer.config : undefined;
}

/** `quoin config check` reads quoin.yaml and says what is wrong; `print` shows what is in force. */
export const config: Command = async (context) => {
  const [word, ...rest] = context.args;
  if (word !== "print" && word !== "check") throw new UsageError("quoin config takes one of: print, check.");
  const options = readOptions(rest, { json: "boolean" });
  const text = readConfigText(context.settings);
  const { config: resolved, found } = await resolveNow(context.settings, context.env, text);
  const counts = {
    upstreams: resolved.upstreams.length,
    models: resolved.models.length,
    plans: resolved.plans.length,
  };
  if (word === "check") {
    const where =
      text === undefined ? "No quoin.yaml; what was found around it" : context.settings.configFile;
    const summary = `${where} is fine: ${countOf(counts.upstreams, "upstream")}, ${countOf(counts.models, "model")}, ${countOf(counts.plans, "plan")}.`;
    const notes = found?.notes ?? [];
    print(
      options.flag("json") ? JSON.stringify({ ok: true, ...counts, notes }) : [summary, ...notes].join("\n"),
    );
    return 0;
  }
  const view = (await printedView(context)) ?? configView(resolved);
  print(JSON.stringify(view, null, options.flag("json") ? undefined : 2));
  return 0;
};
