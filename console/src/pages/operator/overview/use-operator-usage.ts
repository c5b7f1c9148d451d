import type { UseQueryResult } from "@tanstack/react-query";
import type { OperatorUsageOver } from "../../../base/contract.ts";
import type { Range } from "../../overview/range.ts";
import { type Grouping, useUsage } from "../../overview/use-usage.ts";

/** Sums of all accounts; read over EVERYWHERE, where the answer has the cost too. */
export function useOperatorUsage(range: Range, groupBy: Grouping): UseQueryResult<OperatorUsageOver> {
  return useUsage(range, groupBy) as UseQueryResult<OperatorUsageOver>;
}

/** What is left of a charge; undefined: no cost is known. */
export function marginOf({
  charge_nanos,
  cost_nanos,
}: {
  charge_nanos: string;
  cost_nanos: string;
}): bigint | undefined {
  return cost_nanos === "0" ? undefined : BigInt(charge_nanos) - BigInt(cost_nanos);
}

/** The margin as a share of the charge. */
export function marginShare(margin: bigint, charge: string): number {
  const whole = Number(charge);
  return whole === 0 ? 0 : Number(margin) / whole;
}
