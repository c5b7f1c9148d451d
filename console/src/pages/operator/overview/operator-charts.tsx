import type { ComponentProps } from "react";
import { useLocation } from "wouter";
import type { OperatorUsageOver } from "../../../base/contract.ts";
import { hourTick, moment, utcDay, utcDayTick } from "../../../base/time.ts";
import { compact } from "../../../base/units.ts";
import { t } from "../../../i18n/t.ts";
import { ChartCard } from "../../../ui/chart.tsx";
import { asMoney, dollars } from "../../overview/charts.tsx";
import type { Range } from "../../overview/range.ts";

interface ChartsProps {
  range: Range;
  times: readonly number[];
  total: OperatorUsageOver;
  byAccount: OperatorUsageOver;
}

type Shared = Pick<ComponentProps<typeof ChartCard>, "times" | "when" | "tick">;

function moneySeries(times: readonly number[], { items }: OperatorUsageOver) {
  const found = new Map(items.map((item) => [Date.parse(item.at), item]));
  const read = (value: (item: OperatorUsageOver["items"][number]) => number) =>
    times.map((time) => {
      const item = found.get(time);
      return item ? value(item) : 0;
    });
  return [
    { label: t("operator.charged"), color: "--series-1", values: read((item) => dollars(item.charge_nanos)) },
    { label: t("operator.cost"), color: "--series-2", values: read((item) => dollars(item.cost_nanos)) },
  ];
}

/** How many accounts asked anything, in each step of time. */
function activeOver(times: readonly number[], { items }: OperatorUsageOver): number[] {
  const seen = new Map<number, number>();
  for (const { at } of items) seen.set(Date.parse(at), (seen.get(Date.parse(at)) ?? 0) + 1);
  return times.map((time) => seen.get(time) ?? 0);
}

/** What comes in against what goes out, and how many are there. */
export function OperatorCharts({ range, times, total, byAccount }: ChartsProps) {
  const [, go] = useLocation();
  const hourly = range.bucket === "hour";
  const shared: Shared = {
    times,
    when: hourly ? moment : utcDay,
    tick: hourly ? hourTick : utcDayTick,
  };
  return (
    <div className="grid-2">
      <ChartCard
        {...shared}
        title={t("operator.chart.money")}
        kind="lines"
        series={moneySeries(times, total)}
        format={asMoney}
        onPick={() => go("/operator/requests")}
      />
      <ChartCard
        {...shared}
        title={t("operator.active")}
        kind="bars"
        series={[{ label: t("operator.active"), color: "--series-3", values: activeOver(times, byAccount) }]}
        format={compact}
        onPick={() => go("/operator/accounts")}
      />
    </div>
  );
}
