import type { Awaitable } from "../base/awaitable.ts";
import type { Nanos } from "../core/money.ts";
import { addUsage, NO_USAGE, type Usage } from "../core/usage.ts";
import { LATENCY_BINS, type LatencyHistogram } from "./latency-histogram.ts";

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
  /** At most so many groups: those that were charged most over the whole time, of equals those with more requests. */
  readonly groupsMax?: number | undefined;
}

/** Groups of one answer where there may be many of them: accounts, keys, users. */
const GROUPS = { least: 10, most: 100 } as const;
/** What they come to together in many hours or days: more is no chart, and takes long to read and to send. */
const ITEMS_MAX = 3_000;
const MANY: ReadonlySet<UsageGroup | undefined> = new Set<UsageGroup>(["account", "key", "user"]);

/** How many groups an answer should have at most; undefined: of what it is grouped by there are few. */
export function groupsMaxOf({ groupBy, from, to, bucket }: UsageQuery): number | undefined {
  if (!MANY.has(groupBy)) return undefined;
  const buckets = Math.ceil((to - from) / BUCKET_MS[bucket]);
  return Math.max(GROUPS.least, Math.min(GROUPS.most, Math.floor(ITEMS_MAX / buckets)));
}

/** Sums over requests of every kind; latencies are those of finished answers alone. */
export interface UsageSums {
  readonly requests: number;
  /** That failed or were cut by the upstream. */
  readonly errors: number;
  readonly chargeNanos: Nanos;
  /** Of those whose cost is known. */
  readonly costNanos: Nanos;
  /** What was charged less what it cost, of the same; below zero where they cost more. */
  readonly marginNanos: Nanos;
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

/** A span of time as a UsageQuery names it, of all accounts. */
export type UsageSpan = Pick<UsageQuery, "from" | "to" | "bucket">;

/** How many accounts asked anything. */
export interface ActiveAccounts {
  /** In the whole span, each once. */
  readonly total: number;
  /** In each of its hours or days, oldest first; those without requests are left out. */
  readonly over: readonly { readonly at: number; readonly accounts: number }[];
}

/** Is given the buckets of an answer some at a time. */
export type UsageVisitor = (buckets: readonly UsageBucket[]) => void;

/** Buckets given at a time: few enough that whoever takes them is held up for a millisecond or two. */
const PART_BUCKETS = 100;

/** Passes on what comes one by one in parts; `end` gives the rest. */
export function inParts(visit: UsageVisitor): { add(bucket: UsageBucket): void; end(): void } {
  let part: UsageBucket[] = [];
  const end = (): void => {
    if (part.length > 0) visit(part);
    part = [];
  };
  return {
    add(bucket) {
      part.push(bucket);
      if (part.length >= PART_BUCKETS) end();
    },
    end,
  };
}

/** What is given in parts, in one piece. */
export async function inOne(give: (visit: UsageVisitor) => Awaitable<void>): Promise<UsageBucket[]> {
  const all: UsageBucket[] = [];
  await give((buckets) => all.push(...buckets));
  return all;
}

/** @param rows the whole span's, which names no bucket, and then each bucket's, by its number */
export function activeOf(
  [total, ...over]: readonly { readonly bucket: bigint | number | null; readonly accounts: bigint }[],
  widthMs: number,
): ActiveAccounts {
  return {
    total: Number(total?.accounts ?? 0n),
    over: over.map(({ bucket, accounts }) => ({ at: Number(bucket) * widthMs, accounts: Number(accounts) })),
  };
}

export const BUCKET_MS = { hour: 3_600_000, day: 86_400_000 } as const;

const NO_LATENCIES: LatencyHistogram = new Array<number>(LATENCY_BINS).fill(0);

export const NO_SUMS: UsageSums = {
  requests: 0,
  errors: 0,
  chargeNanos: 0n,
  costNanos: 0n,
  marginNanos: 0n,
  cacheSavedNanos: 0n,
  usage: NO_USAGE,
  firstByteMs: NO_LATENCIES,
  lastByteMs: NO_LATENCIES,
};

const addEach = (one: LatencyHistogram, other: LatencyHistogram): LatencyHistogram =>
  one.map((count, bin) => count + (other[bin] ?? 0));

export function addSums(one: UsageSums, other: UsageSums): UsageSums {
  return {
    requests: one.requests + other.requests,
    errors: one.errors + other.errors,
    chargeNanos: one.chargeNanos + other.chargeNanos,
    costNanos: one.costNanos + other.costNanos,
    marginNanos: one.marginNanos + other.marginNanos,
    cacheSavedNanos: one.cacheSavedNanos + other.cacheSavedNanos,
    usage: addUsage(one.usage, other.usage),
    firstByteMs: addEach(one.firstByteMs, other.firstByteMs),
    lastByteMs: addEach(one.lastByteMs, other.lastByteMs),
  };
}
