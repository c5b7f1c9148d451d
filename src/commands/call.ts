import { resolve } from "node:path";
import { buildApp } from "../app.ts";
import { CommandError, runOperation } from "../control/operations.ts";
import { callControl } from "../control/socket.ts";
import type { Log } from "../core/log.ts";
import { lockAndOpenHome, readConfigText, resolveNow } from "../home.ts";
import type { CommandContext } from "./command.ts";

const quietLog: Log = (level, message, fields) => {
  if (level === "error") process.stderr.write(`${message} ${JSON.stringify(fields ?? {})}\n`);
};

const TRIES = 20;
const TRY_EVERY_MS = 100;

/** On the store itself, for as long as one operation takes. */
async function callStopped(
  context: CommandContext,
  name: string,
  args: unknown,
): Promise<object | undefined> {
  const home = lockAndOpenHome(context.settings, (cause) => {
    throw cause;
  });
  if (!home) return undefined;
  const { config } = await resolveNow(context.settings, context.env, readConfigText(context.settings));
  const app = await buildApp({ home, settings: context.settings, config, log: quietLog });
  try {
    return await runOperation(app.control, name, args);
  } finally {
    await app.close(0);
  }
}

/**
 * Runs an operation in the running server of this home, or straight on the store when none runs.
 * A server that is just starting, or another command, is waited for.
 */
export async function call(context: CommandContext, name: string, args: unknown): Promise<object> {
  const home = resolve(context.settings.home);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const result = (await callControl(home, name, args)) ?? (await callStopped(context, name, args));
    if (result) return result;
    await Bun.sleep(TRY_EVERY_MS);
  }
  throw new CommandError(`Another process holds ${home} and does not answer; stop it, or set QUOIN_HOME.`);
}
