/** A span of time that the overview looks at, and how it is cut. */
export interface Range {
  readonly id: "24h" | "7d" | "30d" | "90d";
  readonly bucket: "hour" | "day";
  readonly buckets: number;
}

export const RANGES: readonly Range[] = [
  { id: "24h", bucket: "hour", buckets: 24 },
  { id: "7d", bucket: "day", buckets: 7 },
  { id: "30d", bucket: "day", buckets: 30 },
  { id: "90d", bucket: "day", buckets: 90 },
];

export const BUCKET_MS = { hour: 3_600_000, day: 86_400_000 } as const;

/** The begins of the buckets up to the one that runs now, milliseconds since the epoch. */
export function timesOf({ bucket, buckets }: Range, now: number): number[] {
  const size = BUCKET_MS[bucket];
  const last = Math.floor(now / size) * size;
  return Array.from({ length: buckets }, (_, index) => last - (buckets - 1 - index) * size);
}
