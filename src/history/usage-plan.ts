import { programOf, type RequestFilter } from "./search.ts";
import { BUCKET_MS, type UsageGroup, type UsageQuery } from "./usage.ts";
import { DIMENSIONS } from "./usage-sums.ts";

/**
 * Rows of sums are kept for hours and days: of each account with all dimensions and with none, of all accounts with few
 * dimensions and with none.
 */
export const SPANS = { hour: 0, day: 1 } as const;

/** The account under which sums of all accounts lie; their dimensions are model, upstream and program alone. */
export const EVERYONE = "";
export const TOTAL = "!";
/** The account under which each account has one row, named in the place of its key. */
export const EACH = "#";
/** Ids of accounts come after all of these. */
export const ACCOUNTS_FROM = "0";

const COLUMN_OF: Record<UsageGroup, string> = {
  account: "account_id",
  model: "model",
  key: "key_id",
  user: "user_id",
  project: "project",
  client: "program",
  upstream: "upstream",
};

const KEPT_OF_ALL: ReadonlySet<UsageGroup> = new Set(["model", "client", "upstream"]);

export interface UsagePlan {
  readonly span: number;
  /** Numbers of hours or days since the epoch: from one, before another. */
  readonly from: number;
  readonly to: number;
  readonly widthMs: number;
  /** Rows of this account; undefined: those of each account, one by one. */
  readonly accountId: string | undefined;
  /** What to group by; undefined: nothing. */
  readonly column: string | undefined;
}

function ownerOfAll(groupBy: UsageGroup | undefined): string | undefined {
  if (groupBy === undefined) return TOTAL;
  return KEPT_OF_ALL.has(groupBy) ? EVERYONE : undefined;
}

/** Whether rows of `EACH` answer a question, where they are whole: earlier versions did not keep them. */
export function asksForEach({ accountId, groupBy }: UsageQuery): boolean {
  return accountId === undefined && groupBy === "account";
}

/**
 * Buckets in which the rows of each account have all requests that the total has. Merges add to both at once, so what
 * was found whole stays so, and is not counted again.
 */
export function wholeBuckets() {
  const known = new Set<string>();
  return {
    unknown: (span: number, buckets: readonly number[]): number[] =>
      buckets.filter((bucket) => !known.has(`${span} ${bucket}`)),
    note: (span: number, bucket: number): void => void known.add(`${span} ${bucket}`),
  };
}

/** Which rows answer a question about usage. */
export function planUsage(asked: UsageQuery, byEach = false): UsagePlan {
  const { accountId, from, to, bucket, groupBy } = asked;
  const widthMs = BUCKET_MS[bucket];
  return {
    span: SPANS[bucket],
    from: Math.floor(from / widthMs),
    to: Math.ceil(to / widthMs),
    widthMs,
    accountId: byEach ? EACH : (accountId ?? ownerOfAll(groupBy)),
    column: byEach ? "key_id" : groupBy && COLUMN_OF[groupBy],
  };
}

export const HOURS_A_DAY = 24;

/** The dimensions of a row of all accounts. */
export function ofEveryone(dimensions: readonly string[]): string[] {
  return DIMENSIONS.map((name, at) => (KEPT_DIMENSIONS.has(name) ? (dimensions[at] ?? "") : ""));
}

const KEPT_DIMENSIONS: ReadonlySet<string> = new Set(["model", "upstream", "program"]);

type Dimension = (typeof DIMENSIONS)[number];

/** What a filter asks of the dimensions of sums. */
export function dimensionsWanted(filter: RequestFilter): [Dimension, string][] {
  const values: [Dimension, string | undefined][] = [
    ["key_id", filter.keyId],
    ["user_id", filter.userId],
    ["project", filter.project],
    ["model", filter.model],
    ["upstream", filter.upstream],
    ["program", filter.client && programOf(filter.client)],
  ];
  return values.filter((pair): pair is [Dimension, string] => pair[1] !== undefined);
}

/** Names of which it is kept which accounts have requests with them; of keys that is kept with their last use. */
export const NAME_KINDS = ["user_id", "project"] as const;

/** The name by which a filter's accounts are found. */
export function nameWanted({ userId, project = "" }: RequestFilter): [(typeof NAME_KINDS)[number], string] {
  return userId === undefined ? ["project", project] : ["user_id", userId];
}
