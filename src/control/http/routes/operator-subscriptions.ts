import { ID, PAGE, pageOf } from "../../contract/shapes.ts";
import { ACCOUNT_PLAN, OPERATOR_SUBSCRIPTION, PLAN_GIVEN } from "../../contract/subscription.ts";
import { subscriptionView } from "../../subscription-operations.ts";
import { withAccountNames } from "../account-names.ts";
import { ID_CURSOR, pageBefore } from "../page.ts";
import { areaOf } from "../route.ts";
import { requireAccount } from "./operator-accounts.ts";
import { accountPlan } from "./subscription.ts";

const area = areaOf("Operator: accounts");

export const OPERATOR_SUBSCRIPTION_ROUTES = [
  area.operator({
    method: "get",
    path: "/subscriptions",
    requires: "operator:accounts:read",
    summary: "Plans that are paid for month by month",
    description: "Those of the newest accounts first; ended ones are left out.",
    query: PAGE,
    answer: pageOf(OPERATOR_SUBSCRIPTION),
    async handle({ deps: { control }, query }) {
      const page = await pageBefore(query, ID_CURSOR, {
        fetch: async (limit, beforeId) => await control.subscriptions.list({ beforeId, limit }),
        id: ({ accountId }) => accountId,
        view: (found) => ({ ...subscriptionView(control, found), account_id: found.accountId }),
      });
      return { ...page, items: await withAccountNames(control.accounts, page.items) };
    },
  }),
  area.operator({
    method: "put",
    path: "/accounts/{id}/subscription",
    requires: "operator:accounts:write",
    summary: "Give an account a plan and seats",
    description: "Nobody pays; each month's credit comes with its beginning (UTC).",
    params: { id: ID },
    body: PLAN_GIVEN,
    answer: ACCOUNT_PLAN,
    errors: ["not_found", "conflict"],
    audit: "plans.assign",
    async handle({ deps: { control }, params, body, note }) {
      const { accountId, name } = await requireAccount(control, params.id);
      note({ target: accountId, accountId, after: body });
      const asked = { account: name, ...body };
      return await accountPlan(control, "plans.assign", asked);
    },
  }),
  area.operator({
    method: "delete",
    path: "/accounts/{id}/subscription",
    requires: "operator:accounts:write",
    summary: "End an account's plan at once",
    description: "At the payment provider too. Nothing is paid back, and credit that has come stays.",
    params: { id: ID },
    answer: ACCOUNT_PLAN,
    errors: ["not_found", "conflict"],
    audit: "plans.end",
    async handle({ deps: { control }, params, note }) {
      const { accountId, name } = await requireAccount(control, params.id);
      note({ target: accountId, accountId });
      return await accountPlan(control, "plans.end", { account: name });
    },
  }),
];
