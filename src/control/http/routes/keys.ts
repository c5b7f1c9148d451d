import type { z } from "@hono/zod-openapi";
import type { Caller } from "../../../accounts/caller.ts";
import type { AccountRow } from "../../../accounts/directory.ts";
import { judge } from "../../../accounts/permissions.ts";
import type { KeyRow } from "../../../accounts/store.ts";
import { DONE, IS_DONE } from "../../contract/done.ts";
import { KEY, KEY_CHANGE, KEY_PLAN, KEY_ROTATION, MADE_KEY, NEW_KEY } from "../../contract/keys.ts";
import { ID, PAGE, pageOf } from "../../contract/shapes.ts";
import {
  type BornKey,
  changeKey,
  createKey,
  findKey,
  type KeyChanges,
  revokeKey,
  rotateKey,
} from "../../keys.ts";
import type { HttpDeps } from "../deps.ts";
import { futureOf } from "../future.ts";
import { HttpError } from "../http-error.ts";
import { choosePlan, ownPlanOf, plansFor, planView } from "../key-plans.ts";
import { keyNote, keyView, UNUSED, useOf } from "../key-views.ts";
import { pageFrom } from "../page.ts";
import { areaOf } from "../route.ts";
import { limitsFrom } from "../views.ts";

const area = areaOf("Keys");

/** A key with its use, as it is now. */
async function shown(deps: HttpDeps, account: AccountRow, key: KeyRow, now: number) {
  return keyView(key, await useOf(deps.control, account, [key], now), now);
}

async function bornView({ control }: HttpDeps, { keyId, key }: BornKey, now: number) {
  return { key, ...keyView(await findKey(control, keyId), UNUSED, now) };
}

/** A key that the caller may change. @throws HttpError for another member's, where that takes more */
async function changeable(
  { control }: HttpDeps,
  caller: Caller,
  { accountId, name }: AccountRow,
  keyId: string,
): Promise<KeyRow> {
  const key = await findKey(control, keyId, name);
  const others = caller.kind === "user" && key.userId !== caller.userId;
  if (!others || judge(caller, "keys:manage", accountId) === "allowed") return key;
  const mend = "ask an owner or an admin of the account";
  throw new HttpError("forbidden", `This key was made by somebody else; ${mend}, or use one of your own.`);
}

/** Null takes away, absent stays. */
function changesOf(body: z.output<typeof KEY_CHANGE>, now: number): KeyChanges {
  const { name, project, loss_policy, limits, models, networks, keep_prompts, expires_at } = body;
  return {
    ...(name !== undefined && { name }),
    ...(project !== undefined && { project: project ?? undefined }),
    ...(loss_policy !== undefined && { lossPolicy: loss_policy ?? undefined }),
    ...(limits !== undefined && { limits: limitsFrom(limits) }),
    ...(models !== undefined && { models: models ?? undefined }),
    ...(networks !== undefined && { networks: networks ?? undefined }),
    ...(keep_prompts !== undefined && { keepPrompts: keep_prompts || undefined }),
    ...(expires_at !== undefined && { expiresAt: futureOf(expires_at ?? undefined, now) }),
  };
}

