/** Upper ends of the buckets in milliseconds; what lies above the last is in none of them. */
export const LATENCY_BUCKETS_MS: readonly number[] = [
  50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000,
];

/** Latencies as a histogram has them. */
export interface LatencyTally {
  /** How many lay in each bucket and in none below it; one more for those above the last. */
  readonly counts: number[];
  sumMs: number;
}

export function newLatencyTally(): LatencyTally {
  return { counts: new Array<number>(LATENCY_BUCKETS_MS.length + 1).fill(0), sumMs: 0 };
}

export function tallyLatency(tally: LatencyTally, ms: number): void {
  let bucket = 0;
  for (const bound of LATENCY_BUCKETS_MS) {
    if (ms <= bound) break;
    bucket++;
  }
  tally.counts[bucket] = (tally.counts[bucket] ?? 0) + 1;
  tally.sumMs += ms;
}
