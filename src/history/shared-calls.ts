import type { Awaitable } from "../base/awaitable.ts";
import type { Clock } from "../base/clock.ts";
import { newId } from "../base/id.ts";
import type { Log } from "../core/log.ts";
import { type CallFailure, type CountedTarget, HOUR_MS } from "./call-counts.ts";

/** Where nodes leave their counts of calls for each other. */
export interface CallBoard {
  /** In place of what the node left before; what others left before `since` is deleted. */
  leave(nodeId: string, at: number, counts: string, since: number): Awaitable<void>;
  /** What other nodes left at `since` or later. */
  ofOthers(nodeId: string, since: number): Awaitable<readonly string[]>;
}

/** The order is the format. */
type WrittenTarget = [
  upstream: string,
  model: string,
  minutes: [minute: number, calls: number, failed: number][],
  lastFailure: CallFailure | null,
  servedSince: number,
];

/** What is seen of other nodes may be so old. */
const FRESH_MS = 3_000;

function writeCounts(targets: Iterable<CountedTarget>): string {
  const written = [...targets].map(
    ({ upstream, model, minutes, lastFailure = null, servedSince }): WrittenTarget => [
      upstream,
      model,
      minutes.flatMap((cell) => (cell ? [[cell.minute, cell.calls, cell.failed]] : [])),
      lastFailure,
      servedSince,
    ],
  );
  return JSON.stringify(written);
}

function readCounts(text: string): CountedTarget[] {
  return (JSON.parse(text) as WrittenTarget[]).map(
    ([upstream, model, minutes, lastFailure, servedSince]) => ({
      ...{ upstream, model, servedSince, lastFailure: lastFailure ?? undefined },
      minutes: minutes.map(([minute, calls, failed]) => ({ minute, calls, failed })),
    }),
  );
}

interface SharedCallsOver {
  readonly board: CallBoard;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  /** What this node counted. */
  readonly counted: () => Iterable<CountedTarget>;
}

/**
 * What other nodes counted, as this one knows it, and how they come to know what it counted. Each leaves its counts
 * where all can read them: to count an hour anew from the records of all takes 1.3 us for each, which is a tenth of
 * a second at 20 requests a second, and half a minute at 6,000.
 */
export function sharedCalls({ board, clock, log, counted }: SharedCallsOver) {
  const nodeId = newId();
  let others: readonly CountedTarget[] = [];
  let readAt = Number.NEGATIVE_INFINITY;
  let leaving: ReturnType<typeof setTimeout> | undefined;

  async function orSay(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      log("warn", `${what}; the next calls bring it again`, { cause: String(cause) });
    }
  }

  async function leave(): Promise<void> {
    clearTimeout(leaving);
    leaving = undefined;
    const now = clock.now();
    const counts = writeCounts(counted());
    await orSay("other nodes could not be told how upstreams do", async () =>
      board.leave(nodeId, now, counts, now - HOUR_MS),
    );
  }

  async function read(): Promise<void> {
    readAt = clock.now();
    await orSay("how upstreams do at other nodes could not be read", async () => {
      others = (await board.ofOthers(nodeId, readAt - HOUR_MS)).flatMap(readCounts);
    });
  }

  return {
    /** A call was counted: the other nodes hear of it soon, and this one of theirs. */
    changed(): void {
      leaving ??= setTimeout(() => void leave().then(read), FRESH_MS);
      leaving.unref();
    },
    /** Resolves when what is known of other nodes is fresh enough. */
    async ready(): Promise<void> {
      if (clock.now() - readAt >= FRESH_MS) await read();
    },
    targets: (upstream: string, model?: string): readonly CountedTarget[] =>
      others.filter((one) => one.upstream === upstream && (model === undefined || one.model === model)),
    /** What was not left yet is left at once. */
    async stop(): Promise<void> {
      if (leaving !== undefined) await leave();
    },
  };
}
