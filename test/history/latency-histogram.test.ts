import { expect, test } from "bun:test";
import { binOf, LATENCY_BINS, quantileMs } from "../../src/history/latency-histogram.ts";

function histogramOf(latencies: readonly number[]): number[] {
  const bins = new Array<number>(LATENCY_BINS).fill(0);
  for (const ms of latencies) bins[binOf(ms)] = (bins[binOf(ms)] ?? 0) + 1;
  return bins;
}

test("every latency has a bin, the longest too", () => {
  expect([0, 10, 11, 17, 18].map(binOf)).toEqual([0, 0, 1, 1, 2]);
  expect(binOf(3_600_000)).toBe(LATENCY_BINS - 1);
});

test("quantiles are near those of the latencies themselves", () => {
  const latencies = Array.from({ length: 10_000 }, (_, at) => Math.round(20 * 500 ** (at / 10_000)));
  const histogram = histogramOf(latencies);
  for (const share of [0.5, 0.95, 0.99]) {
    const exact = latencies[Math.floor(share * latencies.length)] ?? 0;
    expect(Math.abs((quantileMs(histogram, share) ?? 0) / exact - 1)).toBeLessThan(0.1);
  }
  expect(quantileMs(histogramOf([]), 0.5)).toBeUndefined();
  expect(quantileMs(histogramOf([900_000]), 0.5)).toBe(140_631);
});
