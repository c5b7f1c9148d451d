import { type Calls, callsOver } from "../base/calls.ts";
import type { Log } from "../core/log.ts";
import type { Notice } from "../storage/postgres/notices.ts";
import { answersFor, type ParentParts } from "./answer-worker.ts";
import type { Beginning } from "./beginning.ts";
import { watchLife } from "./watch-life.ts";

/** One that does not answer in time is not waited for: what it was told, it does later. */
const ANSWER_WAIT_MS = 1_000;
/** Between the end of a worker and the start of the next; doubled while they end soon. */
const RESTART_MS = 100;
const RESTART_MS_MAX = 10_000;
const LIVED_MS = 30_000;
/** Beyond what running requests are given: to write down and go. */
const END_MS = 10_000;

export interface SeatOptions {
  /** From 1 on. */
  readonly id: number;
  /** Starts a worker, which speaks over its channel. */
  readonly command: readonly string[];
  /** One that gives no sign of life for so long is killed. */
  readonly silenceMs: number;
  readonly log: Log;
  readonly parts: ParentParts;
  /** What a worker is told that begins now. */
  readonly beginning: () => Beginning;
  /** Tells the other workers, and this process. */
  readonly tellOthers: (notice: Notice) => void;
}

/** A worker's place, over the processes that take it one after the other. */
export interface Seat {
  readonly id: number;
  readonly pid: number;
  readonly restarts: number;
  /** How the one before ended; undefined where there was none. */
  readonly lastEnd: string | undefined;
  /** Resolves when its first worker takes requests. @throws Error where that ends before */
  readonly ready: Promise<void>;
  /** What the worker answers in time; `otherwise` where it does not. */
  ask<Result>(otherwise: Result, name: string, ...args: readonly unknown[]): Promise<Result>;
  /** Resolves when it has ended; running requests may take `ms`. */
  stop(ms: number): Promise<void>;
}

interface Life {
  readonly calls: Calls;
  readonly child: Bun.Subprocess;
  readonly ended: Promise<void>;
  /** Whether it was killed for giving no sign of life. */
  readonly wasSilent: () => boolean;
}

function environment(): Record<string, string | undefined> {
  // Of the launcher's pipe, which is this process's own.
  const { QUOIN_PARENT_FD: _, ...env } = process.env;
  return env;
}

/** One process, from its start to when nothing of it is left. */
function startLife(
  { id, command, silenceMs, log, parts, beginning, tellOthers }: SeatOptions,
  onReady: () => void,
): Life {
  // The home's own node is the first.
  const answers = answersFor(parts, id + 1, tellOthers);
  const calls = callsOver({
    post: (batch) => void child.send(batch),
    answer(name, args) {
      if (name === "begin") return beginning();
      return name === "ready" ? onReady() : answers.answer(name, args);
    },
  });
  const child = Bun.spawn([...command], {
    env: environment(),
    stdio: ["ignore", "inherit", "inherit"],
    serialization: "advanced",
    ipc: (batch) => calls.take(batch),
  });
  let wasSilent = false;
  const endWatch = watchLife(
    () => calls.ask("beat"),
    silenceMs,
    () => {
      wasSilent = true;
      log("error", "a worker gives no sign of life and is killed", {
        ...{ worker: id, pid: child.pid, silence_ms: silenceMs },
      });
      // It may be stopped, and then takes no other signal.
      child.kill("SIGKILL");
    },
  );
  async function end(): Promise<void> {
    await child.exited;
    endWatch();
    calls.close(new Error(`worker ${id} has ended`));
    try {
      await answers.end();
    } catch (cause) {
      // The next start of the server returns leases and makes records again, too.
      log("error", "what a worker left could not be put in order", { worker: id, cause: String(cause) });
    }
  }
  return { calls, child, ended: end(), wasSilent: () => wasSilent };
}

async function inTime<Result>(asked: Promise<unknown>, otherwise: Result): Promise<Result> {
  const late = Bun.sleep(ANSWER_WAIT_MS).then(() => otherwise);
  return (await Promise.race([asked.catch(() => otherwise), late])) as Result;
}

/** Starts a worker, and another one whenever it has ended. */
export function openSeat(options: SeatOptions): Seat {
  const { id, log } = options;
  const first = Promise.withResolvers<void>();
  const stopping = Promise.withResolvers<void>();
  let isReady = false;
  let isStopping = false;
  let restarts = 0;
  let lastEnd: string | undefined;
  let waitMs = RESTART_MS;
  let life = begin();

  function begin(): Life {
    return startLife(options, () => {
      isReady = true;
      first.resolve();
    });
  }

  function say({ child, wasSilent }: Life, aliveMs: number): void {
    const end = child.signalCode ?? child.exitCode;
    lastEnd = wasSilent() ? `killed after ${options.silenceMs} ms without a sign of life` : String(end);
    waitMs = aliveMs > LIVED_MS || restarts === 0 ? RESTART_MS : Math.min(waitMs * 2, RESTART_MS_MAX);
    log(end === 0 ? "warn" : "error", "a worker ended; another takes its place", {
      worker: id,
      ...{ pid: child.pid, end, again_in_ms: waitMs },
    });
  }

  async function hold(): Promise<void> {
    for (;;) {
      const sinceMs = performance.now();
      await life.ended;
      if (isStopping) return;
      if (!isReady) throw new Error("a worker ended before it took requests; what it said stands above.");
      say(life, performance.now() - sinceMs);
      await Promise.race([Bun.sleep(waitMs), stopping.promise]);
      if (isStopping) return;
      restarts++;
      life = begin();
    }
  }

  const held = hold();
  held.catch(first.reject);

  return {
    id,
    get pid() {
      return life.child.pid;
    },
    get restarts() {
      return restarts;
    },
    get lastEnd() {
      return lastEnd;
    },
    ready: first.promise,
    ask: (otherwise, name, ...args) => inTime(life.calls.ask(name, ...args), otherwise),
    async stop(ms) {
      isStopping = true;
      stopping.resolve();
      // It ends by itself; one that has ended cannot be told.
      life.calls.ask("stop", ms).catch(() => undefined);
      const late = setTimeout(() => life.child.kill("SIGKILL"), ms + END_MS);
      await held.finally(() => clearTimeout(late)).catch(() => undefined);
    },
  };
}
