import { existsSync, readlinkSync } from "node:fs";
import { getPriority, setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import type { Asked, Told } from "./history-messages.ts";
import { openHistoryReader } from "./history-reader.ts";

/** Linux names the thread that looks here. */
const SELF = "/proc/thread-self";
const NICENESS = 10;
const NICENESS_MAX = 19;

/** Where cores are few, requests go before questions. On Linux each thread has a priority; elsewhere it stays as it is. */
function giveWay(): void {
  if (!existsSync(SELF)) return;
  const thread = readlinkSync(SELF).split("/").at(-1);
  setPriority(Number(thread), Math.min(NICENESS_MAX, getPriority(0) + NICENESS));
}

giveWay();

/** The thread that answers questions about the history, one after the other. */
const reader = openHistoryReader(String(workerData));
const port = parentPort;
if (!port) throw new Error("history-worker.ts is a thread of Quoin; it does nothing on its own.");

async function answer({ number, name, args }: Asked): Promise<Told> {
  try {
    const ask = reader[name] as (...args: readonly unknown[]) => Promise<unknown>;
    const tellPart = (part: unknown): void => port?.postMessage({ number, part } satisfies Told);
    return { number, value: await ask(...args, tellPart) };
  } catch (fault) {
    return { number, fault: fault instanceof Error ? fault.message : String(fault) };
  }
}

port.on("message", (asked: Asked | "close") => {
  if (asked === "close") {
    reader.close();
    port.postMessage("closed");
    port.close();
    return;
  }
  void answer(asked).then((told) => port.postMessage(told));
});
