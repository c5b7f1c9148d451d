import { Database } from "bun:sqlite";
import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import { idBytes } from "../../base/id.ts";
import { type SecretBox, secretBox } from "../../base/secret-box.ts";
import { outputItems } from "../../conversations/output-items.ts";
import type {
  CallSignatures,
  ConversationStore,
  KeptItem,
  ResponseRecord,
} from "../../conversations/store.ts";
import type { Signature } from "../../core/generation/node.ts";
import type { Transcript } from "../../core/transcript.ts";
import { pack, place, transcriptBoxes, unpack } from "../boxes.ts";
import { transact } from "./database.ts";

/**
 * A file of its own: what customers said is large, is deleted all the time, and may be thrown away without
 * harm to the money. Contents lie in sealed boxes; the ids beside them are random.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS call_signature (
    account_id BLOB NOT NULL,
    call_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    box BLOB NOT NULL,
    UNIQUE (account_id, call_id)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS call_signature_expiry ON call_signature (expires_at);
  CREATE TABLE IF NOT EXISTS response (
    account_id BLOB NOT NULL,
    response_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    box BLOB NOT NULL,
    UNIQUE (account_id, response_id)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS response_expiry ON response (expires_at);
  CREATE TABLE IF NOT EXISTS response_item (
    account_id BLOB NOT NULL,
    item_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    box BLOB NOT NULL,
    UNIQUE (account_id, item_id)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS response_item_expiry ON response_item (expires_at);
  CREATE TABLE IF NOT EXISTS transcript (
    account_id BLOB NOT NULL,
    request_id BLOB NOT NULL,
    key_id BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    box BLOB NOT NULL,
    UNIQUE (account_id, request_id)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS transcript_expiry ON transcript (expires_at);
`;

/** Pages given back to the file system after a deletion. */
const VACUUM_PAGES = 256;

