import { callControl } from "../control/socket.ts";
import { lockAndOpenHome } from "../home.ts";
import { untilHomeIsReached } from "./call.ts";
import type { CommandContext } from "./command.ts";

/** Opens the home, which replays its journal, and closes it; undefined when another process has it. */
async function openOnce(context: CommandContext): Promise<true | undefined> {
  const home = await lockAndOpenHome(context.settings, (cause) => {
    throw cause;
  });
  await home?.close();
  return home && true;
}

/** Brings every acknowledged charge into the tables: by the running server, or by opening the home once. */
export async function flushHome(context: CommandContext, home: string): Promise<void> {
  await untilHomeIsReached(
    home,
    async () => (await callControl(home, "flush", {})) ?? (await openOnce(context)),
  );
}
