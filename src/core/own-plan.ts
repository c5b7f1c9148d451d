import type { Plan } from "./model.ts";

const DEFAULT_PLAN = "default";

/** The plan of an account's new keys where nobody says; `planId` is the account's own, where it has one. */
export function ownPlanIn(plans: ReadonlyMap<string, Plan>, planId: string | undefined): Plan | undefined {
  return plans.get(planId ?? DEFAULT_PLAN) ?? plans.get(DEFAULT_PLAN) ?? plans.values().next().value;
}
