import { endOfDay } from "../base/utc-day.ts";
import { monthOf } from "../base/utc-month.ts";
import {
  type AutoTopUp,
  type AutoTopUpStore,
  type AutoTopUpTerms,
  allowsTopUp,
  type SavedMethod,
  type TopUpAttempt,
  type TopUpFailure,
} from "../billing/auto-top-up-store.ts";
import type { NoticeMessage } from "../billing/notice-messages.ts";
import { keepMessages } from "./keep-messages.ts";
import { did, first, idValue, type Runner, rows, type Steps } from "./people/steps.ts";

const DAY_MS = 86_400_000;

interface Stored {
  readonly wallet_id: string;
  readonly account: string;
  readonly below: bigint;
  readonly amount: bigint;
  readonly times_a_day: bigint;
  readonly month_max: bigint;
  readonly email: string | null;
  readonly failures: bigint;
  readonly paused_until: bigint;
  readonly off_reason: string | null;
  readonly turn: bigint;
  readonly open: bigint;
  readonly begun_today: bigint;
  readonly month_nanos: bigint;
}

/** $1 and $2: where the day and the month begin. */
const SELECT = `SELECT t.wallet_id, a.name AS account, t.below, t.amount, t.times_a_day, t.month_max, t.email, t.failures,
  t.paused_until, t.off_reason, t.turn,
  (SELECT count(*) FROM auto_top_up_attempt x WHERE x.wallet_id = t.wallet_id AND x.state = 'open') AS open,
  (SELECT count(*) FROM auto_top_up_attempt x WHERE x.wallet_id = t.wallet_id AND x.begun_at >= $1::bigint) AS begun_today,
  (SELECT coalesce(sum(x.amount), 0)::bigint FROM auto_top_up_attempt x
    WHERE x.wallet_id = t.wallet_id AND x.begun_at >= $2::bigint AND x.state <> 'failed') AS month_nanos
  FROM auto_top_up t JOIN wallet w ON w.wallet_id = t.wallet_id JOIN account a ON a.account_id = w.account_id`;

const periodsOf = (now: number) => [endOfDay(now) - DAY_MS, monthOf(now).startsAt] as const;

function termsOf(stored: Stored): AutoTopUp {
  return {
    walletId: stored.wallet_id,
    account: stored.account,
    belowNanos: stored.below,
    amountNanos: stored.amount,
    timesADayMax: Number(stored.times_a_day),
    monthNanosMax: stored.month_max,
    email: stored.email ?? undefined,
    failures: Number(stored.failures),
    pausedUntil: Number(stored.paused_until),
    offReason: stored.off_reason ?? undefined,
    turn: Number(stored.turn),
    isOpen: stored.open > 0n,
    begunToday: Number(stored.begun_today),
    monthNanos: stored.month_nanos,
  };
}

function* customer(walletId: string): Steps<string | undefined> {
  const row = yield* first<{ customer: string }>(
    "SELECT customer FROM payer WHERE wallet_id = $1::uuid",
    idValue(walletId),
  );
  return row?.customer;
}

function* keepCustomer(walletId: string, made: string): Steps<string> {
  yield* rows(
    "INSERT INTO payer (wallet_id, customer) VALUES ($1::uuid, $2) ON CONFLICT DO NOTHING",
    ...[idValue(walletId), made],
  );
  return (yield* customer(walletId)) ?? made;
}

function* set({ walletId, belowNanos, amountNanos, ...terms }: AutoTopUpTerms): Steps<void> {
  const { timesADayMax, monthNanosMax, email = null } = terms;
  yield* rows(
    `INSERT INTO auto_top_up (wallet_id, below, amount, times_a_day, month_max, email)
     VALUES ($1::uuid, $2::bigint, $3::bigint, $4::bigint, $5::bigint, $6)
     ON CONFLICT (wallet_id) DO UPDATE SET below = excluded.below, amount = excluded.amount,
       times_a_day = excluded.times_a_day, month_max = excluded.month_max, email = excluded.email,
       failures = 0, paused_until = 0, off_reason = NULL`,
    ...[idValue(walletId), belowNanos, amountNanos, timesADayMax, monthNanosMax, email],
  );
}

function* find(walletId: string, now: number): Steps<AutoTopUp | undefined> {
  const row = yield* first<Stored>(
    `${SELECT} WHERE t.wallet_id = $3::uuid`,
    ...[...periodsOf(now), idValue(walletId)],
  );
  return row && termsOf(row);
}

function* active(now: number): Steps<AutoTopUp[]> {
  return (yield* rows<Stored>(`${SELECT} WHERE t.off_reason IS NULL`, ...periodsOf(now))).map(termsOf);
}

function* switchOff(
  walletId: string,
  reason: string,
  messages: readonly NoticeMessage[],
  now: number,
): Steps<boolean> {
  const done = yield* did(
    "UPDATE auto_top_up SET off_reason = $2 WHERE wallet_id = $1::uuid AND off_reason IS NULL RETURNING 1",
    ...[idValue(walletId), reason],
  );
  if (done) yield* keepMessages(messages, now);
  return done;
}

