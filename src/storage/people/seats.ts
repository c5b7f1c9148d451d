import type { SeatsTaken } from "../../accounts/people/store.ts";
import { first, idValue, rows, type Steps } from "./steps.ts";

/** How many members the account's plan is paid for, and who takes them; undefined: any number. */
export function* seatsOf(accountId: string, now: number): Steps<SeatsTaken | undefined> {
  const row = yield* first<{ seats: bigint; members: bigint; invited: bigint }>(
    `SELECT s.seats,
       (SELECT count(*) FROM member m WHERE m.account_id = w.account_id) AS members,
       (SELECT count(*) FROM invitation i WHERE i.account_id = w.account_id AND i.accepted_at IS NULL
         AND i.revoked_at IS NULL AND i.expires_at > $2::bigint) AS invited
     FROM subscription s JOIN wallet w ON w.wallet_id = s.wallet_id
     WHERE w.account_id = $1::uuid AND s.in_force = 1 AND s.seats IS NOT NULL`,
    ...[idValue(accountId), now],
  );
  return row && { seats: Number(row.seats), members: Number(row.members), invited: Number(row.invited) };
}

/** Whether one more member would be more than there are seats; the account's row is locked until it is done. */
export function* isFull(accountId: string, userId: string, now: number): Steps<boolean> {
  yield* rows("SELECT 1 FROM account WHERE account_id = $1::uuid FOR UPDATE", idValue(accountId));
  const taken = yield* seatsOf(accountId, now);
  if (!taken || taken.members < taken.seats) return false;
  const known = yield* first(
    "SELECT 1 FROM member WHERE account_id = $1::uuid AND user_id = $2::uuid",
    ...[idValue(accountId), idValue(userId)],
  );
  return known === undefined;
}
