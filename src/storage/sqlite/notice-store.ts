import type { Database } from "bun:sqlite";
import { idBytes, idText } from "../../base/id.ts";
import type { NoticeStore } from "../../billing/low-balance.ts";
import type { NoticeMessage } from "../../billing/notice-messages.ts";
import { noticeRow, SELECT_NOTICES, type StoredNotice } from "../notice-row.ts";
import { durably, transact } from "./database.ts";

type Row = StoredNotice<Uint8Array, bigint>;

function fire(db: Database, walletId: string, messages: readonly NoticeMessage[], now: number): boolean {
  const wallet = idBytes(walletId);
  const { changes } = db.prepare("UPDATE notice SET armed = 0 WHERE wallet_id = ? AND armed = 1").run(wallet);
  if (changes === 0) return false;
  const insert = db.prepare(
    "INSERT INTO notice_message (message_id, wallet_id, channel, target, body, created_at, next_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
  );
  for (const { messageId, channel, target, body } of messages)
    insert.run(idBytes(messageId), wallet, channel, target, body, now, now);
  return true;
}

type StoredMessage = Pick<NoticeMessage, "channel" | "target" | "body"> & {
  readonly message_id: Uint8Array;
  readonly wallet_id: Uint8Array;
  readonly tries: bigint;
};

function dueMessages(db: Database, now: number, limit: number): NoticeMessage[] {
  const rows = db
    .prepare<StoredMessage, [number, number]>(
      `SELECT message_id, wallet_id, channel, target, body, tries FROM notice_message
       WHERE closed_at IS NULL AND next_at <= ? ORDER BY next_at LIMIT ?`,
    )
    .all(now, limit);
  return rows.map(({ message_id, wallet_id, tries, ...message }) => ({
    ...message,
    messageId: idText(message_id),
    walletId: idText(wallet_id),
    tries: Number(tries),
  }));
}

export function sqliteNoticeStore(db: Database): NoticeStore {
  return {
    set({ walletId, belowNanos, webhook, email, sealedSecret, armed }) {
      const values = [
        belowNanos,
        webhook ?? null,
        email ?? null,
        sealedSecret ?? null,
        armed ? 1 : 0,
      ] as const;
      const sql =
        "INSERT OR REPLACE INTO notice (wallet_id, below, webhook, email, sealed_secret, armed) VALUES (?, ?, ?, ?, ?, ?)";
      durably(db, () => void db.prepare(sql).run(idBytes(walletId), ...values));
    },
    remove: (walletId) =>
      durably(
        db,
        () => db.prepare("DELETE FROM notice WHERE wallet_id = ?").run(idBytes(walletId)).changes > 0,
      ),
    find(walletId) {
      const row = db
        .prepare<Row, [Uint8Array]>(`${SELECT_NOTICES} WHERE n.wallet_id = ?`)
        .get(idBytes(walletId));
      return row ? noticeRow(row, idText) : undefined;
    },
    all: () =>
      db
        .prepare<Row, []>(SELECT_NOTICES)
        .all()
        .map((row) => noticeRow(row, idText)),
    arm: (walletId) =>
      void transact(db, () =>
        db.prepare("UPDATE notice SET armed = 1 WHERE wallet_id = ?").run(idBytes(walletId)),
      ),
    fire: (walletId, messages, now) => durably(db, () => fire(db, walletId, messages, now)),
    due: (now, limit) => dueMessages(db, now, limit),
    close(messageId, now, error) {
      const sql =
        "UPDATE notice_message SET closed_at = ?, error = ?, tries = tries + 1 WHERE message_id = ?";
      transact(db, () => db.prepare(sql).run(now, error ?? null, idBytes(messageId)));
    },
    retry(messageId, nextAt, error) {
      const sql = "UPDATE notice_message SET next_at = ?, error = ?, tries = tries + 1 WHERE message_id = ?";
      transact(db, () => db.prepare(sql).run(nextAt, error, idBytes(messageId)));
    },
  };
}
