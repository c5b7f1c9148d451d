import { z } from "@hono/zod-openapi";
import { REQUEST, REQUEST_FILTER } from "../../contract/requests.ts";
import { ID, PAGE, pageOf } from "../../contract/shapes.ts";
import type { HttpDeps } from "../deps.ts";
import { HttpError } from "../http-error.ts";
import { liveRequests } from "../live-requests.ts";
import { cursorOf, type PageAsked, readCursor } from "../page.ts";
import { filterOf, requestView } from "../request-views.ts";
import { areaOf } from "../route.ts";

const area = areaOf("Requests");

type Asked = PageAsked & Parameters<typeof filterOf>[2];

/** One page as the history has it. */
async function search({ control }: HttpDeps, accountId: string | undefined, asked: Asked) {
  const { limit, cursor } = asked;
  const filter = filterOf(control, accountId, asked);
  const begin = cursor === undefined ? undefined : readCursor(cursor, /^[\w:.-]{1,200}$/);
  const page = await control.queries.searchRequests({ ...filter, limit, cursor: begin });
  return {
    items: page.records.map(requestView),
    next_cursor: page.nextCursor === undefined ? null : cursorOf(page.nextCursor),
  };
}

async function one({ control }: HttpDeps, accountId: string | undefined, id: string) {
  const record = await control.queries.findRequest(id);
  if (record && (accountId === undefined || record.accountId === accountId)) return record;
  throw new HttpError("not_found", `There is no request ${id} in the history; list them to see theirs.`);
}

const LIST = {
  method: "get",
  path: "/requests",
  summary: "Requests, the newest first",
  description:
    "Filters narrow the list, all of them at once. A page may be shorter than asked for although there are more: go on while there is a next_cursor.",
  query: { ...PAGE, ...REQUEST_FILTER },
  answer: pageOf(REQUEST),
} as const;

const { from: _from, to: _to, ...LIVE_FILTER } = REQUEST_FILTER;

const LIVE = {
  method: "get",
  path: "/requests/live",
  summary: "Requests as they end",
  description:
    "Server-sent events named `request`, each the JSON of one. Those of this node; the stream ends after ten minutes, ask again then.",
  query: LIVE_FILTER,
  answer: z.string(),
  media: ["text/event-stream"],
} as const;

const ONE = {
  method: "get",
  path: "/requests/{id}",
  summary: "One request",
  description: "With each attempt at an upstream.",
  params: { id: ID },
  answer: REQUEST,
} as const;

export const REQUEST_ROUTES = [
  area.account({
    ...LIVE,
    requires: "requests:read",
    handle: ({ deps, account, query }) =>
      liveRequests(deps, filterOf(deps.control, account.accountId, query)),
  }),
  area.account({
    ...LIST,
    requires: "requests:read",
    handle: ({ deps, account, query }) => search(deps, account.accountId, query),
  }),
  area.account({
    ...ONE,
    requires: "requests:read",
    handle: async ({ deps, account, params }) => requestView(await one(deps, account.accountId, params.id)),
  }),
  area.account({
    method: "get",
    path: "/requests/{id}/receipt",
    requires: "requests:read",
    summary: "The signed receipt of a request",
    description:
      "Usage, prices, attempts and transfers, signed with Ed25519; the public keys lie at /.well-known/quoin-receipts.json, and `quoin receipt verify` checks it offline.",
    params: { id: ID },
    answer: z.looseObject({}).openapi("Receipt"),
    async handle({ deps, account, params }) {
      const { id } = await one(deps, account.accountId, params.id);
      const signed = await deps.control.receipts.issue(id);
      if (signed) return { ...signed };
      throw new HttpError("not_found", `There is no receipt of ${id}: it was not answered, or is too old.`);
    },
  }),
  area.operator({
    ...LIVE,
    requires: "operator:requests:read",
    handle: ({ deps, query }) => liveRequests(deps, filterOf(deps.control, undefined, query)),
  }),
  area.operator({
    ...LIST,
    requires: "operator:requests:read",
    handle: ({ deps, query }) => search(deps, undefined, query),
  }),
  area.operator({
    ...ONE,
    requires: "operator:requests:read",
    handle: async ({ deps, params }) => requestView(await one(deps, undefined, params.id)),
  }),
];
