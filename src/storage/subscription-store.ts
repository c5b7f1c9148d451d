import type {
  Payer,
  Subscriber,
  Subscription,
  SubscriptionStore,
  SubscriptionWrite,
  SubscriptionWritten,
} from "../billing/subscription-store.ts";
import { keepMessages } from "./keep-messages.ts";
import { insertLot, REVENUE, takeFromLot } from "./money-steps.ts";
import { did, first, idValue, type Runner, rows, type Statement, type Steps } from "./people/steps.ts";

/** Statements that tell other nodes of a key or wallet that changed. */
export type TellNodes = (kind: "key" | "wallet", ref: string) => readonly Statement[];

interface Stored {
  readonly wallet_id: string;
  readonly account_id: string;
  readonly account: string;
  readonly plan: string;
  readonly seats: bigint | null;
  readonly payer: Payer;
  readonly base_plan: string | null;
  readonly in_force: bigint;
  readonly open: bigint;
  readonly next_plan: string | null;
  readonly next_seats: bigint | null;
  readonly billed: bigint | null;
  readonly cancel_at_end: bigint;
  readonly paid_until: bigint;
  readonly problem: string | null;
  readonly pay_url: string | null;
  readonly external: string | null;
  readonly look_at: bigint;
  readonly moves: bigint;
}

const SELECT = `SELECT s.wallet_id, w.account_id, a.name AS account, s.plan, s.seats, s.payer, s.base_plan, s.in_force,
    s.open, s.next_plan, s.next_seats, s.billed, s.cancel_at_end, s.paid_until, s.problem, s.pay_url, s.external, s.look_at, s.moves
  FROM subscription s JOIN wallet w ON w.wallet_id = s.wallet_id JOIN account a ON a.account_id = w.account_id`;

const numberOf = (value: bigint | null) => (value === null ? undefined : Number(value));

function subscriptionOf(row: Stored): Subscription {
  return {
    walletId: row.wallet_id,
    accountId: row.account_id,
    account: row.account,
    planId: row.plan,
    seats: numberOf(row.seats),
    payer: row.payer,
    basePlanId: row.base_plan ?? undefined,
    inForce: row.in_force > 0n,
    isOpen: row.open > 0n,
    next: row.next_plan === null ? undefined : { planId: row.next_plan, seats: numberOf(row.next_seats) },
    billedNanos: row.billed ?? undefined,
    cancelAtEnd: row.cancel_at_end > 0n,
    paidUntil: Number(row.paid_until),
    problem: row.problem ?? undefined,
    payUrl: row.pay_url ?? undefined,
    external: row.external ?? undefined,
    lookAt: Number(row.look_at),
    moves: Number(row.moves),
  };
}

function* find(walletId: string): Steps<Subscription | undefined> {
  const row = yield* first<Stored>(`${SELECT} WHERE s.wallet_id = $1::uuid`, idValue(walletId));
  return row && subscriptionOf(row);
}

function* subscriber(walletId: string): Steps<Subscriber | undefined> {
  const row = yield* first<{ account_id: string; name: string; plan: string | null }>(
    `SELECT a.account_id, a.name, a.plan_id AS plan FROM wallet w JOIN account a ON a.account_id = w.account_id
     WHERE w.wallet_id = $1::uuid AND w.currency = 'USD'`,
    idValue(walletId),
  );
  return row && { walletId, accountId: row.account_id, account: row.name, planId: row.plan ?? undefined };
}

function* due(now: number, limit: number): Steps<Subscription[]> {
  const found = yield* rows<Stored>(
    `${SELECT} WHERE s.open = 1 AND s.look_at <= $1::bigint ORDER BY s.look_at LIMIT $2::bigint`,
    ...[now, limit],
  );
  return found.map(subscriptionOf);
}

function* postpone(walletId: string, lookAt: number): Steps<void> {
  yield* rows(
    "UPDATE subscription SET look_at = $2::bigint WHERE wallet_id = $1::uuid AND open = 1",
    ...[idValue(walletId), lookAt],
  );
}

function* list({ beforeId, limit }: Parameters<SubscriptionStore["list"]>[0]): Steps<Subscription[]> {
  const found = yield* rows<Stored>(
    `${SELECT} WHERE s.open = 1 AND ($1::uuid IS NULL OR w.account_id < $1::uuid)
     ORDER BY w.account_id DESC LIMIT $2::bigint`,
    ...[beforeId === undefined ? null : idValue(beforeId), limit],
  );
  return found.map(subscriptionOf);
}

/** Locks the wallet, as everything does that moves its money; whether what was read is still so. */
function* isUnchanged({ subscriber: { walletId }, moves }: SubscriptionWrite): Steps<boolean> {
  yield* rows("UPDATE wallet SET frozen = frozen WHERE wallet_id = $1::uuid", idValue(walletId));
  const row = yield* first<{ moves: bigint }>(
    "SELECT moves FROM subscription WHERE wallet_id = $1::uuid",
    idValue(walletId),
  );
  return Number(row?.moves ?? 0) === moves;
}

