import type { Snapshot } from "./model.ts";
import { PPM_OF_ONE, type PriceMultiplier } from "./price.ts";

type Terms = Pick<Snapshot, "accountMultipliers" | "plans">;

/** What keys of a plan pay in an account: what was agreed with it counts before its plan. Undefined: the whole price. */
export function multiplierFor(
  { accountMultipliers, plans }: Terms,
  accountName: string,
  planId: string,
): PriceMultiplier | undefined {
  const agreed = accountMultipliers.get(accountName);
  if (agreed !== undefined) return { ppm: agreed, plan: undefined };
  const ppm = plans.get(planId)?.multiplierPpm ?? PPM_OF_ONE;
  return ppm === PPM_OF_ONE ? undefined : { ppm, plan: planId };
}
