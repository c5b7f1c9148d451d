import { type Attempt, GIVEN_UP, NOT_ASKED, type RequestRecord } from "../core/request-record.ts";

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

const MINUTE_MS = 60_000;
const MINUTES = 60;
export const HOUR_MS = MINUTES * MINUTE_MS;

interface Minute {
  readonly minute: number;
  calls: number;
  failed: number;
}

interface Target {
  /** By the minute modulo their count; those of other nodes in any order. */
  readonly minutes: (Minute | undefined)[];
  lastFailure: CallFailure | undefined;
  servedSince: number;
}

/** Calls of an upstream's model, as one node counted them. */
export interface CountedTarget extends Readonly<Target> {
  readonly upstream: string;
  /** The upstream's own name of it. */
  readonly model: string;
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

/** What targets come to within the hour before `now`. */
export function sumOf(targets: Iterable<Readonly<Target>>, now: number): CallSums {
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
    if (!last || last.at <= now - HOUR_MS) continue;
    servedSince = Math.min(servedSince, since);
    if (last.at >= (lastFailure?.at ?? 0)) lastFailure = last;
  }
  return { calls, failed, lastFailure, servedSince };
}

/** Counts of this process by upstream and its model: as many as are declared. */
export function callCounts() {
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
    targets(upstream: string, model?: string): readonly Target[] {
      const models = upstreams.get(upstream);
      const one = model === undefined ? undefined : models?.get(model);
      return model === undefined ? [...(models?.values() ?? [])] : one ? [one] : [];
    },
    all: (): CountedTarget[] =>
      [...upstreams].flatMap(([upstream, models]) =>
        [...models].map(([model, target]) => ({ upstream, model, ...target })),
      ),
  };
}
