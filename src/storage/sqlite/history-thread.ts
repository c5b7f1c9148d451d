import { Worker } from "node:worker_threads";
import type { Asked, Question, Told } from "./history-messages.ts";
import type { HistoryReader } from "./history-reader.ts";

interface Waiter extends PromiseWithResolvers<unknown> {
  readonly onPart?: ((part: never) => void) | undefined;
}

type Waiting = Map<number, Waiter>;

interface Thread {
  readonly worker: Worker;
  readonly waiting: Waiting;
  readonly closed: Promise<void>;
}

function settle(waiting: Waiting, { number, part, value, fault }: Told): void {
  const promise = waiting.get(number);
  if (part !== undefined) {
    promise?.onPart?.(part as never);
    return;
  }
  waiting.delete(number);
  if (fault === undefined) promise?.resolve(value);
  else promise?.reject(new Error(`the history could not be read: ${fault}`));
}

function startThread(folder: string, onEnd: () => void): Thread {
  const worker = new Worker(new URL("./history-worker.ts", import.meta.url), { workerData: folder });
  const waiting: Waiting = new Map();
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  function end(fault: string): void {
    for (const number of [...waiting.keys()]) settle(waiting, { number, fault });
    onEnd();
    resolve();
  }
  worker.on("message", (told: Told | "closed") => {
    if (told === "closed") end("it is closed");
    else settle(waiting, told);
  });
  worker.on("error", (fault) => end(fault instanceof Error ? fault.message : String(fault)));
  worker.on("exit", () => end("its thread ended"));
  // Nobody waits for a thread that nobody asks.
  worker.unref();
  return { worker, waiting, closed };
}

export type HistoryThread = Omit<HistoryReader, "close"> & { close(): Promise<void> };

/** A reader of the history in a thread of its own, begun with the first question, and anew where it broke. */
export function historyThread(folder: string): HistoryThread {
  let thread: Thread | undefined;
  let number = 0;

  function ask<Value>(name: Question, ...args: readonly unknown[]): Promise<Value> {
    return send(name, args);
  }

  function send<Value>(
    name: Question,
    args: readonly unknown[],
    onPart?: (part: never) => void,
  ): Promise<Value> {
    thread ??= startThread(folder, () => {
      thread = undefined;
    });
    const promise = Promise.withResolvers<unknown>();
    thread.waiting.set(++number, { ...promise, onPart });
    thread.worker.postMessage({ number, name, args } satisfies Asked);
    return promise.promise as Promise<Value>;
  }

  return {
    searchRequests: (search) => ask("searchRequests", search),
    findRequest: (id) => ask("findRequest", id),
    usageOver: (asked) => ask("usageOver", asked),
    usageParts: (asked, visit) => send("usageParts", [asked], visit),
    activeAccounts: (asked) => ask("activeAccounts", asked),
    lastUsed: (keyIds) => ask("lastUsed", keyIds),
    size: () => ask("size"),
    merge: () => ask("merge"),
    async close() {
      const open = thread;
      if (!open) return;
      open.worker.postMessage("close");
      await open.closed;
    },
  };
}
