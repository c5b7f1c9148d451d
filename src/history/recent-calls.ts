import type { Clock } from "../base/clock.ts";
import type { Log } from "../core/log.ts";
import { type CallSums, callCounts, HOUR_MS, sumOf } from "./call-counts.ts";
import type { LiveTail } from "./live-tail.ts";
import type { HistoryQueries } from "./queries.ts";
import { type CallBoard, sharedCalls } from "./shared-calls.ts";

/**
 * How upstreams did within the last hour, as this process and its workers saw it, and the nodes beside it: sums of the
 * history name one upstream of each request, and so do not show those whose failures another made good.
 */
export interface RecentCalls {
  /** Resolves when what was before this process is counted too, and what other nodes counted is known. */
  ready(): Promise<void>;
  /** Of all its models, where none is given; by the upstream's own name of it. */
  of(upstream: string, model?: string): CallSums;
  /** Other nodes are told what they were not told yet, for the last time. */
  stop(): Promise<void>;
}

/** Of the newest requests from before this process began: enough to tell how it went. */
const READ_BEFORE = 500;

interface RecentCallsOver {
  readonly clock: Pick<Clock, "now">;
  readonly tail: Pick<LiveTail, "subscribe">;
  readonly queries: Pick<HistoryQueries, "searchRequests">;
  readonly log: Log;
  /** Undefined where no other node can be. */
  readonly board: CallBoard | undefined;
}

export function recentCalls({ clock, tail, queries, log, board }: RecentCallsOver): RecentCalls {
  const beganAt = clock.now();
  const counts = callCounts();
  const shared = board && sharedCalls({ board, clock, log, counted: counts.all });
  tail.subscribe({}, (record) => {
    counts.note(record);
    shared?.changed();
  });
  let before: Promise<void> | undefined;

  async function readBefore(): Promise<void> {
    const from = clock.now() - HOUR_MS;
    if (from >= beganAt) return;
    try {
      const { records } = await queries.searchRequests({ from, to: beganAt, limit: READ_BEFORE });
      for (const record of [...records].reverse()) counts.note(record);
    } catch (cause) {
      before = undefined;
      log("warn", "how upstreams did before this start could not be read; the next look reads again", {
        cause: String(cause),
      });
    }
  }

  return {
    async ready() {
      // What this node saw before its start is among what nodes left.
      if (shared) return await shared.ready();
      before ??= readBefore();
      await before;
    },
    of(upstream, model) {
      const others = shared?.targets(upstream, model) ?? [];
      return sumOf([...counts.targets(upstream, model), ...others], clock.now());
    },
    stop: async () => await shared?.stop(),
  };
}