export const KEY_ROUTES = [
  area.account({
    method: "get",
    path: "/keys",
    requires: "keys:read",
    summary: "The account's keys",
    description: "Every key that was ever made, the newest first, revoked ones included, with their use.",
    query: PAGE,
    answer: pageOf(KEY),
    async handle({ deps, account, query, now }) {
      const keys = (await deps.control.accounts.listKeys(account.name)).toReversed();
      const { items, next_cursor } = pageFrom(keys, query, { id: ({ keyId }) => keyId, view: (key) => key });
      const use = await useOf(deps.control, account, items, now);
      return { items: items.map((key) => keyView(key, use, now)), next_cursor };
    },
  }),
  area.account({
    method: "post",
    path: "/keys",
    requires: "keys:write",
    summary: "Make a key",
    description: "The key itself is in this answer and nowhere else.",
    body: NEW_KEY,
    answer: MADE_KEY,
    status: 201,
    audit: "keys.create",
    async handle({ deps, caller, account, body, now, note }) {
      const planId = await choosePlan(deps.control, caller, account, body.plan);
      const born = await createKey(
        deps.control,
        {
          accountId: account.accountId,
          planId,
          name: body.name,
          project: body.project,
          userId: caller.kind === "user" ? caller.userId : undefined,
          lossPolicy: body.loss_policy,
          limits: limitsFrom(body.limits),
          models: body.models,
          networks: body.networks,
          keepPrompts: body.keep_prompts || undefined,
          expiresAt: futureOf(body.expires_at, now),
        },
        now,
      );
      note({ target: born.keyId, after: keyNote(await findKey(deps.control, born.keyId)) });
      return await bornView(deps, born, now);
    },
  }),
  area.account({
    method: "get",
    path: "/keys/{id}",
    requires: "keys:read",
    summary: "One key",
    description: "As in the list.",
    params: { id: ID },
    answer: KEY,
    async handle({ deps, account, params, now }) {
      return await shown(deps, account, await findKey(deps.control, params.id, account.name), now);
    },
  }),
  area.account({
    method: "patch",
    path: "/keys/{id}",
    requires: "keys:write",
    summary: "Change a key",
    description: "In force on this node at once, on others within a second.",
    params: { id: ID },
    body: KEY_CHANGE,
    answer: KEY,
    errors: ["conflict"],
    audit: "keys.change",
    async handle({ deps, caller, account, params, body, now, note }) {
      const key = await changeable(deps, caller, account, params.id);
      const changed = await changeKey(deps.control, key, changesOf(body, now));
      note({ target: key.keyId, before: keyNote(key), after: keyNote(changed) });
      return await shown(deps, account, changed, now);
    },
  }),
  area.account({
    method: "post",
    path: "/keys/{id}/rotate",
    requires: "keys:write",
    summary: "Put a new key in the place of one",
    description:
      "Of the same terms; its requests are counted on. The old one ends at once, or after the overlap.",
    params: { id: ID },
    body: KEY_ROTATION,
    answer: MADE_KEY,
    status: 201,
    errors: ["conflict"],
    audit: "keys.rotate",
    async handle({ deps, caller, account, params, body, now, note }) {
      const old = await changeable(deps, caller, account, params.id);
      const terms = { overlapMs: body.overlap_seconds * 1_000, expiresAt: futureOf(body.expires_at, now) };
      const born = await rotateKey(deps.control, old, terms, now);
      note({ target: old.keyId, after: { replaced_by: born.keyId, overlap_seconds: body.overlap_seconds } });
      return await bornView(deps, born, now);
    },
  }),
  area.account({
    method: "delete",
    path: "/keys/{id}",
    requires: "keys:write",
    summary: "Revoke a key",
    description: "It is refused from now on, and stays in the list.",
    params: { id: ID },
    answer: DONE,
    errors: ["conflict"],
    audit: "keys.revoke",
    async handle({ deps, caller, account, params, now, note }) {
      await revokeKey(deps.control, await changeable(deps, caller, account, params.id), now);
      note({ target: params.id });
      return IS_DONE;
    },
  }),
  area.account({
    method: "get",
    path: "/plans",
    requires: "keys:read",
    summary: "Plans that new keys may have",
    description: "The account's own, and those of its keys.",
    query: PAGE,
    answer: pageOf(KEY_PLAN),
    async handle({ deps, caller, account, query }) {
      const plans = [...(await plansFor(deps.control, caller, account)).values()];
      const own = ownPlanOf(deps.control, account);
      return pageFrom(plans, query, { id: ({ id }) => id, view: (plan) => planView(plan, plan === own) });
    },
  }),
];
