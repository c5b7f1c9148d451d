import type { Log } from "../core/log.ts";
import type { ConversationStore } from "./store.ts";

/** Rows of one deletion: it runs on the loop, between answers. */
const BATCH = 100;
/** Deletions of one sweep; what is left waits for the next. */
const BATCHES_MAX = 50;

async function deleteSome(deleteExpired: (limit: number) => number | Promise<number>): Promise<void> {
  for (let batch = 0; batch < BATCHES_MAX; batch++) {
    if ((await deleteExpired(BATCH)) < BATCH) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** Deletes what has expired, in small pieces with other work between them. Says in the log what went wrong. */
export async function sweepExpired(store: ConversationStore, log: Log): Promise<void> {
  try {
    await deleteSome((limit) => store.deleteExpiredSignatures(limit));
    await deleteSome((limit) => store.deleteExpiredResponses(limit));
    await deleteSome((limit) => store.deleteExpiredTranscripts(limit));
  } catch (cause) {
    log("error", "expired conversations could not be deleted; the next sweep tries again", {
      cause: String(cause),
    });
  }
}