/** Free bought money pays all of it or nothing; a frozen wallet pays nothing. */
function* take(walletId: string, key: string, nanos: bigint, now: number): Steps<boolean> {
  if (yield* did("SELECT 1 FROM wallet WHERE wallet_id = $1::uuid AND frozen", idValue(walletId)))
    return false;
  const lots = yield* rows<{ lot_id: string; free: bigint }>(
    `SELECT lot_id, granted - taken AS free FROM lot
     WHERE wallet_id = $1::uuid AND taken < granted AND source IN ('top-up', 'payment') ORDER BY lot_id`,
    idValue(walletId),
  );
  if (lots.reduce((sum, { free }) => sum + free, 0n) < nanos) return false;
  let rest = nanos;
  for (const [place, { lot_id, free }] of lots.entries()) {
    const part = free < rest ? free : rest;
    if (part === 0n) break;
    yield* takeFromLot(lot_id, {
      ...{ key: `${key}:${place}`, kind: "plan", credit: REVENUE },
      ...{ nanos: part, at: now },
    });
    rest -= part;
  }
  return true;
}

function* keepTerms({ subscriber: { walletId }, to, moves }: SubscriptionWrite): Steps<void> {
  const truth = (value: boolean) => (value ? 1 : 0);
  yield* rows(
    `INSERT INTO subscription (wallet_id, plan, seats, payer, base_plan, in_force, open, next_plan, next_seats,
       cancel_at_end, paid_until, problem, pay_url, external, look_at, moves, billed)
     VALUES ($1::uuid, $2, $3::bigint, $4, $5, $6::bigint, $7::bigint, $8, $9::bigint, $10::bigint, $11::bigint,
       $12, $13, $14, $15::bigint, $16::bigint, $17::bigint)
     ON CONFLICT (wallet_id) DO UPDATE SET plan = excluded.plan, seats = excluded.seats, payer = excluded.payer,
       base_plan = excluded.base_plan, in_force = excluded.in_force, open = excluded.open,
       next_plan = excluded.next_plan, next_seats = excluded.next_seats, cancel_at_end = excluded.cancel_at_end,
       paid_until = excluded.paid_until, problem = excluded.problem, pay_url = excluded.pay_url,
       external = excluded.external, look_at = excluded.look_at, moves = excluded.moves,
       billed = excluded.billed`,
    ...[idValue(walletId), to.planId, to.seats ?? null, to.payer, to.basePlanId ?? null],
    ...[truth(to.inForce), truth(to.isOpen), to.next?.planId ?? null, to.next?.seats ?? null],
    ...[truth(to.cancelAtEnd), to.paidUntil, to.problem ?? null, to.payUrl ?? null],
    ...[to.external ?? null, to.lookAt, moves + 1, to.billedNanos ?? null],
  );
}

function* moveKeys({ subscriber: { accountId }, move }: SubscriptionWrite): Steps<string[]> {
  if (!move) return [];
  const { accountPlan = null, from, to } = move;
  yield* rows(
    "UPDATE account SET plan_id = $2 WHERE account_id = $1::uuid",
    ...[idValue(accountId), accountPlan],
  );
  const moved = yield* rows<{ key_id: string }>(
    `UPDATE api_key SET plan_id = $3 WHERE account_id = $1::uuid AND plan_id = $2 AND revoked_at IS NULL
     RETURNING key_id`,
    ...[idValue(accountId), from, to],
  );
  return moved.map(({ key_id }) => key_id);
}

function* write(wish: SubscriptionWrite, tell: TellNodes): Steps<SubscriptionWritten> {
  const { subscriber, charge, credits, messages, now } = wish;
  const { walletId } = subscriber;
  if (!(yield* isUnchanged(wish))) return { kind: "changed" };
  if (charge && !(yield* take(walletId, charge.key, charge.nanos, now))) return { kind: "poor" };
  for (const credit of credits) yield* insertLot({ walletId, source: "plan", at: now, ...credit });
  yield* keepTerms(wish);
  const keyIds = yield* moveKeys(wish);
  yield* keepMessages(messages, now);
  for (const keyId of keyIds) yield* tell("key", keyId);
  if (credits.length > 0) yield* tell("wallet", walletId);
  return { kind: "written", keyIds };
}

const tellNobody: TellNodes = () => [];

/** Subscriptions, in whichever database the runner runs on. */
export function subscriptionStore(runner: Runner, tell: TellNodes = tellNobody): SubscriptionStore {
  return {
    find: (walletId) => runner.read(find(walletId)),
    subscriber: (walletId) => runner.read(subscriber(walletId)),
    due: (now, limit) => runner.read(due(now, limit)),
    postpone: (walletId, lookAt) => runner.write(postpone(walletId, lookAt)),
    list: (asked) => runner.read(list(asked)),
    write: (wish) => runner.write(write(wish, tell)),
  };
}
