import type { SQL } from "bun";
import type { NoticeStore } from "../../billing/low-balance.ts";
import type { NoticeMessage } from "../../billing/notice-messages.ts";
import { noticeRow, SELECT_NOTICES, type StoredNotice } from "../notice-row.ts";
import { firstRow, idOf, rowsOf } from "./connection.ts";

type Row = StoredNotice<string, boolean>;

/** How long the node that took a message has to send it, before another tries. */
const TAKEN_MS = 60_000;

function fire(sql: SQL, walletId: string, messages: readonly NoticeMessage[], now: number): Promise<boolean> {
  return sql.begin(async (transaction) => {
    const fired = await rowsOf(
      transaction,
      "UPDATE notice SET armed = false WHERE wallet_id = $1::uuid AND armed RETURNING 1",
      [walletId],
    );
    if (fired.length === 0) return false;
    for (const { messageId, channel, target, body } of messages) {
      await transaction.unsafe(
        `INSERT INTO notice_message (message_id, wallet_id, channel, target, body, created_at, next_at)
         VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6::bigint, $6::bigint)`,
        [messageId, walletId, channel, target, body, now],
      );
    }
    return true;
  });
}

type StoredMessage = Pick<NoticeMessage, "channel" | "target" | "body" | "tries"> & {
  readonly message_id: string;
  readonly wallet_id: string;
};

/** Takes them for this node: others see them again only when it has not closed them in time. */
async function takeDue(sql: SQL, now: number, limit: number): Promise<NoticeMessage[]> {
  const rows = await rowsOf<StoredMessage>(
    sql,
    `UPDATE notice_message SET next_at = $1::bigint + ${TAKEN_MS} WHERE message_id IN (
       SELECT message_id FROM notice_message WHERE closed_at IS NULL AND next_at <= $1::bigint
       ORDER BY next_at LIMIT $2::int FOR UPDATE SKIP LOCKED)
     RETURNING message_id, wallet_id, channel, target, body, tries`,
    [now, limit],
  );
  return rows.map(({ message_id, wallet_id, ...message }) => ({
    ...message,
    messageId: idOf(message_id),
    walletId: idOf(wallet_id),
  }));
}

export function postgresNoticeStore(sql: SQL): NoticeStore {
  async function run(statement: string, ...values: readonly unknown[]): Promise<void> {
    await sql.unsafe(statement, [...values]);
  }
  return {
    set: ({ walletId, belowNanos, webhook = null, email = null, sealedSecret = null, armed }) =>
      run(
        `INSERT INTO notice VALUES ($1::uuid, $2::bigint, $3, $4, $5, $6::boolean)
         ON CONFLICT (wallet_id) DO UPDATE SET below = excluded.below, webhook = excluded.webhook,
           email = excluded.email, sealed_secret = excluded.sealed_secret, armed = excluded.armed`,
        walletId,
        belowNanos,
        webhook,
        email,
        sealedSecret,
        armed,
      ),
    async remove(walletId) {
      const rows = await rowsOf(sql, "DELETE FROM notice WHERE wallet_id = $1::uuid RETURNING 1", [walletId]);
      return rows.length > 0;
    },
    async find(walletId) {
      const row = await firstRow<Row>(sql, `${SELECT_NOTICES} WHERE n.wallet_id = $1::uuid`, [walletId]);
      return row && noticeRow(row, idOf);
    },
    all: async () => (await rowsOf<Row>(sql, SELECT_NOTICES)).map((row) => noticeRow(row, idOf)),
    arm: (walletId) => run("UPDATE notice SET armed = true WHERE wallet_id = $1::uuid", walletId),
    fire: (walletId, messages, now) => fire(sql, walletId, messages, now),
    due: (now, limit) => takeDue(sql, now, limit),
    close: (messageId, now, error = undefined) =>
      run(
        "UPDATE notice_message SET closed_at = $2::bigint, error = $3, tries = tries + 1 WHERE message_id = $1::uuid",
        messageId,
        now,
        error ?? null,
      ),
    retry: (messageId, nextAt, error) =>
      run(
        "UPDATE notice_message SET next_at = $2::bigint, error = $3, tries = tries + 1 WHERE message_id = $1::uuid",
        messageId,
        nextAt,
        error,
      ),
  };
}
