import type { NewAccount, TrialCredit } from "../../accounts/people/store.ts";
import { newId } from "../../base/id.ts";
import { SPEND_RANK } from "../spend-rank.ts";
import { did, idValue, rows, type Steps } from "./steps.ts";

const FUNDING = idValue("00000000000000000000000000000001");

/**
 * The trial credit as a lot of the wallet, unless the address or the number had one; answers whether it came.
 * Two claims at once wait for each other on the row of the claim.
 */
export function* grantTrial(walletId: string, trial: TrialCredit | undefined, at: number): Steps<boolean> {
  if (!trial || trial.nanos <= 0n || trial.targets.length === 0) return false;
  const claimed = [];
  for (const target of trial.targets.toSorted(Buffer.compare)) {
    const claim = `INSERT INTO trial_claim (target, wallet_id, at) VALUES ($1, $2::uuid, $3::bigint)
      ON CONFLICT DO NOTHING RETURNING 1`;
    claimed.push(yield* did(claim, target, idValue(walletId), at));
  }
  if (claimed.includes(false)) return false;
  const [lot, key] = [idValue(newId()), `trial:${walletId}`];
  const made = yield* did(
    `INSERT INTO lot (lot_id, wallet_id, source, granted, spend_rank, grant_key)
     VALUES ($1::uuid, $2::uuid, 'trial', $3::bigint, $4::smallint, $5) ON CONFLICT DO NOTHING RETURNING 1`,
    ...[lot, idValue(walletId), trial.nanos, SPEND_RANK.trial, key],
  );
  if (!made) return false;
  yield* rows(
    `INSERT INTO transfer (transfer_id, key, kind, debit, credit, amount, at)
     VALUES ($1::uuid, $2, 'grant', $3::uuid, $4::uuid, $5::bigint, $6::bigint)`,
    ...[idValue(newId()), key, FUNDING, lot, trial.nanos, at],
  );
  return true;
}

/** An account with its wallet, its owner, and the trial credit where it is due. */
export function* insertAccount(account: NewAccount, ownerId: string, at: number): Steps<void> {
  const { accountId, walletId, name, displayName, planId, trial } = account;
  yield* rows(
    `INSERT INTO account (account_id, name, created_at, display_name, plan_id)
     VALUES ($1::uuid, $2, $3::bigint, $4, $5)`,
    ...[idValue(accountId), name, at, displayName, planId],
  );
  yield* rows(
    "INSERT INTO wallet (wallet_id, account_id, currency) VALUES ($1::uuid, $2::uuid, 'USD')",
    ...[idValue(walletId), idValue(accountId)],
  );
  yield* rows(
    `INSERT INTO member (account_id, user_id, role, created_at) VALUES ($1::uuid, $2::uuid, 'owner', $3::bigint)`,
    ...[idValue(accountId), idValue(ownerId), at],
  );
  yield* grantTrial(walletId, trial, at);
}
