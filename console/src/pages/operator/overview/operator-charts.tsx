import { useLocation } from "wouter";
import type { ActiveAccounts, OperatorUsageOver } from "../../../base/contract.ts";
import { compact } from "../../../base/units.ts";
import { t } from "../../../i18n/t.ts";
import { ChartCard } from "../../../ui/chart.tsx";
import { asMoney, byGroup, dollars, timeAxis } from "../../overview/charts.tsx";
import type { Range } from "../../overview/range.ts";
import { MoneyChart } from "./money-chart.tsx";

interface ChartsProps {
  range: Range;
  times: readonly number[];
  total: OperatorUsageOver;
  active: ActiveAccounts;
  byModel: OperatorUsageOver;
}

/** How many accounts asked anything, in each step of time. */
function activeOver(times: readonly number[], { items }: ActiveAccounts): number[] {
  const seen = new Map(items.map(({ at, accounts }) => [Date.parse(at), accounts]));
  return times.map((time) => seen.get(time) ?? 0);
}

/** What comes in against what goes out, what stays of which model, and how many are there. */
export function OperatorCharts({ range, times, total, active, byModel }: ChartsProps) {
  const [, go] = useLocation();
  const shared = { times, ...timeAxis(range) };
  const margins = byGroup(times, byModel, ({ margin_nanos }) => dollars(margin_nanos ?? "0"));
  return (
    <div className="grid-2">
      <MoneyChart {...shared} items={total.items} onPick={() => go("/operator/requests")} />
      {total.totals.margin_nanos !== null && (
        <ChartCard
          {...shared}
          title={t("operator.chart.margin")}
          kind="bars"
          series={margins}
          format={asMoney}
          onPick={() => go("/operator/models")}
        />
      )}
      <ChartCard
        {...shared}
        title={t("operator.active")}
        kind="bars"
        series={[{ label: t("operator.active"), color: "--series-3", values: activeOver(times, active) }]}
        format={compact}
        onPick={() => go("/operator/accounts")}
      />
    </div>
  );
}
