import type { Caller } from "../../accounts/caller.ts";
import type { AccountRow } from "../../accounts/directory.ts";
import { formatRate } from "../../core/currency.ts";
import type { Plan } from "../../core/model.ts";
import { ownPlanIn } from "../../core/own-plan.ts";
import { PPM_OF_ONE } from "../../core/price.ts";
import type { ControlDeps } from "../operation.ts";
import { HttpError } from "./http-error.ts";
import { limitsView } from "./views.ts";

const DEFAULT_PLAN = "default";

/** The plan that a new key of the account has where nobody says. */
export function ownPlanOf({ snapshot }: ControlDeps, { planId }: AccountRow): Plan | undefined {
  return ownPlanIn(snapshot().plans, planId);
}

/**
 * Plans that the account's keys may have: its own, and those that an operator gave keys of it before. Operators
 * may give any: a plan is a price and a limit, which customers do not choose for themselves.
 */
export async function plansFor(
  control: ControlDeps,
  caller: Caller,
  account: AccountRow,
): Promise<ReadonlyMap<string, Plan>> {
  const { plans } = control.snapshot();
  if (caller.operator) return plans;
  const own = ownPlanOf(control, account);
  const keys = await control.accounts.listKeys(account.name);
  const held = new Set(keys.filter(({ revokedAt }) => revokedAt === undefined).map(({ planId }) => planId));
  return new Map([...plans].filter(([id]) => id === own?.id || held.has(id)));
}

/** @throws HttpError where the account may not have it */
export async function choosePlan(
  control: ControlDeps,
  caller: Caller,
  account: AccountRow,
  wanted: string | undefined,
): Promise<string> {
  const planId = wanted ?? ownPlanOf(control, account)?.id ?? DEFAULT_PLAN;
  const plans = await plansFor(control, caller, account);
  if (plans.has(planId)) return planId;
  const known = [...plans.keys()].join(", ");
  throw new HttpError("invalid", `plan: this account has no plan "${planId}"; it has ${known}.`, {
    field: "plan",
  });
}

/** A plan as the API tells it. */
export function planView(plan: Plan, isDefault: boolean) {
  return {
    id: plan.id,
    display_name: plan.displayName,
    key_prefix: plan.keyPrefix,
    is_default: isDefault,
    limits: limitsView(plan.limits),
    account_limits: limitsView(plan.accountLimits),
    models: plan.models ? [...plan.models] : null,
    monthly_credit_nanos: (plan.monthlyCredit ?? plan.sold?.credit)?.nanos.toString() ?? null,
    price_multiplier: formatRate(plan.multiplierPpm ?? PPM_OF_ONE),
  };
}
