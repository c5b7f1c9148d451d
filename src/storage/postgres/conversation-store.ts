import type { SQL } from "bun";
import type { Clock } from "../../base/clock.ts";
import { type SecretBox, secretBox } from "../../base/secret-box.ts";
import { outputItems } from "../../conversations/output-items.ts";
import type {
  ConversationStore,
  KeptItem,
  ResponseRecord,
  TranscriptStore,
} from "../../conversations/store.ts";
import type { Signature } from "../../core/generation/node.ts";
import type { Transcript } from "../../core/transcript.ts";
import { pack, place, transcriptBoxes, unpack } from "../boxes.ts";
import { firstRow, rowsOf } from "./connection.ts";

const ID_COLUMNS = { call_signature: "call_id", response: "response_id", response_item: "item_id" } as const;

type Table = keyof typeof ID_COLUMNS;

function deleterOf(sql: SQL, table: Table | "transcript", clock: Clock) {
  return async (limit: number): Promise<number> => {
    const rows = await rowsOf(
      sql,
      `DELETE FROM ${table} WHERE ctid IN (
         SELECT ctid FROM ${table} WHERE expires_at <= $1::bigint LIMIT $2::int FOR UPDATE SKIP LOCKED) RETURNING 1`,
      [clock.now(), limit],
    );
    return rows.length;
  };
}

interface Boxed {
  readonly accountId: string;
  readonly id: string;
  readonly expiresAt: number;
  readonly box: Uint8Array;
}

/** All of the rows or none, the last of each id; a row replaces an earlier one. */
async function putBoxes(sql: SQL, table: Table, rows: readonly Boxed[]): Promise<void> {
  const column = ID_COLUMNS[table];
  const last = new Map(rows.map((row) => [`${row.accountId} ${row.id}`, row]));
  const entries = [...last.values()]
    // In one order everywhere: two nodes that put the same rows do not wait for each other in a circle.
    .sort((a, b) => (`${a.accountId}${a.id}` < `${b.accountId}${b.id}` ? -1 : 1))
    .map(({ accountId, id, expiresAt, box }) => ({
      account_id: accountId,
      id,
      expires_at: expiresAt,
      box: box.toHex(),
    }));
  await sql.unsafe(
    `INSERT INTO ${table} (account_id, ${column}, expires_at, box)
     SELECT account_id, id, expires_at, decode(box, 'hex')
     FROM jsonb_to_recordset($1::text::jsonb) AS e(account_id uuid, id text, expires_at bigint, box text)
     ON CONFLICT (account_id, ${column}) DO UPDATE SET expires_at = excluded.expires_at, box = excluded.box`,
    [JSON.stringify(entries)],
  );
}

function signaturesIn(sql: SQL, box: SecretBox, clock: Clock) {
  return {
    putSignatures: (rows) =>
      putBoxes(
        sql,
        "call_signature",
        rows.map(({ accountId, callId, expiresAt, signatures }) => {
          const sealed = pack(box, signatures, place("call_signature", accountId, callId));
          return { accountId, id: callId, expiresAt, box: sealed };
        }),
      ),
    async findSignatures(accountId, callIds) {
      const rows = await rowsOf<{ call_id: string; expires_at: bigint; box: Uint8Array }>(
        sql,
        `SELECT call_id, expires_at, box FROM call_signature
         WHERE account_id = $1::uuid AND expires_at > $3::bigint
           AND call_id IN (SELECT jsonb_array_elements_text($2::text::jsonb))`,
        [accountId, JSON.stringify(callIds), clock.now()],
      );
      const found = rows.flatMap(({ call_id: callId, expires_at, box: sealed }) => {
        const signatures = unpack(box, sealed, place("call_signature", accountId, callId));
        if (signatures === undefined) return [];
        const expiresAt = Number(expires_at);
        return [{ accountId, callId, expiresAt, signatures: signatures as readonly Signature[] }];
      });
      return new Map(found.map((row) => [row.callId, row]));
    },
    deleteExpiredSignatures: deleterOf(sql, "call_signature", clock),
  } satisfies Partial<ConversationStore>;
}

/** The items of answers, in rows of their own. */
function itemsIn(sql: SQL, box: SecretBox, clock: Clock) {
  return {
    boxesOf: (record: ResponseRecord): Boxed[] =>
      [...outputItems(record)].map(([id, item]) => {
        const { accountId, expiresAt } = record;
        return { accountId, id, expiresAt, box: pack(box, item, place("response_item", accountId, id)) };
      }),
    async find(accountId: string, itemIds: readonly string[]): Promise<ReadonlyMap<string, KeptItem>> {
      const rows = await rowsOf<{ item_id: string; box: Uint8Array }>(
        sql,
        `SELECT item_id, box FROM response_item
         WHERE account_id = $1::uuid AND expires_at > $3::bigint
           AND item_id IN (SELECT jsonb_array_elements_text($2::text::jsonb))`,
        [accountId, JSON.stringify(itemIds), clock.now()],
      );
      const found = rows.flatMap(({ item_id: id, box: sealed }) => {
        const item = unpack(box, sealed, place("response_item", accountId, id));
        return item === undefined ? [] : [[id, item as KeptItem] as const];
      });
      return new Map(found);
    },
    async deleteOf(transaction: SQL, record: ResponseRecord): Promise<void> {
      const ids = JSON.stringify([...outputItems(record).keys()]);
      await transaction.unsafe(
        `DELETE FROM response_item
         WHERE account_id = $1::uuid AND item_id IN (SELECT jsonb_array_elements_text($2::text::jsonb))`,
        [record.accountId, ids],
      );
    },
  };
}

