import type { NewAccount, TrialAccount, TrialCredit } from "../../accounts/people/store.ts";
import { insertLot } from "../money-steps.ts";
import { did, idValue, rows, type Steps } from "./steps.ts";

/** Two claims of one target at once wait for each other on its row. */
function* claim(target: Uint8Array, walletId: string, at: number): Steps<boolean> {
  return yield* did(
    `INSERT INTO trial_claim (target, wallet_id, at) VALUES ($1, $2::uuid, $3::bigint)
     ON CONFLICT DO NOTHING RETURNING 1`,
    ...[target, idValue(walletId), at],
  );
}

/**
 * The trial credit as a lot of the wallet, unless the address or the number had one; answers whether it came.
 */
export function* grantTrial(walletId: string, trial: TrialCredit | undefined, at: number): Steps<boolean> {
  if (!trial || trial.nanos <= 0n || trial.targets.length === 0) return false;
  const claimed = [];
  for (const target of trial.targets.toSorted(Buffer.compare))
    claimed.push(yield* claim(target, walletId, at));
  if (claimed.includes(false)) return false;
  const { nanos } = trial;
  return yield* insertLot({ walletId, source: "trial", nanos, key: `trial:${walletId}`, at });
}

/** An account with its wallet. */
function* insertBare(account: Omit<NewAccount, "trial">, at: number): Steps<void> {
  const { accountId, walletId, name, displayName, planId } = account;
  yield* rows(
    `INSERT INTO account (account_id, name, created_at, display_name, plan_id)
     VALUES ($1::uuid, $2, $3::bigint, $4, $5)`,
    ...[idValue(accountId), name, at, displayName, planId],
  );
  yield* rows(
    "INSERT INTO wallet (wallet_id, account_id, currency) VALUES ($1::uuid, $2::uuid, 'USD')",
    ...[idValue(walletId), idValue(accountId)],
  );
}

function* insertOwner(accountId: string, ownerId: string, at: number): Steps<void> {
  yield* rows(
    `INSERT INTO member (account_id, user_id, role, created_at) VALUES ($1::uuid, $2::uuid, 'owner', $3::bigint)`,
    ...[idValue(accountId), idValue(ownerId), at],
  );
}

/** An account with its wallet, its owner, and the trial credit where it is due. */
export function* insertAccount(account: NewAccount, ownerId: string, at: number): Steps<void> {
  yield* insertBare(account, at);
  yield* insertOwner(account.accountId, ownerId, at);
  yield* grantTrial(account.walletId, account.trial, at);
}

/** An account without an owner unless one is known, claimed under its targets; false where one of them has one. */
export function* insertTrialAccount({ account, targets, ownerId, at }: TrialAccount): Steps<boolean> {
  yield* insertBare(account, at);
  for (const target of targets.toSorted(Buffer.compare))
    if (!(yield* claim(target, account.walletId, at))) return false;
  if (ownerId !== undefined) yield* insertOwner(account.accountId, ownerId, at);
  return true;
}

/** Makes a user the owner of trial accounts that were claimed under these targets and that nobody is a member of. */
export function* adoptTrialAccounts(targets: readonly Uint8Array[], userId: string, at: number): Steps<void> {
  for (const target of targets)
    yield* rows(
      `INSERT INTO member (account_id, user_id, role, created_at)
       SELECT w.account_id, $2::uuid, 'owner', $3::bigint FROM trial_claim c JOIN wallet w ON w.wallet_id = c.wallet_id
       WHERE c.target = $1 AND NOT EXISTS (SELECT 1 FROM member m WHERE m.account_id = w.account_id)`,
      ...[target, idValue(userId), at],
    );
}
