import { z } from "zod";
import type { KeyRow } from "../accounts/store.ts";
import { expiryOf, limitsOf, overlapOf, TERM_ARGS } from "./key-terms.ts";
import { createKey, findKey, planOf, revokeKey, rotateKey } from "./keys.ts";
import { ACCOUNT, accountOf, operation } from "./operation.ts";

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
      spend_per_day_nanos: limits.spendPerDay?.toString() ?? null,
      spend_per_month_nanos: limits.spendPerMonth?.toString() ?? null,
    },
    networks: key.networks ?? null,
    keep_prompts: key.keepPrompts ?? false,
    created_at: timeView(key.createdAt),
    expires_at: timeView(key.expiresAt),
    revoked_at: timeView(key.revokedAt),
  };
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
    async (deps, { account, plan, name, lossy, networks, expires, "keep-prompts": keep, ...limits }) => {
      const now = deps.clock.now();
      const expiresAt = expiryOf(expires, now);
      planOf(deps, plan);
      const { accountId } = await deps.accounts.ensureAccount(account, now);
      const terms = {
        lossPolicy: lossy,
        limits: limitsOf(limits),
        networks,
        expiresAt,
        keepPrompts: keep || undefined,
      };
      const { keyId, key } = await createKey(deps, { accountId, planId: plan, name, ...terms }, now);
      return { id: keyId, key, account, plan };
    },
  ),
  "keys.list": operation(z.strictObject({ account: ACCOUNT.optional() }), async (deps, { account }) => {
    if (account !== undefined) await accountOf(deps, account);
    return { keys: (await deps.accounts.listKeys(account)).map(keyView) };
  }),
  "keys.revoke": operation(z.strictObject({ id: ID }), async (deps, { id }) => {
    await revokeKey(deps, await findKey(deps, id), deps.clock.now());
    return { id, revoked: true };
  }),
  "keys.rotate": operation(
    z.strictObject({ id: ID, overlap: z.string().optional(), expires: z.string().optional() }),
    async (deps, { id, overlap, expires }) => {
      const now = deps.clock.now();
      const overlapMs = overlapOf(overlap);
      const expiresAt = expiryOf(expires, now);
      const old = await findKey(deps, id);
      const { keyId, key, planId } = await rotateKey(deps, old, { overlapMs, expiresAt }, now);
      const replacedUntil = overlapMs > 0 ? timeView(now + overlapMs) : null;
      const made = { id: keyId, key, account: old.account, plan: planId };
      return { ...made, replaces: id, replaced_until: replacedUntil };
    },
  ),
};
