import type { SQL } from "bun";
import { idBytes } from "../../base/id.ts";
import type { RequestRecord } from "../../core/request-record.ts";
import { marksOf, STRETCH_MS } from "../../history/facets.ts";
import type { HistoryStore } from "../../history/recorder.ts";
import {
  DIMENSIONS,
  gatherBatch,
  type RecordBatch,
  SUM_COLUMNS,
  type UsageDelta,
} from "../../history/usage-sums.ts";
import { answerKey, decodeRecord, encodeRecord } from "../record-text.ts";
import { rememberedMarks } from "../remembered-marks.ts";
import { firstRow, idOf, rowsOf } from "./connection.ts";

export interface RequestRow {
  readonly request_id: string;
  readonly account_id: string;
  readonly record: string;
}

export function recordOfRow({ request_id, account_id, record }: RequestRow): RequestRecord {
  return decodeRecord({
    request_id: idBytes(idOf(request_id)),
    account_id: idBytes(idOf(account_id)),
    record,
  });
}

function entriesOf(records: readonly RequestRecord[], { facets }: RecordBatch): object[] {
  return records.map((record, index) => ({
    request_id: record.id,
    account_id: record.accountId,
    answer_id: answerKey(record),
    outcome: record.outcome,
    operation: record.operation,
    charged: record.chargeNanos.toString(),
    record: encodeRecord(record),
    ...facets[index],
  }));
}

/** A delta with the names of the columns that it adds to. */
export function namedDelta([hour, account_id, dimensions, sums, last_at]: UsageDelta): object {
  const named: Record<string, unknown> = { hour, account_id, last_at };
  for (const [at, name] of DIMENSIONS.entries()) named[name] = dimensions[at] ?? "";
  for (let at = 0; at < sums.length; at += 2) named[SUM_COLUMNS[Number(sums[at])] ?? ""] = sums[at + 1];
  return named;
}

const COLUMNS = "SELECT request_id, account_id, record FROM request";

/** $1 records, $2 marks, $3 deltas, $4 how many records. All of it is written, or nothing. */
const INSERT = `
  WITH made AS (
    INSERT INTO request (request_id, account_id, answer_id, outcome, operation, charged, record, what, who)
    SELECT e.* FROM json_to_recordset($1::text::json) AS e(
      request_id uuid, account_id uuid, answer_id text, outcome text, operation text, charged bigint, record text,
      what bigint, who bigint)
    ON CONFLICT DO NOTHING RETURNING 1),
  marked AS (
    INSERT INTO request_mark SELECT e.value, e.stretch FROM json_to_recordset($2::text::json) AS e(value int, stretch bigint)
    ORDER BY 1, 2 ON CONFLICT DO NOTHING)
  INSERT INTO usage_delta (deltas) SELECT $3 WHERE quoin_all_new((SELECT count(*) FROM made) = $4::int)`;

const TRIES = 5;

/** Those that are not in the table. */
async function newOnes(sql: SQL, records: readonly RequestRecord[]): Promise<RequestRecord[]> {
  const rows = await rowsOf<{ request_id: string }>(
    sql,
    "SELECT request_id FROM request WHERE request_id = ANY($1::text::uuid[])",
    [`{${records.map(({ id }) => id).join(",")}}`],
  );
  const there = new Set(rows.map(({ request_id }) => idOf(request_id)));
  return [...new Map(records.map((record) => [record.id, record])).values()].filter(
    ({ id }) => !there.has(id),
  );
}

const someAreThere = (fault: unknown): boolean =>
  fault instanceof Error && fault.message.includes("some records are there already");

function recordWriter(sql: SQL) {
  const marked = rememberedMarks();

  function marksFor(records: readonly RequestRecord[], { facets }: RecordBatch): object[] {
    return records.flatMap(({ at }, index) => {
      const { what } = facets[index] ?? { what: 0 };
      const stretch = Math.floor(at / STRETCH_MS);
      return marked.isNew(stretch, what) ? marksOf(what).map((value) => ({ value, stretch })) : [];
    });
  }

  async function write(records: readonly RequestRecord[]): Promise<void> {
    const batch = gatherBatch(records);
    const parts = [entriesOf(records, batch), marksFor(records, batch), batch.deltas.map(namedDelta)];
    try {
      await sql.unsafe(INSERT, [...parts.map((part) => JSON.stringify(part)), records.length]);
    } catch (cause) {
      marked.forget();
      throw cause;
    }
  }

  /** Rarely is a record there already: its batch was written, and the answer lost. */
  return async (records: readonly RequestRecord[]): Promise<void> => {
    let left = records;
    for (let tries = 0; left.length > 0; tries++) {
      try {
        await write(left);
        return;
      } catch (fault) {
        if (!someAreThere(fault) || tries >= TRIES) throw fault;
        left = await newOnes(sql, left);
      }
    }
  };
}

export function postgresHistoryStore(sql: SQL): HistoryStore {
  return {
    insert: recordWriter(sql),
    async list({ accountId, limit }) {
      const rows = await rowsOf<RequestRow>(
        sql,
        `${COLUMNS} WHERE $1::uuid IS NULL OR account_id = $1::uuid ORDER BY request_id DESC LIMIT $2::int`,
        [accountId ?? null, limit],
      );
      return rows.map(recordOfRow);
    },
    async find(id) {
      const row = await firstRow<RequestRow>(sql, `${COLUMNS} WHERE request_id = $1::uuid`, [id]);
      return row && recordOfRow(row);
    },
    async findAnswer(accountId, answerId) {
      const row = await firstRow<RequestRow>(
        sql,
        `${COLUMNS} WHERE answer_id = $1 AND account_id = $2::uuid ORDER BY request_id DESC LIMIT 1`,
        [answerId, accountId],
      );
      return row && recordOfRow(row);
    },
  };
}
