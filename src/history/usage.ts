import type { Nanos } from "../core/money.ts";
import { type RequestRecord, upstreamOf } from "../core/request-record.ts";
import { addUsage, NO_USAGE, type Usage } from "../core/usage.ts";
import { binOf, LATENCY_BINS, type LatencyHistogram } from "./latency-histogram.ts";
import { programOf } from "./search.ts";

export type UsageGroup = "account" | "model" | "key" | "user" | "project" | "client" | "upstream";

export interface UsageQuery {
  /** Undefined: of all accounts. */
  readonly accountId?: string | undefined;
  /** Milliseconds since the epoch; the buckets that `from` (rounded down) to `to` (not included) touch. */
  readonly from: number;
  readonly to: number;
  /** UTC hours or days. */
  readonly bucket: "hour" | "day";
  readonly groupBy?: UsageGroup | undefined;
}

/** Sums over requests of every kind; latencies are those of finished answers alone. */
export interface UsageSums {
  readonly requests: number;
  /** That failed or were cut by the upstream. */
  readonly errors: number;
  readonly chargeNanos: Nanos;
  /** Of those whose cost is known. */
  readonly costNanos: Nanos;
  readonly cacheSavedNanos: Nanos;
  readonly usage: Usage;
  readonly firstByteMs: LatencyHistogram;
  readonly lastByteMs: LatencyHistogram;
}

export interface UsageBucket extends UsageSums {
  /** When the hour or day begins, milliseconds since the epoch. */
  readonly at: number;
  /** The id or name of the group; empty where the records say none or no groups were asked for. */
  readonly group: string;
}

export const BUCKET_MS = { hour: 3_600_000, day: 86_400_000 } as const;

const NO_LATENCIES: LatencyHistogram = new Array<number>(LATENCY_BINS).fill(0);

export const NO_SUMS: UsageSums = {
  requests: 0,
  errors: 0,
  chargeNanos: 0n,
  costNanos: 0n,
  cacheSavedNanos: 0n,
  usage: NO_USAGE,
  firstByteMs: NO_LATENCIES,
  lastByteMs: NO_LATENCIES,
};

function oneLatency(ms: number): LatencyHistogram {
  return NO_LATENCIES.with(binOf(ms), 1);
}

/** What one record adds. */
function sumsOf(record: RequestRecord): UsageSums {
  const answered = record.outcome === "finished" && record.operation === "generate";
  const failed = record.outcome === "failed" || record.outcome === "cut_by_upstream";
  return {
    requests: 1,
    errors: failed ? 1 : 0,
    chargeNanos: record.chargeNanos,
    costNanos: record.costNanos ?? 0n,
    cacheSavedNanos: record.cacheSavedNanos ?? 0n,
    usage: record.usage,
    firstByteMs: answered ? oneLatency(record.firstByteMs) : NO_LATENCIES,
    lastByteMs: answered ? oneLatency(record.lastByteMs) : NO_LATENCIES,
  };
}

const addEach = (one: LatencyHistogram, other: LatencyHistogram): LatencyHistogram =>
  one.map((count, bin) => count + (other[bin] ?? 0));

export function addSums(one: UsageSums, other: UsageSums): UsageSums {
  return {
    requests: one.requests + other.requests,
    errors: one.errors + other.errors,
    chargeNanos: one.chargeNanos + other.chargeNanos,
    costNanos: one.costNanos + other.costNanos,
    cacheSavedNanos: one.cacheSavedNanos + other.cacheSavedNanos,
    usage: addUsage(one.usage, other.usage),
    firstByteMs: addEach(one.firstByteMs, other.firstByteMs),
    lastByteMs: addEach(one.lastByteMs, other.lastByteMs),
  };
}

function groupOf(record: RequestRecord, by: UsageGroup | undefined): string {
  if (by === undefined) return "";
  if (by === "account") return record.accountId;
  if (by === "model") return record.model;
  if (by === "key") return record.keyId;
  if (by === "user") return record.userId ?? "";
  if (by === "project") return record.project ?? "";
  return by === "client" ? programOf(record.client) : upstreamOf(record);
}

/** Sums by bucket and group, oldest first, groups in the order of their names. */
function usageSheet(bucket: UsageQuery["bucket"]) {
  const width = BUCKET_MS[bucket];
  const cells = new Map<string, UsageBucket>();
  return {
    add(at: number, group: string, sums: UsageSums): void {
      const start = Math.floor(at / width) * width;
      const key = `${start} ${group}`;
      const known = cells.get(key);
      cells.set(key, { at: start, group, ...(known ? addSums(known, sums) : sums) });
    },
    buckets: (): UsageBucket[] =>
      [...cells.values()].sort((a, b) => a.at - b.at || (a.group < b.group ? -1 : 1)),
  };
}

/** The plain way: every record is looked at. */
export function recount(records: Iterable<RequestRecord>, asked: UsageQuery): UsageBucket[] {
  const width = BUCKET_MS[asked.bucket];
  const from = Math.floor(asked.from / width) * width;
  const to = Math.ceil(asked.to / width) * width;
  const sheet = usageSheet(asked.bucket);
  for (const record of records) {
    if (record.at < from || record.at >= to) continue;
    if (asked.accountId !== undefined && record.accountId !== asked.accountId) continue;
    sheet.add(record.at, groupOf(record, asked.groupBy), sumsOf(record));
  }
  return sheet.buckets();
}
