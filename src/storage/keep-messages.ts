import type { NoticeMessage } from "../billing/notice-messages.ts";
import { idValue, rows, type Steps } from "./people/steps.ts";

/** Messages that are due at once, in the transaction of what they tell. */
export function* keepMessages(messages: readonly NoticeMessage[], now: number): Steps<void> {
  for (const { messageId, walletId, channel, target, body } of messages)
    yield* rows(
      `INSERT INTO notice_message (message_id, wallet_id, channel, target, body, created_at, next_at)
       VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6::bigint, $6::bigint)`,
      ...[idValue(messageId), idValue(walletId), channel, target, body, now],
    );
}
