import type { AccountRow } from "../../accounts/directory.ts";
import type { KeyRow } from "../../accounts/store.ts";
import { monthOf } from "../../base/utc-month.ts";
import type { Nanos } from "../../core/money.ts";
import type { Key } from "../contract/keys.ts";
import type { ControlDeps } from "../operation.ts";
import { iso, limitsView } from "./views.ts";

interface Use {
  readonly lastUsed: ReadonlyMap<string, number>;
  readonly month: ReadonlyMap<string, { readonly nanos: Nanos; readonly requests: number }>;
}

export const UNUSED: Use = { lastUsed: new Map(), month: new Map() };

/** When keys were last used, and what they cost this month: from the roll-ups of history. */
export async function useOf(
  { queries }: ControlDeps,
  { accountId }: AccountRow,
  keys: readonly KeyRow[],
  now: number,
): Promise<Use> {
  const { startsAt } = monthOf(now);
  const asked = { accountId, from: startsAt, to: now + 1, bucket: "day", groupBy: "key" } as const;
  const [lastUsed, buckets] = await Promise.all([
    queries.lastUsed(keys.map(({ keyId }) => keyId)),
    queries.usageOver(asked),
  ]);
  const month = new Map<string, { nanos: Nanos; requests: number }>();
  for (const { group, chargeNanos, requests } of buckets) {
    const known = month.get(group) ?? { nanos: 0n, requests: 0 };
    month.set(group, { nanos: known.nanos + chargeNanos, requests: known.requests + requests });
  }
  return { lastUsed, month };
}

function stateOf({ revokedAt, expiresAt }: KeyRow, now: number): Key["state"] {
  if (revokedAt !== undefined) return "revoked";
  return expiresAt !== undefined && expiresAt <= now ? "expired" : "active";
}

/** A key as the API tells it. */
export function keyView(key: KeyRow, { lastUsed, month }: Use, now: number): Key {
  const spent = month.get(key.keyId);
  return {
    id: key.keyId,
    name: key.name,
    plan: key.planId,
    hint: key.hint,
    state: stateOf(key, now),
    project: key.project ?? null,
    user_id: key.userId ?? null,
    loss_policy: key.lossPolicy ?? null,
    limits: limitsView(key.limits),
    models: key.models === undefined ? null : [...key.models],
    networks: key.networks === undefined ? null : [...key.networks],
    keep_prompts: key.keepPrompts ?? false,
    created_at: new Date(key.createdAt).toISOString(),
    expires_at: iso(key.expiresAt),
    revoked_at: iso(key.revokedAt),
    last_used_at: iso(lastUsed.get(key.keyId)),
    month_charge_nanos: (spent?.nanos ?? 0n).toString(),
    month_requests: spent?.requests ?? 0,
  };
}

/** What of a key goes into the audit. */
export function keyNote(key: KeyRow): object {
  const { name, planId, project, lossPolicy, limits, models, networks, keepPrompts, expiresAt } = key;
  return {
    name,
    plan: planId,
    project,
    loss_policy: lossPolicy,
    limits: limits && limitsView(limits),
    models,
    networks,
    keep_prompts: keepPrompts,
    expires_at: iso(expiresAt),
  };
}
