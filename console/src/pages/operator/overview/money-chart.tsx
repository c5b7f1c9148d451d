import type { OperatorUsageOver } from "../../../base/contract.ts";
import { t } from "../../../i18n/t.ts";
import { ChartCard, type ChartProps } from "../../../ui/chart.tsx";
import { asMoney, dollars } from "../../overview/charts.tsx";
import { along } from "../../overview/use-usage.ts";

type Item = OperatorUsageOver["items"][number];

interface MoneyChartProps extends Pick<ChartProps, "times" | "when" | "tick" | "onPick"> {
  items: readonly Item[];
}

/** What was charged against what it cost, over time. */
export function MoneyChart({ items, ...shared }: MoneyChartProps) {
  const line = (label: string, color: string, value: (item: Item) => string) => ({
    ...{ label, color },
    values: along(shared.times, items, (item) => dollars(value(item)), 0),
  });
  return (
    <ChartCard
      {...shared}
      title={t("operator.chart.money")}
      kind="lines"
      series={[
        line(t("operator.charged"), "--series-1", ({ charge_nanos }) => charge_nanos),
        line(t("operator.cost"), "--series-2", ({ cost_nanos }) => cost_nanos),
      ]}
      format={asMoney}
    />
  );
}
