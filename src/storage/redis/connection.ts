import { RedisClient } from "bun";
import { Deadlines } from "../../base/deadlines.ts";
import type { Log } from "../../core/log.ts";

/** A command that was not answered by then has failed; the deadlines' own tick comes on top. */
const ANSWER_MS = 80;
const TICK_MS = 10;
const CONNECT_MS = 1_000;
const RETRY_MS = 250;
/** The client's own reconnecting waits ever longer, and in the end for ever. */
const CLIENT = { enableOfflineQueue: false, autoReconnect: false, connectionTimeout: CONNECT_MS };
/** A connection that answers nothing for so long is given up: its other end may be gone without a word. */
const SILENT_MS = 1_000;

export interface RedisScript {
  readonly text: string;
  readonly sha: string;
}

/** A script with the name that Redis knows it by. */
export function redisScript(text: string): RedisScript {
  return { text, sha: new Bun.CryptoHasher("sha1").update(text).digest("hex") };
}

/** One connection to Redis or Valkey, made anew whenever it is lost. Commands of one turn of the loop go together. */
export interface RedisConnection {
  /**
   * Runs a script, once. Rejects within 100 ms when the answer does not come: whether it ran is then not known.
   * Without a connection it rejects at once.
   */
  run(script: RedisScript, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
  close(): void;
}

function isUnknownScript(fault: unknown): boolean {
  return fault instanceof Error && fault.message.includes("NOSCRIPT");
}

interface Link {
  readonly client: RedisClient;
  /** Settles when the connection stands, or cannot be made. */
  readonly ready: Promise<void>;
}

async function evaluate(link: Link, { sha, text }: RedisScript, rest: readonly string[]): Promise<unknown> {
  const { client } = link;
  if (!client.connected) await link.ready;
  try {
    return await client.send("EVALSHA", [sha, ...rest]);
  } catch (fault) {
    // A script that is not known did not run, so this repeats nothing.
    if (isUnknownScript(fault)) return await client.send("EVAL", [text, ...rest]);
    throw fault;
  }
}

interface Ends {
  onAnswer(): void;
  onLate(): void;
}

/** The work's own end, or a rejection when that takes longer than `answerMs`. */
function inTime<Result>(
  deadlines: Deadlines,
  answerMs: number,
  work: Promise<Result>,
  ends: Ends,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const late = () => {
      ends.onLate();
      reject(new Error(`Redis did not answer within ${answerMs} ms`));
    };
    // Behind what the socket has: after a pause of this process the answer may lie there.
    const deadline = deadlines.start(answerMs, { onLate: () => void setImmediate(late) });
    work.then(
      (result) => {
        deadline.stop();
        ends.onAnswer();
        resolve(result);
      },
      (fault) => {
        deadline.stop();
        reject(fault);
      },
    );
  });
}

interface RedisOptions {
  /** How long a command may take; tests on a busy machine have more time. */
  readonly answerMs?: number;
  /** A connection is lost: the next may be to a Redis that has forgotten all. */
  readonly onLost?: () => void;
}

const OUT_OF_REACH = "Redis is out of reach; requests with limits are refused until it answers";

/**
 * Connects at the first command, so that whoever sends none needs no Redis.
 * @param url `redis://`, `rediss://`, `valkey://`, `valkeys://`; may hold a password, is never logged
 */
export function connectRedis(url: string, log: Log, options: RedisOptions = {}): RedisConnection {
  const { answerMs = ANSWER_MS, onLost } = options;
  const deadlines = new Deadlines(TICK_MS);
  let closed = false;
  let away = false;
  let link: Link | undefined;
  let reopening: ReturnType<typeof setTimeout> | undefined;
  let silentSinceMs: number | undefined;

  function open(): Link {
    const client = new RedisClient(url, CLIENT);
    const made: Link = { client, ready: client.connect() };
    link = made;
    client.onclose = (cause) => lost(made, cause);
    made.ready.then(
      () => found(made),
      (cause) => lost(made, cause),
    );
    return made;
  }

  function found(made: Link): void {
    if (made !== link || !away) return;
    away = false;
    log("warn", "Redis answers again; limits are counted");
  }

  /** Told of one link at most once, whichever of its ends comes first. */
  function lost(made: Link, cause: unknown): void {
    if (closed || made !== link) return;
    link = undefined;
    silentSinceMs = undefined;
    onLost?.();
    if (!away) log("error", OUT_OF_REACH, { cause: String(cause) });
    away = true;
    reopening = setTimeout(() => {
      reopening = undefined;
      open();
    }, RETRY_MS);
    reopening.unref();
  }

  function unanswered(made: Link): void {
    if (made !== link) return;
    const nowMs = performance.now();
    silentSinceMs ??= nowMs;
    if (nowMs - silentSinceMs < SILENT_MS) return;
    lost(made, new Error(`no answer for ${SILENT_MS} ms`));
    made.client.close();
  }

  return {
    run(script, keys, args) {
      if (closed || reopening) return Promise.reject(new Error("Redis is out of reach"));
      const made = link ?? open();
      const work = evaluate(made, script, [String(keys.length), ...keys, ...args.map(String)]);
      return inTime(deadlines, answerMs, work, {
        onAnswer() {
          silentSinceMs = undefined;
        },
        onLate: () => unanswered(made),
      });
    },
    close() {
      closed = true;
      clearTimeout(reopening);
      link?.client.close();
    },
  };
}
