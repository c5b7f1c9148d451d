import type { HistoryQueries } from "./queries.ts";
import type { HistoryStore } from "./recorder.ts";
import { matches } from "./search.ts";
import { recount } from "./usage.ts";

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
