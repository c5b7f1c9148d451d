import type { RequestRecord } from "../core/request-record.ts";
import { matches, type RequestFilter } from "./search.ts";

/** Records as they are made in this process; those of other nodes are not among them. */
export interface LiveTail {
  /** @returns how to stop */
  subscribe(filter: RequestFilter, onRecord: (record: RequestRecord) => void): () => void;
  tell(record: RequestRecord): void;
}

export function liveTail(): LiveTail {
  const listeners = new Set<(record: RequestRecord) => void>();
  return {
    subscribe(filter, onRecord) {
      const listener = (record: RequestRecord) => {
        if (matches(filter, record)) onRecord(record);
      };
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    tell(record) {
      for (const listener of listeners) listener(record);
    },
  };
}
