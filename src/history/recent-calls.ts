import type { Clock } from "../base/clock.ts";
import type { Log } from "../core/log.ts";
import { type Attempt, GIVEN_UP, NOT_ASKED, type RequestRecord } from "../core/request-record.ts";
import type { LiveTail } from "./live-tail.ts";
import type { HistoryQueries } from "./queries.ts";

/** A call that an upstream did not serve. */
export interface CallFailure {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The upstream's HTTP status; 0 when none came. */
  readonly status: number;
  /** In a few words; never a secret. */
  readonly reason: string;
}

/** Calls of the last hour. */
export interface CallSums {
  readonly calls: number;
  readonly failed: number;
  readonly lastFailure: CallFailure | undefined;
  /** How many were served since then, in a row: of several targets, by the one with the fewest. */
  readonly servedSince: number;
}

/**
 * How upstreams did within the last hour, as this process and its workers saw it: sums of the history name one upstream
 * of each request, and so do not show those whose failures another made good.
 */
export interface RecentCalls {
  /** Resolves when what the history has from before this process is counted too. */
  ready(): Promise<void>;
  /** Of all its models, where none is given; by the upstream's own name of it. */
  of(upstream: string, model?: string): CallSums;
}

const MINUTE_MS = 60_000;
const MINUTES = 60;
/** Of the newest requests from before this process began: enough to tell how it went. */
const READ_BEFORE = 500;

interface Minute {
  readonly minute: number;
  calls: number;
  failed: number;
}

interface Target {
  /** By the minute modulo their count. */
  readonly minutes: Minute[];
  lastFailure: CallFailure | undefined;
  servedSince: number;
}

/** Why a call failed; undefined: it did not. A 404 is ours: the upstream's name of a model is declared, not the client's. */
function failureOf(attempt: Attempt, record: RequestRecord): string | undefined {
  const { outcome, status, reason } = attempt;
  if (outcome === "retryable") return reason ?? `status ${status}`;
  if (status === 404) return reason ?? "status 404";
  const broke = outcome === "served" && record.outcome === "cut_by_upstream";
  return broke ? "broke off while answering" : undefined;
}

function tally({ minutes }: Target, at: number, failed: boolean): void {
  const minute = Math.floor(at / MINUTE_MS);
  const slot = minute % MINUTES;
  const known = minutes[slot];
  // One of an hour and more ago.
  if (known && known.minute > minute) return;
  const cell = known?.minute === minute ? known : { minute, calls: 0, failed: 0 };
  minutes[slot] = cell;
  cell.calls++;
  if (failed) cell.failed++;
}

function sumOf(targets: Iterable<Target>, now: number): CallSums {
  const from = Math.floor(now / MINUTE_MS) - MINUTES;
  let [calls, failed] = [0, 0];
  let lastFailure: CallFailure | undefined;
  let servedSince = Number.POSITIVE_INFINITY;
  for (const { minutes, lastFailure: last, servedSince: since } of targets) {
    for (const cell of minutes) {
      if (!cell || cell.minute <= from) continue;
      calls += cell.calls;
      failed += cell.failed;
    }
    if (!last || last.at <= now - MINUTES * MINUTE_MS) continue;
    servedSince = Math.min(servedSince, since);
    if (last.at >= (lastFailure?.at ?? 0)) lastFailure = last;
  }
  return { calls, failed, lastFailure, servedSince };
}

/** Counts by upstream and its model: as many as are declared. */
function callCounts() {
  const upstreams = new Map<string, Map<string, Target>>();

  function targetOf({ upstream, model }: Attempt): Target {
    const models = upstreams.get(upstream) ?? new Map<string, Target>();
    upstreams.set(upstream, models);
    const target = models.get(model) ?? { minutes: [], lastFailure: undefined, servedSince: 0 };
    models.set(model, target);
    return target;
  }

  function noteAttempt(attempt: Attempt, record: RequestRecord): void {
    const target = targetOf(attempt);
    const at = record.at + attempt.startMs + attempt.tookMs;
    const reason = failureOf(attempt, record);
    tally(target, at, reason !== undefined);
    if (at < (target.lastFailure?.at ?? 0)) return;
    target.servedSince = reason === undefined ? target.servedSince + 1 : 0;
    if (reason !== undefined) target.lastFailure = { at, status: attempt.status, reason };
  }

  return {
    note(record: RequestRecord): void {
      for (const attempt of record.attempts)
        if (attempt.reason !== NOT_ASKED && attempt.reason !== GIVEN_UP) noteAttempt(attempt, record);
    },
    of(now: number, upstream: string, model?: string): CallSums {
      const models = upstreams.get(upstream);
      const one = model === undefined ? undefined : models?.get(model);
      return sumOf(model === undefined ? (models?.values() ?? []) : one ? [one] : [], now);
    },
  };
}

interface RecentCallsOver {
  readonly clock: Pick<Clock, "now">;
  readonly tail: Pick<LiveTail, "subscribe">;
  readonly queries: Pick<HistoryQueries, "searchRequests">;
  readonly log: Log;
}

export function recentCalls({ clock, tail, queries, log }: RecentCallsOver): RecentCalls {
  const beganAt = clock.now();
  const counts = callCounts();
  tail.subscribe({}, counts.note);
  let before: Promise<void> | undefined;

  async function readBefore(): Promise<void> {
    const from = clock.now() - MINUTES * MINUTE_MS;
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
      before ??= readBefore();
      await before;
    },
    of: (upstream, model) => counts.of(clock.now(), upstream, model),
  };
}
