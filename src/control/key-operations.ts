import { z } from "zod";
import { hintOf, newKey } from "../accounts/key-format.ts";
import { hashKey } from "../accounts/key-verifier.ts";
import type { KeyRow, KeyTerms } from "../accounts/store.ts";
import { newId } from "../base/id.ts";
import { expiryOf, limitsOf, overlapOf, TERM_ARGS } from "./key-terms.ts";
import { ACCOUNT, accountOf, CommandError, type ControlDeps, operation } from "./operation.ts";

const timeView = (at: number | undefined): string | null =>
  at === undefined ? null : new Date(at).toISOString();

function keyView(key: KeyRow): object {
  const { limits = {} } = key;
  return {
    id: key.keyId,
    account: key.account,
    plan: key.planId,
    name: key.name,
    hint: key.hint,
    loss_policy: key.lossPolicy ?? null,
    limits: {
      requests_per_minute: limits.requestsPerMinute ?? null,
      requests_per_day: limits.requestsPerDay ?? null,
      tokens_per_minute: limits.tokensPerMinute ?? null,
      concurrency: limits.concurrency ?? null,
    },
    networks: key.networks ?? null,
    created_at: timeView(key.createdAt),
    expires_at: timeView(key.expiresAt),
    revoked_at: timeView(key.revokedAt),
  };
}

interface KeyWish extends KeyTerms {
  readonly account: string;
  readonly planId: string;
  readonly name: string;
  /** Of the key that it takes the place of. */
  readonly countedAs?: string | undefined;
}

async function createKey(deps: ControlDeps, wish: KeyWish, now: number) {
  const { account, planId, name, lossPolicy, limits, networks, expiresAt, countedAs } = wish;
  const plan = deps.snapshot().plans.get(planId);
  if (!plan) {
    const known = [...deps.snapshot().plans.keys()].join(", ");
    throw new CommandError(`There is no plan "${planId}"; quoin.yaml declares ${known}.`);
  }
  const { accountId } = await deps.accounts.ensureAccount(account, now);
  const key = newKey(plan.keyPrefix);
  const keyId = newId();
  const hash = hashKey(deps.secret, key);
  const terms = { lossPolicy, limits, networks, expiresAt, countedAs };
  await deps.accounts.addKey({
    hash,
    keyId,
    accountId,
    planId,
    name,
    hint: hintOf(key),
    ...terms,
    createdAt: now,
  });
  return { id: keyId, key, account, plan: planId };
}

const lostMend = (next: string | undefined): string =>
  next ? ` It was replaced by ${next}; if that key never reached you, rotate it in turn.` : "";

async function liveKey(deps: ControlDeps, keyId: string): Promise<KeyRow> {
  const key = await deps.accounts.findKey(keyId);
  if (!key) throw new CommandError(`There is no key with the id ${keyId}; quoin keys list shows them.`);
  if (key.revokedAt === undefined) return key;
  throw new CommandError(`The key ${keyId} was revoked already.${lostMend(await replacementOf(deps, key))}`);
}

/** The live key that a rotation made in place of this one: its requests are counted as this one's were. */
async function replacementOf(
  deps: ControlDeps,
  { account, keyId, countedAs }: KeyRow,
): Promise<string | undefined> {
  const keys = await deps.accounts.listKeys(account);
  const later = keys.slice(keys.findIndex((key) => key.keyId === keyId) + 1);
  return later.findLast((key) => key.countedAs === countedAs && key.revokedAt === undefined)?.keyId;
}

/** A key that can be rotated: not replaced before, and good for a while or given a time anew. */
async function rotatable(
  deps: ControlDeps,
  keyId: string,
  expires: number | undefined,
  now: number,
): Promise<KeyRow> {
  const key = await liveKey(deps, keyId);
  const next = await replacementOf(deps, key);
  if (next) throw new CommandError(`The key ${keyId} was rotated already.${lostMend(next)}`);
  if (expires === undefined && key.expiresAt !== undefined && key.expiresAt <= now) {
    const mend = "say with --expires how long the new one is to live";
    throw new CommandError(`The key ${keyId} expired on ${timeView(key.expiresAt)}; ${mend}.`);
  }
  return key;
}

/** Ends a key at once, or when the overlap is over. */
async function endKey(deps: ControlDeps, keyId: string, now: number, overlapMs: number): Promise<void> {
  if (overlapMs > 0) await deps.accounts.expireKey(keyId, now + overlapMs);
  else await deps.accounts.revokeKey(keyId, now);
  deps.forgetKey(keyId);
}

const ID = z.string().regex(/^[0-9a-f]{32}$/, "must be a key's id of 32 hexadecimal digits");

export const KEY_OPERATIONS = {
  "keys.create": operation(
    z.strictObject({
      account: ACCOUNT,
      plan: z.string().default("default"),
      name: z.string().max(100).default(""),
      ...TERM_ARGS,
    }),
    (deps, { account, plan, name, lossy, networks, expires, ...limits }) => {
      const now = deps.clock.now();
      const terms = {
        lossPolicy: lossy,
        limits: limitsOf(limits),
        networks,
        expiresAt: expiryOf(expires, now),
      };
      return createKey(deps, { account, planId: plan, name, ...terms }, now);
    },
  ),
  "keys.list": operation(z.strictObject({ account: ACCOUNT.optional() }), async (deps, { account }) => {
    if (account !== undefined) await accountOf(deps, account);
    return { keys: (await deps.accounts.listKeys(account)).map(keyView) };
  }),
  "keys.revoke": operation(z.strictObject({ id: ID }), async (deps, { id }) => {
    await liveKey(deps, id);
    await endKey(deps, id, deps.clock.now(), 0);
    return { id, revoked: true };
  }),
  "keys.rotate": operation(
    z.strictObject({ id: ID, overlap: z.string().optional(), expires: z.string().optional() }),
    async (deps, { id, overlap, expires }) => {
      const now = deps.clock.now();
      const overlapMs = overlapOf(overlap);
      const expiresAt = expiryOf(expires, now);
      const old = await rotatable(deps, id, expiresAt, now);
      const made = await createKey(deps, { ...old, expiresAt: expiresAt ?? old.expiresAt }, now);
      await endKey(deps, id, now, overlapMs);
      return { ...made, replaces: id, replaced_until: overlapMs > 0 ? timeView(now + overlapMs) : null };
    },
  ),
};