function openFile(file: string): Database {
  const db = new Database(file, { create: true, safeIntegers: true, strict: true });
  // The first statement on a new file: later it would change nothing.
  db.exec("PRAGMA auto_vacuum = INCREMENTAL;");
  db.exec("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
  db.exec(SCHEMA);
  return db;
}

type SignatureRow = { call_id: string; expires_at: bigint; box: Uint8Array };
type ResponseRow = { box: Uint8Array };
type ItemRow = { item_id: string; box: Uint8Array };

export interface SqliteConversationStore extends ConversationStore {
  close(): void;
}

type Table = "call_signature" | "response" | "response_item" | "transcript";

function deleterOf(db: Database, table: Table, clock: Clock) {
  const remove = db.prepare(
    `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE expires_at <= ?1 LIMIT ?2)`,
  );
  return (limit: number): number => {
    const { changes } = remove.run(clock.now(), limit);
    if (changes > 0) db.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`);
    return changes;
  };
}

function signaturesIn(db: Database, box: SecretBox, clock: Clock) {
  const put = db.prepare(
    "INSERT INTO call_signature VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET expires_at = ?3, box = ?4",
  );
  const find = db.prepare<SignatureRow, [Uint8Array, string, number]>(
    `SELECT call_id, expires_at, box FROM call_signature
     WHERE account_id = ?1 AND call_id IN (SELECT value FROM json_each(?2)) AND expires_at > ?3`,
  );

  function read(accountId: string, row: SignatureRow): CallSignatures[] {
    const callId = row.call_id;
    const signatures = unpack(box, row.box, place("call_signature", accountId, callId));
    if (signatures === undefined) return [];
    return [
      {
        accountId,
        callId,
        expiresAt: Number(row.expires_at),
        signatures: signatures as readonly Signature[],
      },
    ];
  }

  return {
    putSignatures(rows: readonly CallSignatures[]): void {
      transact(db, () => {
        for (const { accountId, callId, expiresAt, signatures } of rows) {
          const sealed = pack(box, signatures, place("call_signature", accountId, callId));
          put.run(idBytes(accountId), callId, expiresAt, sealed);
        }
      });
    },
    findSignatures(accountId: string, callIds: readonly string[]): ReadonlyMap<string, CallSignatures> {
      const rows = find.all(idBytes(accountId), JSON.stringify(callIds), clock.now());
      return new Map(rows.flatMap((row) => read(accountId, row)).map((row) => [row.callId, row]));
    },
    deleteExpiredSignatures: deleterOf(db, "call_signature", clock),
  };
}

/** The items of answers, in rows of their own. */
function itemsIn(db: Database, box: SecretBox, clock: Clock) {
  const put = db.prepare(
    "INSERT INTO response_item VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET expires_at = ?3, box = ?4",
  );
  const find = db.prepare<ItemRow, [Uint8Array, string, number]>(
    `SELECT item_id, box FROM response_item
     WHERE account_id = ?1 AND item_id IN (SELECT value FROM json_each(?2)) AND expires_at > ?3`,
  );
  const remove = db.prepare("DELETE FROM response_item WHERE account_id = ?1 AND item_id = ?2");
  return {
    put(record: ResponseRecord): void {
      const { accountId, expiresAt } = record;
      for (const [id, item] of outputItems(record)) {
        put.run(idBytes(accountId), id, expiresAt, pack(box, item, place("response_item", accountId, id)));
      }
    },
    find(accountId: string, itemIds: readonly string[]): ReadonlyMap<string, KeptItem> {
      const rows = find.all(idBytes(accountId), JSON.stringify(itemIds), clock.now());
      const found = rows.flatMap(({ item_id: id, box: sealed }) => {
        const item = unpack(box, sealed, place("response_item", accountId, id));
        return item === undefined ? [] : [[id, item as KeptItem] as const];
      });
      return new Map(found);
    },
    deleteOf(record: ResponseRecord): void {
      for (const id of outputItems(record).keys()) remove.run(idBytes(record.accountId), id);
    },
    deleteExpired: deleterOf(db, "response_item", clock),
  };
}

function responsesIn(db: Database, box: SecretBox, clock: Clock) {
  const items = itemsIn(db, box, clock);
  const deleteExpired = deleterOf(db, "response", clock);
  const put = db.prepare(
    "INSERT INTO response VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET expires_at = ?3, box = ?4",
  );
  const find = db.prepare<ResponseRow, [Uint8Array, string, number]>(
    "SELECT box FROM response WHERE account_id = ?1 AND response_id = ?2 AND expires_at > ?3",
  );
  const remove = db.prepare(
    "DELETE FROM response WHERE account_id = ?1 AND response_id = ?2 AND expires_at > ?3",
  );

  function findResponse(accountId: string, id: string): ResponseRecord | undefined {
    const row = find.get(idBytes(accountId), id, clock.now());
    const record = row && unpack(box, row.box, place("response", accountId, id));
    return record ? (record as ResponseRecord) : undefined;
  }

  return {
    putResponses(records: readonly ResponseRecord[]): void {
      transact(db, () => {
        for (const record of records) {
          const { accountId, id, expiresAt } = record;
          put.run(idBytes(accountId), id, expiresAt, pack(box, record, place("response", accountId, id)));
          items.put(record);
        }
      });
    },
    findResponse,
    findItems: items.find,
    deleteResponse: (accountId: string, id: string): boolean =>
      transact(db, () => {
        const record = findResponse(accountId, id);
        if (record) items.deleteOf(record);
        return remove.run(idBytes(accountId), id, clock.now()).changes === 1;
      }),
    deleteExpiredResponses: (limit: number): number =>
      Math.max(deleteExpired(limit), items.deleteExpired(limit)),
  };
}

function transcriptsIn(db: Database, boxOf: (accountId: string) => SecretBox, clock: Clock) {
  const put = db.prepare("INSERT OR REPLACE INTO transcript VALUES (?1, ?2, ?3, ?4, ?5)");
  const find = db.prepare<ResponseRow, [Uint8Array, Uint8Array, number]>(
    "SELECT box FROM transcript WHERE account_id = ?1 AND request_id = ?2 AND expires_at > ?3",
  );
  const remove = db.prepare("DELETE FROM transcript WHERE account_id = ?1 AND request_id = ?2");
  const removeAll = db.prepare(
    "DELETE FROM transcript WHERE account_id = ?1 AND (?2 IS NULL OR key_id = ?2)",
  );
  return {
    putTranscripts(transcripts: readonly Transcript[]): void {
      transact(db, () => {
        for (const transcript of transcripts) {
          const { accountId, requestId, keyId, expiresAt } = transcript;
          const sealed = pack(boxOf(accountId), transcript, place("transcript", accountId, requestId));
          put.run(idBytes(accountId), idBytes(requestId), idBytes(keyId), expiresAt, sealed);
        }
      });
    },
    findTranscript(accountId: string, requestId: string): Transcript | undefined {
      const row = find.get(idBytes(accountId), idBytes(requestId), clock.now());
      const found = row && unpack(boxOf(accountId), row.box, place("transcript", accountId, requestId));
      return found ? (found as Transcript) : undefined;
    },
    deleteTranscript: (accountId: string, requestId: string): boolean =>
      remove.run(idBytes(accountId), idBytes(requestId)).changes === 1,
    deleteTranscripts: (accountId: string, keyId: string | undefined): number =>
      removeAll.run(idBytes(accountId), keyId === undefined ? null : idBytes(keyId)).changes,
    deleteExpiredTranscripts: deleterOf(db, "transcript", clock),
  };
}

/**
 * Conversations in `conversations.db` of the home.
 * @param secret the installation's: another one finds nothing
 */
export function openSqliteConversations(home: string, secret: string, clock: Clock): SqliteConversationStore {
  const db = openFile(join(home, "conversations.db"));
  const box = secretBox(secret, "conversations at rest");
  return {
    ...signaturesIn(db, box, clock),
    ...responsesIn(db, box, clock),
    ...transcriptsIn(db, transcriptBoxes(secret), clock),
    close() {
      // One file instead of three, for whoever copies the home; SQLite does it only where no statement is left.
      db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      db.close();
    },
  };
}