function responsesIn(sql: SQL, box: SecretBox, clock: Clock) {
  const live = "account_id = $1::uuid AND response_id = $2 AND expires_at > $3::bigint";
  const items = itemsIn(sql, box, clock);
  const deleteExpired = {
    responses: deleterOf(sql, "response", clock),
    items: deleterOf(sql, "response_item", clock),
  };

  function opened(accountId: string, id: string, row: { box: Uint8Array } | undefined) {
    const record = row && unpack(box, row.box, place("response", accountId, id));
    return record ? (record as ResponseRecord) : undefined;
  }
  return {
    async putResponses(records) {
      const rows = records.map((record) => {
        const { accountId, id, expiresAt } = record;
        return { accountId, id, expiresAt, box: pack(box, record, place("response", accountId, id)) };
      });
      await sql.begin(async (transaction) => {
        await putBoxes(transaction, "response", rows);
        await putBoxes(transaction, "response_item", records.flatMap(items.boxesOf));
      });
    },
    async findResponse(accountId, id) {
      const asked = [accountId, id, clock.now()];
      return opened(accountId, id, await firstRow(sql, `SELECT box FROM response WHERE ${live}`, asked));
    },
    findItems: items.find,
    deleteResponse: (accountId, id) =>
      sql.begin(async (transaction) => {
        const asked = [accountId, id, clock.now()];
        const row = await firstRow<{ box: Uint8Array }>(
          transaction,
          `DELETE FROM response WHERE ${live} RETURNING box`,
          asked,
        );
        const record = opened(accountId, id, row);
        if (record) await items.deleteOf(transaction, record);
        return row !== undefined;
      }),
    deleteExpiredResponses: async (limit) =>
      Math.max(await deleteExpired.responses(limit), await deleteExpired.items(limit)),
  } satisfies Partial<ConversationStore>;
}

function transcriptsIn(sql: SQL, boxOf: (accountId: string) => SecretBox, clock: Clock) {
  return {
    async putTranscripts(transcripts) {
      const entries = transcripts.map((transcript) => {
        const { accountId, requestId, keyId, expiresAt } = transcript;
        const sealed = pack(boxOf(accountId), transcript, place("transcript", accountId, requestId));
        return {
          account_id: accountId,
          request_id: requestId,
          key_id: keyId,
          expires_at: expiresAt,
          box: sealed.toHex(),
        };
      });
      await sql.unsafe(
        `INSERT INTO transcript (account_id, request_id, key_id, expires_at, box)
         SELECT account_id, request_id, key_id, expires_at, decode(box, 'hex')
         FROM jsonb_to_recordset($1::text::jsonb)
           AS e(account_id uuid, request_id uuid, key_id uuid, expires_at bigint, box text)
         ON CONFLICT DO NOTHING`,
        [JSON.stringify(entries)],
      );
    },
    async findTranscript(accountId, requestId) {
      const row = await firstRow<{ box: Uint8Array }>(
        sql,
        `SELECT box FROM transcript
         WHERE account_id = $1::uuid AND request_id = $2::uuid AND expires_at > $3::bigint`,
        [accountId, requestId, clock.now()],
      );
      const found = row && unpack(boxOf(accountId), row.box, place("transcript", accountId, requestId));
      return found ? (found as Transcript) : undefined;
    },
    async deleteTranscript(accountId, requestId) {
      const rows = await rowsOf(
        sql,
        "DELETE FROM transcript WHERE account_id = $1::uuid AND request_id = $2::uuid RETURNING 1",
        [accountId, requestId],
      );
      return rows.length === 1;
    },
    async deleteTranscripts(accountId, keyId) {
      const rows = await rowsOf(
        sql,
        `DELETE FROM transcript
         WHERE account_id = $1::uuid AND ($2::uuid IS NULL OR key_id = $2::uuid) RETURNING 1`,
        [accountId, keyId ?? null],
      );
      return rows.length;
    },
    deleteExpiredTranscripts: deleterOf(sql, "transcript", clock),
  } satisfies TranscriptStore;
}

/** Conversations in sealed boxes. @param secret the installation's: another one finds nothing */
export function postgresConversations(sql: SQL, secret: string, clock: Clock): ConversationStore {
  const box = secretBox(secret, "conversations at rest");
  return {
    ...signaturesIn(sql, box, clock),
    ...responsesIn(sql, box, clock),
    ...transcriptsIn(sql, transcriptBoxes(secret), clock),
  };
}
