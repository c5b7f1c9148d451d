import type { RequestRecord } from "../core/request-record.ts";
import type { RequestPage, RequestSearch } from "./search.ts";
import type { ActiveAccounts, UsageBucket, UsageQuery, UsageSpan, UsageVisitor } from "./usage.ts";

export interface HistorySize {
  /** Requests whose records are still there. */
  readonly rows: number;
  readonly bytes: number;
  /** When the oldest of them arrived. */
  readonly oldestAt: number | undefined;
}

/** What people ask of the history; what was recorded a moment ago is there once the recorder was flushed. */
export interface HistoryQueries {
  searchRequests(search: RequestSearch): Promise<RequestPage>;
  findRequest(id: string): Promise<RequestRecord | undefined>;
  usageOver(asked: UsageQuery): Promise<UsageBucket[]>;
  /** The same some at a time, in order: an answer of thousands of buckets in one piece holds up the loop that takes it. */
  usageParts(asked: UsageQuery, visit: UsageVisitor): Promise<void>;
  /** However many there are: unlike groups, they are counted and not told. */
  activeAccounts(asked: UsageSpan): Promise<ActiveAccounts>;
  /** When each key was last used, milliseconds since the epoch; keys that never were are absent. */
  lastUsed(keyIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  size(): Promise<HistorySize>;
}
