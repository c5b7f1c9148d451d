import type { UseQueryResult } from "@tanstack/react-query";
import type { ActiveAccounts, OperatorUsageOver } from "../../../base/contract.ts";
import { money, percent } from "../../../base/units.ts";
import type { Range } from "../../overview/range.ts";
import { type Grouping, useGroups, useOfRange, useUsage } from "../../overview/use-usage.ts";

/** Sums of all accounts; read over EVERYWHERE, where the answer has the cost too. */
export function useOperatorUsage(range: Range, groupBy: Grouping): UseQueryResult<OperatorUsageOver> {
  return useUsage(range, groupBy) as UseQueryResult<OperatorUsageOver>;
}

/** The same, of groups alone. */
export function useOperatorGroups(range: Range, groupBy: Grouping): UseQueryResult<OperatorUsageOver> {
  return useGroups(range, groupBy) as UseQueryResult<OperatorUsageOver>;
}

/** How many accounts asked anything. */
export function useActiveAccounts(range: Range): UseQueryResult<ActiveAccounts> {
  return useOfRange<ActiveAccounts>(range, "/usage/accounts");
}

type Sums = Pick<OperatorUsageOver["totals"], "cost_nanos" | "margin_nanos">;

/** The margin as a share of what was charged where the cost is known; undefined: it is known of nothing. */
export function marginShare({ cost_nanos, margin_nanos }: Sums): string | undefined {
  if (margin_nanos === null) return undefined;
  const whole = Number(margin_nanos) + Number(cost_nanos);
  return percent(whole === 0 ? 0 : Number(margin_nanos) / whole);
}

/** `$1.20 · 40%`. */
export function marginText(sums: Sums): string {
  const share = marginShare(sums);
  return share === undefined ? "–" : `${money(sums.margin_nanos ?? "0")} · ${share}`;
}
