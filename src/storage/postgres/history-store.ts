import type { SQL } from "bun";
import { idBytes } from "../../base/id.ts";
import type { RequestRecord } from "../../core/request-record.ts";
import type { HistoryStore } from "../../history/recorder.ts";
import { decodeRecord, encodeRecord } from "../record-text.ts";
import { firstRow, idOf, rowsOf } from "./connection.ts";

interface Row {
  readonly request_id: string;
  readonly account_id: string;
  readonly record: string;
}

function recordOf({ request_id, account_id, record }: Row): RequestRecord {
  return decodeRecord({
    request_id: idBytes(idOf(request_id)),
    account_id: idBytes(idOf(account_id)),
    record,
  });
}

/** Answers that a later request may build on are those of the Responses protocol. */
function answerKey(record: RequestRecord): string | null {
  return record.protocol === "openai-responses" && record.answerId ? record.answerId : null;
}

function entryOf(record: RequestRecord): object {
  return {
    request_id: record.id,
    account_id: record.accountId,
    answer_id: answerKey(record),
    outcome: record.outcome,
    operation: record.operation,
    charged: record.chargeNanos.toString(),
    record: encodeRecord(record),
  };
}

const COLUMNS = "SELECT request_id, account_id, record FROM request";

export function postgresHistoryStore(sql: SQL): HistoryStore {
  return {
    async insert(records) {
      await sql.unsafe(
        `INSERT INTO request SELECT e.* FROM jsonb_to_recordset($1::text::jsonb) AS e(
           request_id uuid, account_id uuid, answer_id text, outcome text, operation text, charged bigint, record text)
         ON CONFLICT DO NOTHING`,
        [JSON.stringify(records.map(entryOf))],
      );
    },
    async list({ accountId, limit }) {
      const rows = await rowsOf<Row>(
        sql,
        `${COLUMNS} WHERE $1::uuid IS NULL OR account_id = $1::uuid ORDER BY request_id DESC LIMIT $2::int`,
        [accountId ?? null, limit],
      );
      return rows.map(recordOf);
    },
    async find(id) {
      const row = await firstRow<Row>(sql, `${COLUMNS} WHERE request_id = $1::uuid`, [id]);
      return row && recordOf(row);
    },
    async findAnswer(accountId, answerId) {
      const row = await firstRow<Row>(
        sql,
        `${COLUMNS} WHERE answer_id = $1 AND account_id = $2::uuid ORDER BY request_id DESC LIMIT 1`,
        [answerId, accountId],
      );
      return row && recordOf(row);
    },
  };
}
