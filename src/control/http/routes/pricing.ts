import type { Config, PlanConfig, PlanShown } from "../../../config/types.ts";
import { formatRate } from "../../../core/currency.ts";
import { PRICING, type Pricing } from "../../contract/pricing.ts";
import { modelsInForce, modelView, refuseStranger } from "../model-views.ts";
import { areaOf } from "../route.ts";
import { limitsView } from "../views.ts";

const area = areaOf("Models");

const UNNAMED: PlanShown = {
  name: undefined,
  description: "",
  priceNanos: undefined,
  perSeat: false,
  seatsMin: undefined,
};

/** Plans that were made for the page; where none was, that of new accounts. */
function plansShown({ plans, signUp }: Config): { plan: PlanConfig; shown: PlanShown }[] {
  const shown = plans.flatMap((plan) => (plan.shown ? [{ plan, shown: plan.shown }] : []));
  if (shown.length > 0) return shown;
  return plans.filter(({ id }) => id === signUp.planId).map((plan) => ({ plan, shown: UNNAMED }));
}

function planView(plan: PlanConfig, shown: PlanShown, { signUp }: Config): Pricing["plans"][number] {
  return {
    id: plan.id,
    name: shown.name ?? plan.id,
    description: shown.description,
    price_nanos: (plan.price?.monthNanos ?? shown.priceNanos)?.toString() ?? null,
    per_seat: plan.price === undefined && shown.perSeat,
    seat_nanos: plan.price?.seatNanos?.toString() ?? null,
    is_sold: plan.price !== undefined && plan.shown !== undefined,
    seats_min: shown.seatsMin ?? null,
    is_trial: signUp.trial?.planId === plan.id,
    monthly_credit_nanos: plan.monthlyCreditsNanos?.toString() ?? null,
    credit_carries_over: plan.monthlyCreditsCarryOver,
    credit_keys_max: plan.monthlyCreditsKeysMax ?? null,
    price_multiplier: formatRate(plan.multiplierPpm),
    limits: limitsView(plan.limits),
    account_limits: limitsView(plan.accountLimits),
    models: plan.models === undefined ? null : [...plan.models],
  };
}

export const PRICING_ROUTES = [
  area.open({
    method: "get",
    path: "/pricing",
    summary: "Plans and prices",
    description:
      "What the pricing page shows: the plans that quoin.yaml has `shown` of, and every model at its list price. For who signed in, where its `catalogue` says so.",
    answer: PRICING,
    errors: ["unauthenticated"],
    handle({ deps, caller }) {
      refuseStranger(deps, caller);
      const config = deps.config();
      return {
        currency: "USD" as const,
        plans: plansShown(config).map(({ plan, shown }) => planView(plan, shown, config)),
        models: modelsInForce(deps).map(({ model, declared }) => modelView(deps, model, declared)),
      };
    },
  }),
];
