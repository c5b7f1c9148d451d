import { startWorker } from "../workers/worker.ts";
import { type Command, UsageError } from "./command.ts";
import { log } from "./log.ts";

/** `quoin worker`: what `quoin serve --workers` starts; it takes its orders from there. */
export const worker: Command = async ({ settings }) => {
  if (!process.send) throw new UsageError("quoin worker is started by quoin serve --workers N; run that.");
  const { take, started } = startWorker({ settings, log, post: (batch) => void process.send?.(batch) });
  process.on("message", take);
  await started;
  return await new Promise<number>(() => undefined);
};
