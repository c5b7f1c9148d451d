/** Collects times and gives exact percentiles: every sample is kept, four bytes each. */
export type Latencies = {
  add(micros: number): void;
  clear(): void;
  count(): number;
  /** The smallest sample that at least this share (0 to 1) of all samples do not exceed; NaN without samples. */
  percentile(share: number): number;
};

/** An empty collection that grows as it needs to. */
export function createLatencies(): Latencies {
  let samples = new Float32Array(1 << 16);
  let count = 0;
  let sorted = false;
  return {
    add(micros) {
      if (count === samples.length) {
        const larger = new Float32Array(samples.length * 2);
        larger.set(samples);
        samples = larger;
      }
      samples[count] = micros;
      count += 1;
      sorted = false;
    },
    clear() {
      count = 0;
    },
    count: () => count,
    percentile(share) {
      if (count === 0) return Number.NaN;
      if (!sorted) samples.subarray(0, count).sort();
      sorted = true;
      return samples[Math.max(0, Math.ceil(share * count) - 1)] ?? Number.NaN;
    },
  };
}

/** The middle value, or the mean of the two middle ones; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  return (lower + upper) / 2;
}
