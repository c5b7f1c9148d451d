import { newId } from "../base/id.ts";
import type { Allowance, BudgetStore } from "../billing/budgets.ts";
import { EXPIRED, insertLot, takeFromLot } from "./money-steps.ts";
import { did, first, idValue, type Runner, rows, type Steps } from "./people/steps.ts";

interface StoredLot {
  readonly lot_id: string;
  readonly free: bigint;
  readonly allowed: bigint;
}

/** The lots of one budget and period; what was taken back is no allowance any more. */
function periodLots({ budgetId, expiresAt }: Allowance): Steps<readonly StoredLot[]> {
  return rows<StoredLot>(
    `SELECT lot_id, granted - taken AS free, granted - coalesce((SELECT sum(t.amount) FROM transfer t
       WHERE t.debit = lot.lot_id AND t.kind = 'allowance-cut'), 0)::bigint AS allowed
     FROM lot WHERE wallet_id = $1::uuid AND source = 'budget' AND expires_at = $2::bigint ORDER BY lot_id`,
    ...[idValue(budgetId), expiresAt],
  );
}

function* addLot({ budgetId, expiresAt, at }: Allowance, nanos: bigint, number: number): Steps<void> {
  const key = `budget:${budgetId}:${expiresAt}:${number}`;
  yield* insertLot({ walletId: budgetId, source: "budget", nanos, expiresAt, key, at });
}

/** Takes back what is free; answers what was not. */
function* cut(lots: readonly StoredLot[], nanos: bigint, at: number): Steps<bigint> {
  let rest = nanos;
  for (const { lot_id, free } of lots) {
    const part = free < rest ? free : rest;
    if (part <= 0n) continue;
    const key = `allowance-cut:${newId()}`;
    yield* takeFromLot(lot_id, { key, kind: "allowance-cut", credit: EXPIRED, nanos: part, at });
    rest -= part;
  }
  return rest;
}

function* allow(allowance: Allowance): Steps<boolean> {
  const { budgetId, accountId, nanos, at } = allowance;
  yield* did(
    `INSERT INTO wallet (wallet_id, account_id, currency) VALUES ($1::uuid, $2::uuid, $3)
     ON CONFLICT DO NOTHING RETURNING 1`,
    ...[idValue(budgetId), idValue(accountId), `budget:${budgetId}`],
  );
  // Nodes that set the same allowance at once wait for each other on its row.
  yield* rows("UPDATE wallet SET frozen = frozen WHERE wallet_id = $1::uuid", idValue(budgetId));
  const lots = yield* periodLots(allowance);
  const allowed = lots.reduce((sum, lot) => sum + lot.allowed, 0n);
  if (allowed < nanos) yield* addLot(allowance, nanos - allowed, lots.length);
  return allowed <= nanos || (yield* cut(lots, allowed - nanos, at)) === 0n;
}

function* left(budgetId: string, now: number): Steps<bigint | undefined> {
  const row = yield* first<{ nanos: bigint | null }>(
    `SELECT sum(granted - taken + coalesce(
       (SELECT sum(l.granted - l.spent - l.returned) FROM lease l WHERE l.lot_id = lot.lot_id), 0))::bigint AS nanos
     FROM lot WHERE wallet_id = $1::uuid AND expires_at > $2::bigint`,
    ...[idValue(budgetId), now],
  );
  return row?.nanos ?? undefined;
}

/** Budgets, in whichever database the runner runs on. */
export function budgetStore(runner: Runner): BudgetStore {
  return {
    allow: (allowance) => runner.write(allow(allowance)),
    left: (budgetId, now) => runner.read(left(budgetId, now)),
  };
}
