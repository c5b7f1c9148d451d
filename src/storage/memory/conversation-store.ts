import type { Clock } from "../../base/clock.ts";
import type { CallSignatures, ConversationStore, ResponseRecord } from "../../conversations/store.ts";

interface Expiring {
  readonly expiresAt: number;
}

const keyOf = (accountId: string, id: string): string => `${accountId} ${id}`;

/** Conversations in memory, for tests. */
export function memoryConversationStore(clock: Clock): ConversationStore {
  const signatures = new Map<string, CallSignatures>();
  const responses = new Map<string, ResponseRecord>();

  function live<Row extends Expiring>(row: Row | undefined): Row | undefined {
    return row && row.expiresAt > clock.now() ? row : undefined;
  }

  function deleteExpired(rows: Map<string, Expiring>, limit: number): number {
    const expired = [...rows].filter(([, row]) => !live(row)).slice(0, limit);
    for (const [key] of expired) rows.delete(key);
    return expired.length;
  }

  return {
    putSignatures(rows) {
      for (const row of rows) signatures.set(keyOf(row.accountId, row.callId), row);
    },
    findSignatures(accountId, callIds) {
      const rows = callIds.flatMap((callId) => live(signatures.get(keyOf(accountId, callId))) ?? []);
      return new Map(rows.map((row) => [row.callId, row]));
    },
    deleteExpiredSignatures: (limit) => deleteExpired(signatures, limit),
    putResponses(records) {
      for (const record of records) responses.set(keyOf(record.accountId, record.id), record);
    },
    findResponse: (accountId, id) => live(responses.get(keyOf(accountId, id))),
    deleteResponse(accountId, id) {
      const found = live(responses.get(keyOf(accountId, id))) !== undefined;
      responses.delete(keyOf(accountId, id));
      return found;
    },
    deleteExpiredResponses: (limit) => deleteExpired(responses, limit),
  };
}
