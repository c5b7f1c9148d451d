import { countOf } from "../base/count-of.ts";
import { table } from "../base/table.ts";
import { family, type SubCommand, subCommand, usd } from "./family.ts";
import type { Options } from "./options.ts";

interface SubscriptionResult {
  account: string;
  plan: string;
  seats: number | null;
  price_nanos: string | null;
  payer: string;
  state: string;
  next: { plan: string; seats: number | null } | null;
  cancel_at_end: boolean;
  paid_until: string;
  ends_at: string | null;
  problem: string | null;
}

interface PlanResult {
  account: string;
  subscription: SubscriptionResult | null;
  url?: string | null;
}

const named = ({ plan, seats }: { plan: string; seats: number | null }) =>
  seats === null ? plan : `${plan} with ${countOf(seats, "seat")}`;

/** Empty where nobody pays. */
const priceOf = ({ payer, price_nanos }: SubscriptionResult) =>
  payer === "operator" || price_nanos === null ? "" : usd(price_nanos);

function showPlan({ account, subscription: found, url }: PlanResult): string {
  if (url) return `${url}\n\nWhere ${account} pays the first month by card; the plan begins then.`;
  if (!found) return `${account} has no plan that is paid for month by month.`;
  const cost = priceOf(found);
  const price = cost && `, ${cost} a month`;
  const problem = found.problem === null ? "" : ` ${found.problem}.`;
  const until = found.ends_at === null ? "" : ` It ends on ${found.ends_at.slice(0, 10)}.`;
  const next = found.next === null ? "" : ` From ${found.paid_until.slice(0, 10)} on: ${named(found.next)}.`;
  return `${account} has the plan ${named(found)}${price}, by ${found.payer}: ${found.state}, until ${found.paid_until.slice(0, 10)}.${problem}${next}${until}`;
}

const CHOICE = { account: "string", plan: "string", seats: "string" } as const;

const choiceOf = (options: Options) => ({
  account: options.required("account"),
  plan: options.required("plan"),
  seats: options.number("seats"),
});

const PLANS: Record<string, SubCommand> = {
  list: subCommand<{ subscriptions: SubscriptionResult[] }>({
    operation: "plans.list",
    options: { limit: "string" },
    args: (options) => ({ limit: options.number("limit") }),
    show: ({ subscriptions }) =>
      subscriptions.length === 0
        ? "Nobody pays for a plan month by month."
        : table(
            ["account", "plan", "seats", "price", "by", "state", "until", "ends"],
            subscriptions.map((row) => [
              row.account,
              row.plan,
              String(row.seats ?? ""),
              priceOf(row),
              row.payer,
              row.state,
              row.paid_until.slice(0, 10),
              row.ends_at?.slice(0, 10) ?? "",
            ]),
          ),
  }),
  show: subCommand<PlanResult>({
    operation: "plans.show",
    options: { account: "string" },
    args: (options) => ({ account: options.required("account") }),
    show: showPlan,
  }),
  choose: subCommand<PlanResult>({
    operation: "plans.choose",
    options: { ...CHOICE, pay: "string", return: "string" },
    args: (options) => ({ ...choiceOf(options), pay: options.text("pay"), return: options.text("return") }),
    show: showPlan,
  }),
  assign: subCommand<PlanResult>({
    operation: "plans.assign",
    options: CHOICE,
    args: choiceOf,
    show: showPlan,
  }),
  cancel: subCommand<PlanResult>({
    operation: "plans.cancel",
    options: { account: "string", undo: "boolean" },
    args: (options) => ({ account: options.required("account"), undo: options.flag("undo") }),
    show: showPlan,
  }),
  end: subCommand<PlanResult>({
    operation: "plans.end",
    options: { account: "string" },
    args: (options) => ({ account: options.required("account") }),
    show: showPlan,
  }),
};

/** `quoin plans list|show|choose|assign|cancel|end` */
export const plans = family("plans", PLANS);
