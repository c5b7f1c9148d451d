import type { Clock } from "../../base/clock.ts";
import { outputItems } from "../../conversations/output-items.ts";
import type {
  CallSignatures,
  ConversationStore,
  KeptItem,
  ResponseRecord,
} from "../../conversations/store.ts";
import type { Transcript } from "../../core/transcript.ts";

interface Expiring {
  readonly expiresAt: number;
}

const keyOf = (accountId: string, id: string): string => `${accountId} ${id}`;

/** Conversations in memory, for tests. */
export function memoryConversationStore(clock: Clock): ConversationStore {
  const signatures = new Map<string, CallSignatures>();
  const responses = new Map<string, ResponseRecord>();
  const items = new Map<string, Expiring & { readonly item: KeptItem }>();
  const transcripts = new Map<string, Transcript>();

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
      for (const record of records) {
        const { accountId, expiresAt } = record;
        responses.set(keyOf(accountId, record.id), record);
        for (const [id, item] of outputItems(record)) items.set(keyOf(accountId, id), { item, expiresAt });
      }
    },
    findItems(accountId, itemIds) {
      const found = itemIds.flatMap((id) => {
        const row = live(items.get(keyOf(accountId, id)));
        return row ? [[id, row.item] as const] : [];
      });
      return new Map(found);
    },
    findResponse: (accountId, id) => live(responses.get(keyOf(accountId, id))),
    deleteResponse(accountId, id) {
      const found = live(responses.get(keyOf(accountId, id)));
      if (!found) return false;
      responses.delete(keyOf(accountId, id));
      for (const itemId of outputItems(found).keys()) items.delete(keyOf(accountId, itemId));
      return true;
    },
    deleteExpiredResponses: (limit) => Math.max(deleteExpired(responses, limit), deleteExpired(items, limit)),
    putTranscripts(rows) {
      for (const row of rows) transcripts.set(keyOf(row.accountId, row.requestId), row);
    },
    findTranscript: (accountId, requestId) => live(transcripts.get(keyOf(accountId, requestId))),
    deleteTranscript: (accountId, requestId) => transcripts.delete(keyOf(accountId, requestId)),
    deleteTranscripts(accountId, keyId) {
      const theirs = [...transcripts].filter(
        ([, row]) => row.accountId === accountId && (keyId === undefined || row.keyId === keyId),
      );
      for (const [key] of theirs) transcripts.delete(key);
      return theirs.length;
    },
    deleteExpiredTranscripts: (limit) => deleteExpired(transcripts, limit),
  };
}
