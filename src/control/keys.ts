import { hintOf, newKey } from "../accounts/key-format.ts";
import { hashKey } from "../accounts/key-verifier.ts";
import type { KeyRow, KeyTerms } from "../accounts/store.ts";
import { newId } from "../base/id.ts";
import type { Plan } from "../core/model.ts";
import { CommandError, type ControlDeps } from "./operation.ts";

export interface KeyWish extends KeyTerms {
  readonly accountId: string;
  readonly planId: string;
  readonly name: string;
  readonly userId?: string | undefined;
  /** Of the key that it takes the place of. */
  readonly countedAs?: string | undefined;
}

/** A key at its birth: the only time that it is shown. */
export interface BornKey {
  readonly keyId: string;
  readonly key: string;
  readonly planId: string;
}

/** @throws CommandError where no such plan is offered */
export function planOf({ snapshot }: ControlDeps, planId: string): Plan {
  const { plans } = snapshot();
  const plan = plans.get(planId);
  if (plan) return plan;
  throw new CommandError(`plan: there is no plan "${planId}"; there are ${[...plans.keys()].join(", ")}.`);
}

/**
 * Ids of the models that a list of names means.
 * @throws CommandError for one that nothing bears, or that the plan leaves out
 */
function modelIdsOf(
  deps: ControlDeps,
  planId: string,
  names: readonly string[] | undefined,
): string[] | undefined {
  if (names === undefined) return undefined;
  const { models } = planOf(deps, planId);
  const ids = names.map((name) => {
    const model = deps.snapshot().findModel(name);
    if (!model)
      throw new CommandError(`models: there is no model "${name}"; the catalogue lists those that are.`);
    if (models && !models.has(model.id))
      throw new CommandError(`models: the plan ${planId} does not include "${name}"; leave it out.`);
    return model.id;
  });
  return [...new Set(ids)];
}

/** @throws CommandError */
export async function createKey(deps: ControlDeps, wish: KeyWish, now: number): Promise<BornKey> {
  const { keyPrefix } = planOf(deps, wish.planId);
  const key = newKey(keyPrefix);
  const keyId = newId();
  const models = modelIdsOf(deps, wish.planId, wish.models);
  const row = { ...wish, models, keyId, hash: hashKey(deps.secret, key), hint: hintOf(key), createdAt: now };
  await deps.accounts.addKey(row);
  return { keyId, key, planId: wish.planId };
}

/**
 * The key, revoked or not.
 * @param account the name of the account that it must belong to: another's key is as unknown as none
 * @throws CommandError
 */
export async function findKey(deps: ControlDeps, keyId: string, account?: string): Promise<KeyRow> {
  const key = await deps.accounts.findKey(keyId);
  if (key && (account === undefined || key.account === account)) return key;
  const mend = "quoin keys list shows them";
  throw new CommandError(`There is no key with the id ${keyId}; ${mend}.`, "not_found");
}

const lostMend = (next: string | undefined): string =>
  next ? ` It was replaced by ${next}; if that key never reached you, rotate it in turn.` : "";

/** The live key that a rotation made in place of this one: its requests are counted as this one's were. */
async function replacementOf(
  deps: ControlDeps,
  { account, keyId, countedAs }: KeyRow,
): Promise<string | undefined> {
  const keys = await deps.accounts.listKeys(account);
  const later = keys.slice(keys.findIndex((key) => key.keyId === keyId) + 1);
  return later.findLast((key) => key.countedAs === countedAs && key.revokedAt === undefined)?.keyId;
}

/** @throws CommandError where it was revoked */
async function requireLive(deps: ControlDeps, key: KeyRow): Promise<KeyRow> {
  if (key.revokedAt === undefined) return key;
  const mend = lostMend(await replacementOf(deps, key));
  throw new CommandError(`The key ${key.keyId} was revoked already.${mend}`, "conflict");
}

/** A key that can be rotated: not replaced before, and good for a while or given a time anew. */
async function requireRotatable(
  deps: ControlDeps,
  key: KeyRow,
  expiresAt: number | undefined,
  now: number,
): Promise<void> {
  await requireLive(deps, key);
  const { keyId } = key;
  const next = await replacementOf(deps, key);
  if (next) throw new CommandError(`The key ${keyId} was rotated already.${lostMend(next)}`, "conflict");
  if (expiresAt === undefined && key.expiresAt !== undefined && key.expiresAt <= now) {
    const expired = new Date(key.expiresAt).toISOString();
    const mend = "say with --expires how long the new one is to live";
    throw new CommandError(`The key ${keyId} expired on ${expired}; ${mend}.`, "conflict");
  }
}

/** Ends a key at once, or when the overlap is over. */
async function endKey(deps: ControlDeps, keyId: string, now: number, overlapMs: number): Promise<void> {
  if (overlapMs > 0) await deps.accounts.expireKey(keyId, now + overlapMs);
  else await deps.accounts.revokeKey(keyId, now);
  deps.forgetKey(keyId);
}

/** Another key of the same terms in the place of this one, which goes on for `overlapMs`. @throws CommandError */
export async function rotateKey(
  deps: ControlDeps,
  old: KeyRow,
  { overlapMs, expiresAt }: { readonly overlapMs: number; readonly expiresAt: number | undefined },
  now: number,
): Promise<BornKey> {
  await requireRotatable(deps, old, expiresAt, now);
  const { accountId } = await accountIdsOf(deps, old);
  const made = await createKey(deps, { ...old, accountId, expiresAt: expiresAt ?? old.expiresAt }, now);
  await endKey(deps, old.keyId, now, overlapMs);
  return made;
}

async function accountIdsOf(deps: ControlDeps, { account }: KeyRow) {
  const ids = await deps.accounts.findAccount(account);
  if (ids) return ids;
  throw new Error(`the account ${account} of a key is gone`);
}

/** Refused from now on. @throws CommandError where it was revoked before */
export async function revokeKey(deps: ControlDeps, key: KeyRow, now: number): Promise<void> {
  await requireLive(deps, key);
  await endKey(deps, key.keyId, now, 0);
}

/** What can be changed of a key; what is absent stays, undefined takes it away. */
export type KeyChanges = { readonly [Name in keyof KeyTerms]?: KeyTerms[Name] } & { readonly name?: string };

/** The key as it is then, in force at once. @throws CommandError */
export async function changeKey(deps: ControlDeps, key: KeyRow, changes: KeyChanges): Promise<KeyRow> {
  await requireLive(deps, key);
  const models = "models" in changes ? modelIdsOf(deps, key.planId, changes.models) : key.models;
  const changed = { ...key, ...changes, models };
  if (!(await deps.accounts.changeKey(key.keyId, changed)))
    throw new CommandError(`The key ${key.keyId} was revoked in the meantime.`, "conflict");
  deps.forgetKey(key.keyId);
  return changed;
}
