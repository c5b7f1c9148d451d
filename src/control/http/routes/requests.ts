import { z } from "@hono/zod-openapi";
import type { AccountStore } from "../../../accounts/store.ts";
import type { Awaitable } from "../../../base/awaitable.ts";
import type { RequestRecord } from "../../../core/request-record.ts";
import {
  ACCOUNT_FILTER,
  CHARGE_TOLD,
  OPERATOR_REQUEST,
  type OperatorRequest,
  REQUEST,
  REQUEST_FILTER,
  type Request,
} from "../../contract/requests.ts";
import { ID, PAGE, pageOf } from "../../contract/shapes.ts";
import { rememberedNames } from "../account-names.ts";
import { chargeView } from "../charge-view.ts";
import type { HttpDeps } from "../deps.ts";
import { accountIdOf } from "../find-account.ts";
import { HttpError } from "../http-error.ts";
import { liveRequests } from "../live-requests.ts";
import { cursorOf, type PageAsked, readCursor } from "../page.ts";
import { filterOf, operatorRequestView, operatorRequestViews, requestView } from "../request-views.ts";
import { areaOf } from "../route.ts";

const area = areaOf("Requests");

type Views<Item> = (records: readonly RequestRecord[]) => Awaitable<Item[]>;

const ownViews: Views<Request> = (records) => records.map(requestView);

const operatorViews =
  (accounts: Pick<AccountStore, "accountNames">): Views<OperatorRequest> =>
  (records) =>
    operatorRequestViews(accounts, records);

type Asked = PageAsked & Parameters<typeof filterOf>[2];

/** One page as the history has it. */
async function search<Item>(
  { control }: HttpDeps,
  accountId: string | undefined,
  asked: Asked,
  views: Views<Item>,
) {
  const { limit, cursor } = asked;
  const filter = filterOf(control, accountId, asked);
  const begin = cursor === undefined ? undefined : readCursor(cursor, /^[\w:.-]{1,200}$/);
  const page = await control.queries.searchRequests({ ...filter, limit, cursor: begin });
  return {
    items: await views(page.records),
    next_cursor: page.nextCursor === undefined ? null : cursorOf(page.nextCursor),
  };
}

async function one({ control }: HttpDeps, accountId: string | undefined, id: string) {
  const record = await control.queries.findRequest(id);
  if (record && (accountId === undefined || record.accountId === accountId)) return record;
  throw new HttpError("not_found", `There is no request ${id} in the history; list them to see theirs.`);
}

async function receiptOf(deps: HttpDeps, accountId: string | undefined, asked: string) {
  const { id } = await one(deps, accountId, asked);
  const signed = await deps.control.receipts.issue(id);
  if (signed) return { ...signed };
  throw new HttpError("not_found", `There is no receipt of ${id}: it was not answered, or is too old.`);
}

const LIST = {
  method: "get",
  path: "/requests",
  summary: "Requests, the newest first",
  description:
    "Filters narrow the list, all of them at once. A page may be shorter than asked for although there are more: go on while there is a next_cursor.",
} as const;

const { from: _from, to: _to, ...LIVE_FILTER } = REQUEST_FILTER;

const LIVE = {
  method: "get",
  path: "/requests/live",
  summary: "Requests as they end",
  description:
    "Server-sent events named `request`, each the JSON of one. Those of this node; the stream ends after ten minutes, ask again then.",
  answer: z.string(),
  media: ["text/event-stream"],
} as const;

const ONE = {
  method: "get",
  path: "/requests/{id}",
  summary: "One request",
  description: "With each attempt at an upstream.",
  params: { id: ID },
} as const;

const CHARGE = {
  method: "get",
  path: "/requests/{id}/charge",
  summary: "How the charge of a request was made",
  description:
    "Each kind of usage with its price in the version of the price list that the request names, and what of it was paid.",
  params: { id: ID },
  answer: CHARGE_TOLD,
} as const;

const RECEIPT = {
  method: "get",
  path: "/requests/{id}/receipt",
  summary: "The signed receipt of a request",
  description:
    "Usage, prices, attempts and transfers, signed with Ed25519; the public keys lie at /.well-known/quoin-receipts.json, and `quoin receipt verify` checks it offline.",
  params: { id: ID },
  answer: z.looseObject({}).openapi("Receipt"),
} as const;

export const REQUEST_ROUTES = [
  area.account({
    ...LIVE,
    query: LIVE_FILTER,
    requires: "requests:read",
    handle: ({ deps, account, query }) =>
      liveRequests(deps, filterOf(deps.control, account.accountId, query), ownViews),
  }),
  area.account({
    ...LIST,
    query: { ...PAGE, ...REQUEST_FILTER },
    answer: pageOf(REQUEST),
    requires: "requests:read",
    handle: ({ deps, account, query }) => search(deps, account.accountId, query, ownViews),
  }),
  area.account({
    ...ONE,
    answer: REQUEST,
    requires: "requests:read",
    handle: async ({ deps, account, params }) => requestView(await one(deps, account.accountId, params.id)),
  }),
  area.account({
    ...CHARGE,
    requires: "requests:read",
    handle: async ({ deps, account, params }) =>
      chargeView(deps.control, await one(deps, account.accountId, params.id)),
  }),
  area.account({
    ...RECEIPT,
    requires: "requests:read",
    handle: ({ deps, account, params }) => receiptOf(deps, account.accountId, params.id),
  }),
  area.operator({
    ...LIVE,
    query: { ...LIVE_FILTER, ...ACCOUNT_FILTER },
    requires: "operator:requests:read",
    async handle({ deps, query: { account, ...asked } }) {
      const filter = filterOf(deps.control, await accountIdOf(deps, account), asked);
      return liveRequests(deps, filter, operatorViews(rememberedNames(deps.control.accounts)));
    },
  }),
  area.operator({
    ...LIST,
    query: { ...PAGE, ...REQUEST_FILTER, ...ACCOUNT_FILTER },
    answer: pageOf(OPERATOR_REQUEST),
    requires: "operator:requests:read",
    handle: async ({ deps, query: { account, ...asked } }) =>
      search(deps, await accountIdOf(deps, account), asked, operatorViews(deps.control.accounts)),
  }),
  area.operator({
    ...ONE,
    answer: OPERATOR_REQUEST,
    requires: "operator:requests:read",
    handle: async ({ deps, params }) =>
      operatorRequestView(deps.control.accounts, await one(deps, undefined, params.id)),
  }),
  area.operator({
    ...CHARGE,
    requires: "operator:requests:read",
    handle: async ({ deps, params }) => chargeView(deps.control, await one(deps, undefined, params.id)),
  }),
  area.operator({
    ...RECEIPT,
    requires: "operator:requests:read",
    handle: ({ deps, params }) => receiptOf(deps, undefined, params.id),
  }),
];
