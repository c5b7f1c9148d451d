import { type RequestRecord, upstreamOf } from "../../src/core/request-record.ts";
import { binOf } from "../../src/history/latency-histogram.ts";
import { programOf } from "../../src/history/search.ts";
import {
  addSums,
  BUCKET_MS,
  NO_SUMS,
  type UsageBucket,
  type UsageGroup,
  type UsageQuery,
  type UsageSums,
} from "../../src/history/usage.ts";

const oneLatency = (ms: number) => NO_SUMS.firstByteMs.with(binOf(ms), 1);

/** What one record adds. */
function sumsOf(record: RequestRecord): UsageSums {
  const answered = record.outcome === "finished" && record.operation === "generate";
  const failed = record.outcome === "failed" || record.outcome === "cut_by_upstream";
  return {
    requests: 1,
    errors: failed ? 1 : 0,
    chargeNanos: record.chargeNanos,
    costNanos: record.costNanos ?? 0n,
    marginNanos: record.costNanos === undefined ? 0n : record.chargeNanos - record.costNanos,
    cacheSavedNanos: record.cacheSavedNanos ?? 0n,
    usage: record.usage,
    firstByteMs: answered ? oneLatency(record.firstByteMs) : NO_SUMS.firstByteMs,
    lastByteMs: answered ? oneLatency(record.lastByteMs) : NO_SUMS.firstByteMs,
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

/** Usage the plain way, to compare the sums with: every record is looked at. */
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
