import type { Awaitable } from "../base/awaitable.ts";
import type { Log } from "../core/log.ts";
import type { RequestRecord } from "../core/request-record.ts";
import type { LiveTail } from "./live-tail.ts";

export interface ListFilter {
  readonly accountId?: string;
  /** Newest first, at most this many. */
  readonly limit: number;
}

/** Where request records are kept, all of a batch or none. */
export interface HistoryStore {
  insert(records: readonly RequestRecord[]): Awaitable<void>;
  list(filter: ListFilter): Awaitable<RequestRecord[]>;
  find(id: string): Awaitable<RequestRecord | undefined>;
  /** The record of the answer with this id, if it was given to this account. */
  findAnswer(accountId: string, answerId: string): Awaitable<RequestRecord | undefined>;
}

export interface Recorder {
  /** Queues a record; it is stored within `flushMs`. */
  record(record: RequestRecord): void;
  flush(): Promise<void>;
}

/** Short: records that wait survive garbage collections, and that costs more than smaller groups. */
const FLUSH_MS = 50;
const BATCH_MAX = 1_000;
/** Past this many unwritten records the oldest are given up, loudly: charges are elsewhere. */
const QUEUE_MAX = 100_000;

/** Request records in groups behind the answers. */
export function batchedRecorder(store: Pick<HistoryStore, "insert">, log: Log, tail?: LiveTail): Recorder {
  let queue: RequestRecord[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: Promise<void> | undefined;

  /** @returns whether the store has them */
  async function write(batch: readonly RequestRecord[]): Promise<boolean> {
    try {
      await store.insert(batch);
    } catch (cause) {
      log("error", "request records could not be stored; they are tried again", { cause: String(cause) });
      return false;
    }
    // Only now: who sees a request live may open it at once.
    if (tail) for (const record of batch) tail.tell(record);
    return true;
  }

  async function writeAll(): Promise<void> {
    try {
      while (queue.length > 0) {
        const batch = queue.slice(0, BATCH_MAX);
        if (await write(batch)) {
          queue = queue.slice(batch.length);
          continue;
        }
        if (queue.length > QUEUE_MAX) {
          queue = queue.slice(-QUEUE_MAX);
          log("error", "request records were given up because the history store stays away", {});
        }
        timer ??= setTimeout(flush, FLUSH_MS * 4);
        return;
      }
    } finally {
      writing = undefined;
    }
  }

  /** One at a time: of two that write, the later would take away what the earlier has not written. */
  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    if (queue.length > 0) writing ??= writeAll();
    await writing;
  }

  return {
    record(record) {
      queue.push(record);
      timer ??= setTimeout(flush, FLUSH_MS);
    },
    flush,
  };
}
