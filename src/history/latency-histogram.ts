/** Upper ends of the bins in milliseconds, each 1.7 times the one before; the last bin has none. Never changed: sums are stored. */
const BOUNDS_MS: readonly number[] = Array.from({ length: 19 }, (_, bin) => Math.round(10 * 1.7 ** bin));

export const LATENCY_BINS = BOUNDS_MS.length + 1;

/** How many latencies lay in each bin. */
export type LatencyHistogram = readonly number[];

/** The bin that a latency belongs to. */
export function binOf(ms: number): number {
  let bin = 0;
  for (const bound of BOUNDS_MS) {
    if (ms <= bound) return bin;
    bin++;
  }
  return bin;
}

/**
 * The latency that a share of all did not pass, read between the bounds of its bin: off by a tenth at most in most
 * bins. Undefined where there is none.
 * @param share 0.5 for the median, 0.95 for p95
 */
export function quantileMs(histogram: LatencyHistogram, share: number): number | undefined {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let left = share * total;
  for (const [bin, count] of histogram.entries()) {
    if (left <= count && count > 0) return between(bin, left / count);
    left -= count;
  }
  return BOUNDS_MS.at(-1);
}

/** Bins grow by a factor, so the way through one is measured in logarithms. */
function between(bin: number, share: number): number {
  const to = BOUNDS_MS[bin];
  if (to === undefined) return BOUNDS_MS.at(-1) ?? 0;
  const from = BOUNDS_MS[bin - 1];
  return Math.round(from === undefined ? to * share : from * (to / from) ** share);
}
