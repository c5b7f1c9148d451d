import type { SQL } from "bun";
import { newId } from "../../base/id.ts";
import type { Applied, PaymentState, PaymentStore } from "../../billing/payments.ts";
import { SPEND_RANK } from "../spend-rank.ts";
import { firstRow, rowsOf } from "./connection.ts";
import { tellNodes } from "./notices.ts";

async function applyPayment(
  sql: SQL,
  eventId: string,
  { objectId, walletId, paidNanos, refundedNanos, disputedNanos, paidIn }: PaymentState,
  moves: number,
  now: number,
): Promise<Applied> {
  const row = await firstRow<{ outcome: Applied }>(
    sql,
    `WITH kept AS (INSERT INTO payment_currency (object_id, code, minor, rate)
       SELECT $2, $12::text, $13::bigint, $14::bigint WHERE $12::text IS NOT NULL ON CONFLICT DO NOTHING)
     SELECT quoin_apply_payment($1, $2, $3::uuid, $4::uuid, $5::uuid, $6::bigint, $7::bigint, $8::bigint, $9::int,
       $10::smallint, $11::bigint) AS outcome`,
    [
      eventId,
      objectId,
      newId(),
      newId(),
      walletId,
      paidNanos,
      refundedNanos,
      disputedNanos,
      moves,
      SPEND_RANK.payment,
      now,
      ...[paidIn?.code ?? null, paidIn?.minor ?? null, paidIn?.ppm ?? null],
    ],
  );
  if (!row) throw new Error(`payment ${objectId} was not kept`);
  // What is owed may lie idle in other nodes' leases, and new money may go first.
  if (row.outcome === "applied") await tellNodes(sql, "wallet", walletId);
  return row.outcome;
}

export function postgresPaymentStore(sql: SQL): PaymentStore {
  return {
    async look(eventId, objectId) {
      const row = await firstRow<{ known: boolean; moves: number }>(
        sql,
        `SELECT EXISTS (SELECT 1 FROM payment_event WHERE event_id = $1) AS known,
           coalesce((SELECT moves FROM payment WHERE object_id = $2), 0) AS moves`,
        [eventId, objectId],
      );
      return row?.known ? undefined : (row?.moves ?? 0);
    },
    apply: (eventId, payment, moves, now) => applyPayment(sql, eventId, payment, moves, now),
    async debt(walletId) {
      const row = await firstRow<{ owed: bigint }>(sql, "SELECT quoin_debt($1::uuid) AS owed", [walletId]);
      return row?.owed ?? 0n;
    },
    async collectDebts(now) {
      const debtors = await rowsOf<{ wallet_id: string }>(
        sql,
        "SELECT wallet_id FROM wallet WHERE frozen ORDER BY 1",
      );
      for (const { wallet_id } of debtors) {
        await sql.unsafe("SELECT quoin_collect_debt($1::uuid, $2::bigint)", [wallet_id, now]);
      }
    },
  };
}
