import type { Log } from "../core/log.ts";
import type { Notice } from "../storage/postgres/notices.ts";
import type { ParentParts } from "./answer-worker.ts";
import type { Beginning, WorkerReport } from "./beginning.ts";
import type { Crew, WorkerState } from "./crew.ts";
import { openSeat, type Seat } from "./seat.ts";

export interface CrewStart {
  readonly count: number;
  /** Starts a worker, which speaks over its channel. */
  readonly command: readonly string[];
  /** One that gives no sign of life for so long is killed. */
  readonly silenceMs: number;
  readonly log: Log;
  readonly parts: ParentParts;
  readonly beginning: Omit<Beginning, "id">;
  /** What a worker tells that concerns this process, too. */
  readonly onNotice: (notice: Notice) => Promise<void>;
}

export interface RunningCrew extends Crew {
  /** Resolves when all take requests. @throws Error where one does not come so far */
  start(start: CrewStart): Promise<void>;
  /** Resolves when all have ended; running requests may take `ms`. */
  stop(ms: number): Promise<void>;
}

const SILENT: WorkerReport = { running: 0, permits: 0, charging: 0, rssBytes: 0, cpuSeconds: 0 };

async function stateOf(seat: Seat): Promise<WorkerState> {
  const { rssBytes, cpuSeconds, ...counts } = await seat.ask(SILENT, "report");
  const { id, pid, restarts, lastEnd = null } = seat;
  return { id, pid, ...counts, restarts, last_end: lastEnd, rss_bytes: rssBytes, cpu_seconds: cpuSeconds };
}

/** A crew that is started once what it works with is built. */
export function newCrew(): RunningCrew {
  let seats: readonly Seat[] = [];
  let beginning: Omit<Beginning, "id"> | undefined;

  function all<Result>(otherwise: Result, name: string, ...args: readonly unknown[]): Promise<Result[]> {
    return Promise.all(seats.map((seat) => seat.ask(otherwise, name, ...args)));
  }

  function open(start: CrewStart, id: number): Seat {
    const others = () => seats.filter((seat) => seat.id !== id);
    const tellOthers = (name: string, ...args: readonly unknown[]) => {
      for (const seat of others()) void seat.ask(undefined, name, ...args);
    };
    return openSeat({
      ...{ id, command: start.command, silenceMs: start.silenceMs, log: start.log },
      parts: {
        ...start.parts,
        health: {
          failed(...failure) {
            start.parts.health.failed(...failure);
            tellOthers("target.failed", ...failure);
          },
          served(target) {
            tellOthers("target.served", target);
            return start.parts.health.served(target);
          },
        },
      },
      beginning: () => ({ ...(beginning ?? start.beginning), id }),
      tellOthers(notice) {
        void start.onNotice(notice);
        tellOthers("notice", notice);
      },
    });
  }

  return {
    async tell(notice) {
      await all(undefined, "notice", notice);
    },
    async configure(declared) {
      if (beginning) beginning = { ...beginning, ...declared };
      await all(undefined, "configure", declared);
    },
    async flush() {
      await all(undefined, "flush");
    },
    async heldNanos(walletId) {
      const held = await all(0n, "held", walletId);
      return held.reduce((sum, nanos) => sum + nanos, 0n);
    },
    states: () => Promise.all(seats.map(stateOf)),
    async start(start) {
      beginning = start.beginning;
      seats = Array.from({ length: start.count }, (_, index) => open(start, index + 1));
      await Promise.all(seats.map(({ ready }) => ready));
    },
    async stop(ms) {
      await Promise.all(seats.map((seat) => seat.stop(ms)));
    },
  };
}
