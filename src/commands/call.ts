import { resolve } from "node:path";
import { buildApp } from "../app.ts";
import { CommandError } from "../control/operation.ts";
import { runOperation } from "../control/operations.ts";
import { callControl } from "../control/socket.ts";
import type { Log } from "../core/log.ts";
import { lockAndOpenHome, readConfigText, resolveNow } from "../home.ts";
import type { CommandContext } from "./command.ts";

const quietLog: Log = (level, message, fields) => {
  if (level === "error") process.stderr.write(`${message} ${JSON.stringify(fields ?? {})}\n`);
};

/** Five seconds: several commands at once on a stopped home take their turns. */
const TRIES = 50;
const TRY_EVERY_MS = 100;

/** On the store itself, for as long as one operation takes. */
async function callStopped(
  context: CommandContext,
  name: string,
  args: unknown,
): Promise<object | undefined> {
  const home = await lockAndOpenHome(context.settings, (cause) => {
    throw cause;
  });
  if (!home) return undefined;
  const { settings } = context;
  const { config, discovered, lines } = await resolveNow(settings, context.env, readConfigText(settings));
  const app = await buildApp({ home, settings, config, discovered, lines, log: quietLog });
  try {
    return await runOperation(app.control, name, args);
  } finally {
    await app.close(0);
  }
}

/**
 * Repeats `attempt` until it answers: a server that is just starting or stopping, or another command,
 * holds the home for a moment and cannot be asked.
 * @throws CommandError when that takes too long.
 */
export async function untilHomeIsReached<Result>(
  home: string,
  attempt: () => Promise<Result | undefined>,
): Promise<Result> {
  for (let tries = 0; tries < TRIES; tries++) {
    const result = await attempt();
    if (result !== undefined) return result;
    await Bun.sleep(TRY_EVERY_MS);
  }
  throw new CommandError(`Another process holds ${home} and does not answer; stop it, or set QUOIN_HOME.`);
}

/** Runs an operation in the running server of this home, or straight on the store when none runs. */
export function call(context: CommandContext, name: string, args: unknown): Promise<object> {
  const home = resolve(context.settings.home);
  return untilHomeIsReached(
    home,
    async () => (await callControl(home, name, args)) ?? (await callStopped(context, name, args)),
  );
}