function* begin(seen: AutoTopUp, paying: SavedMethod, attemptId: string, now: number): Steps<boolean> {
  const { walletId, turn, amountNanos } = seen;
  // The row is locked by this: of several that read the same turn one goes on.
  const mine = yield* did(
    "UPDATE auto_top_up SET turn = turn + 1 WHERE wallet_id = $1::uuid AND turn = $2::bigint AND amount = $3::bigint RETURNING 1",
    ...[idValue(walletId), turn, amountNanos],
  );
  const terms = mine ? yield* find(walletId, now) : undefined;
  if (!terms || !allowsTopUp(terms, now)) return false;
  yield* rows(
    `INSERT INTO auto_top_up_attempt (attempt_id, wallet_id, amount, customer, method, begun_at, next_at)
     VALUES ($1::uuid, $2::uuid, $3::bigint, $4, $5, $6::bigint, $6::bigint)`,
    ...[idValue(attemptId), idValue(walletId), amountNanos],
    ...[paying.customer, paying.method, now],
  );
  return true;
}

interface StoredAttempt {
  readonly attempt_id: string;
  readonly wallet_id: string;
  readonly amount: bigint;
  readonly customer: string;
  readonly method: string;
  readonly begun_at: bigint;
  readonly tries: bigint;
}

function* claim(now: number, until: number, limit: number): Steps<TopUpAttempt[]> {
  const found = yield* rows<StoredAttempt>(
    `UPDATE auto_top_up_attempt SET next_at = $2::bigint, tries = tries + 1
     WHERE state = 'open' AND next_at <= $1::bigint AND attempt_id IN (SELECT x.attempt_id FROM auto_top_up_attempt x
       WHERE x.state = 'open' AND x.next_at <= $1::bigint ORDER BY x.next_at LIMIT $3::bigint)
     RETURNING attempt_id, wallet_id, amount, customer, method, begun_at, tries`,
    ...[now, until, limit],
  );
  return found.map((row) => ({
    attemptId: row.attempt_id,
    walletId: row.wallet_id,
    nanos: row.amount,
    customer: row.customer,
    method: row.method,
    begunAt: Number(row.begun_at),
    tries: Number(row.tries),
  }));
}

function* retry(attemptId: string, nextAt: number, error: string): Steps<void> {
  yield* rows(
    "UPDATE auto_top_up_attempt SET next_at = $2::bigint, error = $3 WHERE attempt_id = $1::uuid AND state = 'open'",
    ...[idValue(attemptId), nextAt, error],
  );
}

function* close(attemptId: string, state: "paid" | "failed", said: string): Steps<boolean> {
  const column = state === "paid" ? "payment" : "error";
  return yield* did(
    `UPDATE auto_top_up_attempt SET state = $2, ${column} = $3 WHERE attempt_id = $1::uuid AND state = 'open' RETURNING 1`,
    ...[idValue(attemptId), state, said],
  );
}

function* paid({ attemptId, walletId }: TopUpAttempt, payment: string): Steps<void> {
  if (!(yield* close(attemptId, "paid", payment))) return;
  yield* rows("UPDATE auto_top_up SET failures = 0 WHERE wallet_id = $1::uuid", idValue(walletId));
}

function* failed({ attemptId, walletId }: TopUpAttempt, failure: TopUpFailure, now: number): Steps<void> {
  if (!(yield* close(attemptId, "failed", failure.reason))) return;
  yield* rows(
    `UPDATE auto_top_up SET failures = failures + 1, paused_until = $2::bigint,
       off_reason = coalesce(off_reason, $3::text) WHERE wallet_id = $1::uuid`,
    ...[idValue(walletId), failure.pausedUntil, failure.offReason ?? null],
  );
  yield* keepMessages(failure.messages, now);
}

/** Automatic top-ups, in whichever database the runner runs on. */
export function autoTopUpStore({ read, write }: Runner): AutoTopUpStore {
  return {
    customer: (walletId) => read(customer(walletId)),
    keepCustomer: (walletId, made) => write(keepCustomer(walletId, made)),
    set: (terms) => write(set(terms)),
    switchOff: (walletId, reason, messages, now) => write(switchOff(walletId, reason, messages, now)),
    find: (walletId, now) => read(find(walletId, now)),
    active: (now) => read(active(now)),
    begin: (seen, method, attemptId, now) => write(begin(seen, method, attemptId, now)),
    claim: (now, until, limit) => write(claim(now, until, limit)),
    retry: (attemptId, nextAt, error) => write(retry(attemptId, nextAt, error)),
    paid: (attempt, payment) => write(paid(attempt, payment)),
    failed: (attempt, failure, now) => write(failed(attempt, failure, now)),
  };
}
