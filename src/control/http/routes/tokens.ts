import type { z } from "@hono/zod-openapi";
import type { Caller } from "../../../accounts/caller.ts";
import { ACCOUNT_PERMISSIONS, covers, judge, OPERATOR_PERMISSIONS } from "../../../accounts/permissions.ts";
import { DONE, IS_DONE } from "../../contract/done.ts";
import { ID, PAGE, pageOf } from "../../contract/shapes.ts";
import { MADE_TOKEN, NEW_TOKEN, TOKEN } from "../../contract/tokens.ts";
import { makeToken, revokeToken, tokenView } from "../../token-operations.ts";
import { actorOf } from "../actor.ts";
import type { HttpDeps } from "../deps.ts";
import { futureOf } from "../future.ts";
import { HttpError } from "../http-error.ts";
import { type PageAsked, pageFrom } from "../page.ts";
import { areaOf } from "../route.ts";

const area = areaOf("Tokens");

const ALL = [...ACCOUNT_PERMISSIONS, ...OPERATOR_PERMISSIONS];

/** Nobody hands on what they may not do. @throws HttpError */
function refuseBeyond(caller: Caller, scopes: readonly string[], accountId: string | undefined): void {
  for (const scope of scopes) {
    const beyond = ALL.find((permission) => {
      const foreign = accountId !== undefined && permission.startsWith("operator:");
      return covers(scope, permission) && (foreign || judge(caller, permission, accountId) !== "allowed");
    });
    if (beyond !== undefined)
      throw new HttpError(
        "forbidden",
        `scopes: ${scope} includes ${beyond}, which is not yours to give here.`,
        {
          field: "scopes",
        },
      );
  }
}

async function list(deps: HttpDeps, accountId: string | undefined, query: PageAsked, now: number) {
  const rows = await deps.control.tokens.list(accountId);
  return pageFrom(rows, query, { id: ({ tokenId }) => tokenId, view: (row) => tokenView(row, now) });
}

interface Making {
  readonly deps: HttpDeps;
  readonly caller: Caller;
  readonly body: z.output<typeof NEW_TOKEN>;
  readonly now: number;
  readonly note: (note: { target: string; after: object }) => void;
}

async function make({ deps, caller, body, now, note }: Making, accountId: string | undefined) {
  refuseBeyond(caller, body.scopes, accountId);
  const { name, scopes } = body;
  const wish = {
    accountId,
    name,
    scopes,
    expiresAt: futureOf(body.expires_at, now),
    createdBy: actorOf(caller),
  };
  const { token, view } = await makeToken(deps.control, wish, now);
  note({ target: view.id, after: { name, scopes, expires_at: view.expires_at } });
  return { token, ...view };
}

const DESCRIBED = {
  list: {
    method: "get",
    summary: "Management tokens",
    description: "The newest first, revoked and expired ones included.",
    query: PAGE,
    answer: pageOf(TOKEN),
  },
  make: {
    method: "post",
    summary: "Make a management token",
    description: "It is shown once. It may do no more than who makes it.",
    body: NEW_TOKEN,
    answer: MADE_TOKEN,
    status: 201,
    audit: "tokens.create",
  },
  revoke: {
    method: "delete",
    summary: "Revoke a management token",
    description: "It is refused from the next request on.",
    params: { id: ID },
    answer: DONE,
    errors: ["not_found"],
    audit: "tokens.revoke",
  },
} as const;

export const TOKEN_ROUTES = [
  area.account({
    ...DESCRIBED.list,
    path: "/tokens",
    requires: "tokens:read",
    handle: ({ deps, account, query, now }) => list(deps, account.accountId, query, now),
  }),
  area.account({
    ...DESCRIBED.make,
    path: "/tokens",
    requires: "tokens:write",
    handle: (call) => make(call, call.account.accountId),
  }),
  area.account({
    ...DESCRIBED.revoke,
    path: "/tokens/{id}",
    requires: "tokens:write",
    async handle({ deps, account, params, note }) {
      await revokeToken(deps.control, params.id, account.accountId);
      note({ target: params.id });
      return IS_DONE;
    },
  }),
  area.operator({
    ...DESCRIBED.list,
    path: "/tokens",
    requires: "operator:tokens:read",
    handle: ({ deps, query, now }) => list(deps, undefined, query, now),
  }),
  area.operator({
    ...DESCRIBED.make,
    path: "/tokens",
    requires: "operator:tokens:write",
    handle: (call) => make(call, undefined),
  }),
  area.operator({
    ...DESCRIBED.revoke,
    path: "/tokens/{id}",
    requires: "operator:tokens:write",
    async handle({ deps, params, note }) {
      await revokeToken(deps.control, params.id, undefined);
      note({ target: params.id });
      return IS_DONE;
    },
  }),
];
