import type { RequestRecord } from "../core/request-record.ts";
import type { HistoryStore } from "./recorder.ts";
import { matches, type RequestPage, type RequestSearch } from "./search.ts";
import { recount, type UsageBucket, type UsageQuery } from "./usage.ts";

export interface HistorySize {
  readonly rows: number;
  readonly bytes: number;
  /** When the oldest request that is still in the history arrived. */
  readonly oldestAt: number | undefined;
}

/** What people ask of the history; what was recorded a moment ago is there once the recorder was flushed. */
export interface HistoryQueries {
  searchRequests(search: RequestSearch): Promise<RequestPage>;
  findRequest(id: string): Promise<RequestRecord | undefined>;
  usageOver(asked: UsageQuery): Promise<UsageBucket[]>;
  /** When each key was last used, milliseconds since the epoch; keys that never were are absent. */
  lastUsed(keyIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  size(): Promise<HistorySize>;
}

const ALL = 1_000_000;

/** The plain way, over the list of all records: what is asked of few. */
export function plainQueries(history: HistoryStore): HistoryQueries {
  const newest = async (accountId?: string) =>
    history.list(accountId === undefined ? { limit: ALL } : { limit: ALL, accountId });
  return {
    async searchRequests({ limit, cursor, ...filter }) {
      const records = (await newest(filter.accountId)).filter(
        (record) => (cursor === undefined || record.id < cursor) && matches(filter, record),
      );
      const page = records.slice(0, limit);
      return { records: page, nextCursor: records.length > limit ? page.at(-1)?.id : undefined };
    },
    findRequest: async (id) => history.find(id),
    usageOver: async (asked) => recount(await newest(asked.accountId), asked),
    async lastUsed(keyIds) {
      const used = new Map<string, number>();
      for (const { keyId, at } of await newest())
        if (keyIds.includes(keyId)) used.set(keyId, Math.max(at, used.get(keyId) ?? 0));
      return used;
    },
    async size() {
      const records = await newest();
      return { rows: records.length, bytes: 0, oldestAt: records.at(-1)?.at };
    },
  };
}
