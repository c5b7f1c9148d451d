import type { KeyRow } from "../../../accounts/store.ts";
import { KEY, type Key } from "../../contract/keys.ts";
import { PAGE, pageOf } from "../../contract/shapes.ts";
import { pageFrom } from "../page.ts";
import { areaOf } from "../route.ts";

const area = areaOf("Keys");

const iso = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());

function stateOf({ revokedAt, expiresAt }: KeyRow, now: number): Key["state"] {
  if (revokedAt !== undefined) return "revoked";
  return expiresAt !== undefined && expiresAt <= now ? "expired" : "active";
}

function keyView(key: KeyRow, now: number): Key {
  const { limits = {} } = key;
  return {
    id: key.keyId,
    name: key.name,
    plan: key.planId,
    hint: key.hint,
    state: stateOf(key, now),
    loss_policy: key.lossPolicy ?? null,
    limits: {
      requests_per_minute: limits.requestsPerMinute ?? null,
      requests_per_day: limits.requestsPerDay ?? null,
      tokens_per_minute: limits.tokensPerMinute ?? null,
      concurrency: limits.concurrency ?? null,
    },
    networks: key.networks === undefined ? null : [...key.networks],
    created_at: new Date(key.createdAt).toISOString(),
    expires_at: iso(key.expiresAt),
    revoked_at: iso(key.revokedAt),
  };
}

export const KEY_ROUTES = [
  area.account({
    method: "get",
    path: "/keys",
    requires: "keys:read",
    summary: "The account's keys",
    description: "Every key that was ever made, the newest first, revoked ones included.",
    query: PAGE,
    answer: pageOf(KEY),
    async handle({ deps, account, query, now }) {
      const keys = await deps.control.accounts.listKeys(account.name);
      const newest = keys.toReversed();
      return pageFrom(newest, query, { id: ({ keyId }) => keyId, view: (key) => keyView(key, now) });
    },
  }),
];
