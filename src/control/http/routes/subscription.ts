import {
  ACCOUNT_PLAN,
  type AccountPlan,
  PLAN_CHOICE,
  PLAN_CHOSEN,
  type PlanChosen,
} from "../../contract/subscription.ts";
import type { ControlDeps } from "../../operation.ts";
import { type OperationName, runOperation } from "../../operations.ts";
import { areaOf } from "../route.ts";

const area = areaOf("Plans");

interface Named {
  readonly account: string;
}

/** What an operation says of an account's plan, without the account's name. */
export async function accountPlan<Answer extends AccountPlan = AccountPlan>(
  control: ControlDeps,
  operation: OperationName,
  asked: Named,
): Promise<Omit<Answer & Named, "account">> {
  const { account: _, ...view } = (await runOperation(control, operation, asked)) as Answer & Named;
  return view;
}

const summaryOf = ({ subscription }: AccountPlan) =>
  subscription && { plan: subscription.plan, seats: subscription.seats, ends: subscription.cancel_at_end };

export const SUBSCRIPTION_ROUTES = [
  area.account({
    method: "get",
    path: "/subscription",
    requires: "wallet:read",
    summary: "The plan that is paid for month by month",
    description: "With what comes next, and the plans that may be chosen.",
    answer: ACCOUNT_PLAN,
    handle: ({ deps, account }) => accountPlan(deps.control, "plans.show", { account: account.name }),
  }),
  area.account({
    method: "put",
    path: "/subscription",
    requires: "wallet:write",
    summary: "Choose a plan and its seats",
    description:
      "More is paid and in force at once, less from the next month on. What the plan had before is kept to; the same choice again takes back that it ends.",
    body: PLAN_CHOICE,
    answer: PLAN_CHOSEN,
    errors: ["conflict", "unavailable"],
    audit: "plans.choose",
    async handle({ deps, account, body: { return_url, ...choice }, note }) {
      const asked = { account: account.name, ...choice, return: return_url };
      const chosen = await accountPlan<PlanChosen>(deps.control, "plans.choose", asked);
      note({ after: choice });
      return chosen;
    },
  }),
  area.account({
    method: "delete",
    path: "/subscription",
    requires: "wallet:write",
    summary: "End the plan with what is paid",
    description: "The account then has the plan of before again. Until then it can be taken back.",
    answer: ACCOUNT_PLAN,
    errors: ["conflict"],
    audit: "plans.cancel",
    async handle({ deps, account, note }) {
      const plan = await accountPlan(deps.control, "plans.cancel", { account: account.name });
      note({ after: summaryOf(plan) ?? undefined });
      return plan;
    },
  }),
];
