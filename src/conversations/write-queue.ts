import type { Log } from "../core/log.ts";

export interface WriteQueueOptions<Item> {
  /** What the items are, in the plural, for the log. */
  readonly what: string;
  /** All of the items or none. */
  readonly write: (items: readonly Item[]) => void | Promise<void>;
  readonly bytesOf: (item: Item) => number;
  readonly log: Log;
}

/** Writes behind the answers: what waits is found at once, by its key. */
export interface WriteQueue<Item> {
  put(key: string, item: Item): void;
  find(key: string): Item | undefined;
  /** True when all that waited is written; false when the store did not take it, which is tried again. */
  flush(): Promise<boolean>;
}

/** The hot path does not wait for it, and the next turn of a conversation comes much later. */
const FLUSH_MS = 10;
const RETRY_MS = 500;
/** Rows of one transaction: it runs on the loop. */
const BATCH_MAX = 200;
/** Past this the oldest are given up, loudly. */
const WAITING_BYTES_MAX = 64 * 1024 * 1024;

export function writeQueue<Item>({ what, write, bytesOf, log }: WriteQueueOptions<Item>): WriteQueue<Item> {
  const waiting = new Map<string, { readonly item: Item; readonly bytes: number }>();
  let waitingBytes = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<boolean> | undefined;

  function forget(key: string): void {
    waitingBytes -= waiting.get(key)?.bytes ?? 0;
    waiting.delete(key);
  }

  function giveUpOldest(): void {
    const before = waiting.size;
    for (const key of waiting.keys()) {
      if (waitingBytes <= WAITING_BYTES_MAX) break;
      forget(key);
    }
    if (waiting.size < before) {
      log("error", `${before - waiting.size} ${what} were given up because their store stays away`);
    }
  }

  function later(ms: number): void {
    timer ??= setTimeout(() => void flush(), ms);
  }

  /** One batch after the other until nothing waits or the store refuses. */
  async function drain(): Promise<boolean> {
    while (waiting.size > 0) {
      const batch = [...waiting.entries().take(BATCH_MAX)];
      try {
        await write(batch.map(([, { item }]) => item));
      } catch (cause) {
        log("error", `${what} could not be stored; they are tried again`, { cause: String(cause) });
        later(RETRY_MS);
        return false;
      }
      // What was put anew while the store wrote waits on.
      for (const [key, row] of batch) if (waiting.get(key) === row) forget(key);
    }
    return true;
  }

  async function flush(): Promise<boolean> {
    clearTimeout(timer);
    timer = undefined;
    for (;;) {
      running ??= drain().finally(() => {
        running = undefined;
      });
      const stored = await running;
      if (!stored || waiting.size === 0) return stored;
    }
  }

  return {
    put(key, item) {
      forget(key);
      const bytes = bytesOf(item);
      waiting.set(key, { item, bytes });
      waitingBytes += bytes;
      if (waitingBytes > WAITING_BYTES_MAX) giveUpOldest();
      later(FLUSH_MS);
    },
    find: (key) => waiting.get(key)?.item,
    flush,
  };
}
