import type { HistoryUpkeep } from "../../history/upkeep.ts";
import { periodBounds } from "./history-period.ts";
import type { SqliteHistoryStore } from "./history-store.ts";
import type { HistoryThread } from "./history-thread.ts";

/** Between the store that writes records and the thread that sums them up. */
export function sqliteHistoryUpkeep(history: SqliteHistoryStore, thread: HistoryThread): HistoryUpkeep {
  async function merge(): Promise<void> {
    if (!history.takeUnmerged()) return;
    history.noteMerged(await thread.merge());
  }
  return {
    merge,
    async drop(before) {
      const old = history.periods().filter((period) => periodBounds(period).to <= before);
      if (old.length === 0) return [];
      // What they add to the sums is all that stays of them.
      history.noteMerged(await thread.merge());
      for (const period of old) history.drop(period);
      return old;
    },
  };
}
