import type { MailStore, QueuedMail } from "../accounts/people/mail-queue.ts";
import { did, idValue, type Runner, rows, timeOf } from "./people/steps.ts";

/** Mails that were not taken yet, in both databases. */
export const MAILS = (blob: "BLOB" | "bytea", id: "BLOB" | "uuid", integer: "INTEGER" | "bigint"): string => `
  CREATE TABLE mail (
    mail_id ${id} PRIMARY KEY,
    box ${blob} NOT NULL,
    created_at ${integer} NOT NULL,
    good_until ${integer} NOT NULL,
    tries ${integer} NOT NULL DEFAULT 0,
    next_at ${integer} NOT NULL,
    error TEXT,
    given_up_at ${integer}
  )${blob === "BLOB" ? " STRICT, WITHOUT ROWID" : ""};
  CREATE INDEX mail_due ON mail (next_at) WHERE given_up_at IS NULL;
`;

interface StoredMail {
  readonly mail_id: string;
  readonly box: Uint8Array;
  readonly created_at: bigint;
  readonly good_until: bigint;
  readonly tries: bigint;
  readonly next_at: bigint;
  readonly error: string | null;
  readonly given_up_at: bigint | null;
}

const mailOf = (row: StoredMail): QueuedMail => ({
  mailId: row.mail_id,
  box: row.box,
  createdAt: Number(row.created_at),
  goodUntil: Number(row.good_until),
  tries: Number(row.tries),
  nextAt: Number(row.next_at),
  error: row.error ?? undefined,
  givenUpAt: timeOf(row.given_up_at),
});

export function mailStore({ read, write }: Runner): MailStore {
  return {
    async add({ mailId, box, createdAt, goodUntil, nextAt }) {
      await write(
        did(
          `INSERT INTO mail (mail_id, box, created_at, good_until, next_at)
           VALUES ($1::uuid, $2, $3::bigint, $4::bigint, $5::bigint) RETURNING 1`,
          ...[idValue(mailId), box, createdAt, goodUntil, nextAt],
        ),
      );
    },
    async take(now, nextAt, limit) {
      // A node that waited for another's take finds that they are not due any more.
      const taken = await write(
        rows<StoredMail>(
          `UPDATE mail SET next_at = $2::bigint WHERE given_up_at IS NULL AND next_at <= $1::bigint AND mail_id IN (
             SELECT mail_id FROM mail WHERE given_up_at IS NULL AND next_at <= $1::bigint
             ORDER BY next_at LIMIT $3::bigint) RETURNING *`,
          ...[now, nextAt, limit],
        ),
      );
      return taken.map(mailOf);
    },
    remove: (mailId) => write(did("DELETE FROM mail WHERE mail_id = $1::uuid RETURNING 1", idValue(mailId))),
    async retry(mailId, nextAt, error) {
      await write(
        did(
          `UPDATE mail SET tries = tries + 1, next_at = $2::bigint, error = $3
           WHERE mail_id = $1::uuid RETURNING 1`,
          ...[idValue(mailId), nextAt, error],
        ),
      );
    },
    async giveUp(mailId, now, error) {
      await write(
        did(
          `UPDATE mail SET tries = tries + 1, given_up_at = $2::bigint, error = $3
           WHERE mail_id = $1::uuid RETURNING 1`,
          ...[idValue(mailId), now, error],
        ),
      );
    },
    again: (mailId, now, goodUntil) =>
      write(
        did(
          `UPDATE mail SET next_at = $2::bigint, good_until = $3::bigint, given_up_at = NULL
           WHERE mail_id = $1::uuid RETURNING 1`,
          ...[idValue(mailId), now, goodUntil],
        ),
      ),
    async stuck(limit) {
      const found = await read(
        rows<StoredMail>(
          "SELECT * FROM mail WHERE tries > 0 ORDER BY created_at, mail_id LIMIT $1::bigint",
          limit,
        ),
      );
      return found.map(mailOf);
    },
    async sweep(before) {
      await write(rows("DELETE FROM mail WHERE given_up_at < $1::bigint", before));
    },
  };
}
