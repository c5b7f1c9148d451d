import type { Awaitable } from "../base/awaitable.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../core/log.ts";
import type { PromptRule, Transcript } from "../core/transcript.ts";
import type { TranscriptStore } from "./store.ts";
import { writeQueue } from "./write-queue.ts";

export type NewTranscript = Omit<Transcript, "expiresAt">;

/** What one request that runs may hold. */
export interface TranscriptRoom {
  /** For so many bytes more; false: there is none. */
  grow(bytes: number): boolean;
  leave(): void;
}

/** What requests said and were answered, for keys that ask for it. Nothing waits for any of it. */
export interface Transcripts {
  /** Room for the bytes of one more request while it runs; undefined: there is none, and it is not kept. */
  admit(bytes: number): TranscriptRoom | undefined;
  /** Kept within moments, unless the operator or the account forbids it. */
  put(transcript: NewTranscript): void;
  find(accountId: string, requestId: string): Promise<Transcript | undefined>;
  /** False where there is none. */
  delete(accountId: string, requestId: string): Promise<boolean>;
  /** All of an account, or of one key of it. Answers how many. */
  deleteAll(accountId: string, keyId: string | undefined): Promise<number>;
  flush(): Promise<boolean>;
}

export interface TranscriptsOptions {
  readonly store: TranscriptStore;
  readonly clock: Clock;
  readonly log: Log;
  /** What the operator says now. */
  readonly operator: () => { readonly keep: boolean; readonly days: number };
  readonly ruleOf: (accountId: string) => Awaitable<PromptRule>;
}

/** Of all requests that run and are to be kept: bodies and answers, until they are written. */
const RUNNING_BYTES_MAX = 64 * 1024 * 1024;
const DAY_MS = 86_400_000;
/** Losses are said at most this often. */
const SAID_EVERY_MS = 60_000;

const keyOf = (accountId: string, requestId: string): string => `${accountId} ${requestId}`;

/** Days that an account's prompts are kept: its own wish within the operator's bound; 0: they are not. */
export function promptDays(
  operator: { readonly keep: boolean; readonly days: number },
  { forbidden, days }: PromptRule,
): number {
  if (!operator.keep || forbidden) return 0;
  return Math.min(days ?? operator.days, operator.days);
}

/** Memory for requests that run, bounded over all of them. */
function roomsFor({ clock, log }: Pick<TranscriptsOptions, "clock" | "log">): Transcripts["admit"] {
  let runningBytes = 0;
  let saidAt = Number.NEGATIVE_INFINITY;
  function take(bytes: number): boolean {
    if (runningBytes + bytes > RUNNING_BYTES_MAX) return false;
    runningBytes += bytes;
    return true;
  }
  function sayLost(): void {
    if (clock.now() - saidAt < SAID_EVERY_MS) return;
    saidAt = clock.now();
    log("warn", "prompts of some requests are not kept: those that run now fill the memory set aside for it");
  }
  return (bytes) => {
    if (!take(bytes)) {
      sayLost();
      return undefined;
    }
    let held = bytes;
    return {
      grow(more) {
        if (!take(more)) return false;
        held += more;
        return true;
      },
      leave() {
        runningBytes -= held;
        held = 0;
      },
    };
  };
}

export function keptTranscripts(options: TranscriptsOptions): Transcripts {
  const { store, log, operator, ruleOf } = options;
  const putting = new Set<Promise<void>>();
  const queue = writeQueue<Transcript>({
    what: "prompts",
    write: (transcripts) => store.putTranscripts(transcripts),
    bytesOf: (transcript) => JSON.stringify(transcript).length,
    log,
  });

  async function keep(transcript: NewTranscript): Promise<void> {
    const days = promptDays(operator(), await ruleOf(transcript.accountId));
    if (days <= 0) return;
    const expiresAt = transcript.at + days * DAY_MS;
    queue.put(keyOf(transcript.accountId, transcript.requestId), { ...transcript, expiresAt });
  }

  async function flush(): Promise<boolean> {
    await Promise.all(putting);
    return queue.flush();
  }

  return {
    admit: roomsFor(options),
    put(transcript) {
      const done = keep(transcript)
        .catch((cause: unknown) => {
          log("error", "a prompt could not be kept", { request: transcript.requestId, cause: String(cause) });
        })
        .finally(() => putting.delete(done));
      putting.add(done);
    },
    async find(accountId, requestId) {
      await flush();
      return await store.findTranscript(accountId, requestId);
    },
    async delete(accountId, requestId) {
      await flush();
      return await store.deleteTranscript(accountId, requestId);
    },
    async deleteAll(accountId, keyId) {
      await flush();
      return await store.deleteTranscripts(accountId, keyId);
    },
    flush,
  };
}
