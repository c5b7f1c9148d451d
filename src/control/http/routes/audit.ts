import type { AuditRow } from "../../../accounts/audit.ts";
import { AUDIT_ENTRY, AUDIT_QUERY, OPERATOR_AUDIT_ENTRY } from "../../contract/audit.ts";
import { ACCOUNT_FILTER } from "../../contract/requests.ts";
import { pageOf } from "../../contract/shapes.ts";
import { withAccountNames } from "../account-names.ts";
import type { HttpDeps } from "../deps.ts";
import { accountIdOf } from "../find-account.ts";
import { ID_CURSOR, type PageAsked, pageBefore } from "../page.ts";
import { areaOf } from "../route.ts";

const area = areaOf("Audit");

const read = (text: string | undefined): unknown => (text === undefined ? null : JSON.parse(text));

function auditView({ auditId, at, actor, address, action, accountId, target, before, after }: AuditRow) {
  const change = { before: read(before), after: read(after) };
  return {
    id: auditId,
    at: new Date(at).toISOString(),
    actor,
    address,
    action,
    account_id: accountId ?? null,
    target,
    ...change,
  };
}

interface Asked extends PageAsked {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
}

async function list({ audit }: HttpDeps, accountId: string | undefined, asked: Asked) {
  const { actor, action } = asked;
  return await pageBefore(asked, ID_CURSOR, {
    fetch: (limit, beforeId) => audit.list({ accountId, actor, action, beforeId, limit }),
    id: ({ auditId }) => auditId,
    view: auditView,
  });
}

const DESCRIBED = {
  method: "get",
  path: "/audit",
  summary: "What was changed, by whom",
  description: "Every write over the management API and the console, the newest first.",
} as const;

export const AUDIT_ROUTES = [
  area.account({
    ...DESCRIBED,
    answer: pageOf(AUDIT_ENTRY),
    query: AUDIT_QUERY,
    requires: "audit:read",
    handle: ({ deps, account, query }) => list(deps, account.accountId, query),
  }),
  area.operator({
    ...DESCRIBED,
    answer: pageOf(OPERATOR_AUDIT_ENTRY),
    query: { ...AUDIT_QUERY, ...ACCOUNT_FILTER },
    requires: "operator:audit:read",
    async handle({ deps, query: { account, ...asked } }) {
      const page = await list(deps, await accountIdOf(deps, account), asked);
      return { ...page, items: await withAccountNames(deps.control.accounts, page.items) };
    },
  }),
];
