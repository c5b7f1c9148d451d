import { useLocation } from "wouter";
import type { UsageBucket, UsageOver } from "../../base/contract.ts";
import { hourTick, moment, utcDay, utcDayTick } from "../../base/time.ts";
import { compact, duration, money } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";
import { ChartCard, type ChartProps, type ChartSeries } from "../../ui/chart.tsx";
import { BUCKET_MS, type Range } from "./range.ts";
import { along } from "./use-usage.ts";

interface ChartsProps {
  range: Range;
  times: readonly number[];
  total: UsageOver;
  byModel: UsageOver;
  /** Where the page of requests is. */
  requests: string;
}

const SHOWN_GROUPS = 6;
export const dollars = (nanos: string): number => Number(nanos) / 1e9;
export const asMoney = (value: number): string => money(BigInt(Math.round(value * 1e9)));

/** A value of the groups that cost most, and of all others together. */
export function byGroup<Bucket extends UsageBucket>(
  times: readonly number[],
  { items, groups }: { readonly items: readonly Bucket[]; readonly groups: UsageOver["groups"] },
  value: (bucket: Bucket) => number,
): ChartSeries[] {
  const valuesOf = (wanted: string) =>
    along(
      times,
      items.filter(({ group }) => group === wanted),
      value,
      0,
    );
  const series = groups.slice(0, SHOWN_GROUPS).map(
    ({ group, label }, index): ChartSeries => ({
      label: label || group,
      color: `--series-${index + 1}`,
      values: valuesOf(group),
    }),
  );
  const rest = groups.slice(SHOWN_GROUPS).map(({ group }) => valuesOf(group));
  if (rest.length === 0) return series;
  const values = times.map((_, index) => rest.reduce((sum, one) => sum + (one[index] ?? 0), 0));
  return [...series, { label: t("overview.others"), color: "--series-8", values }];
}

/** How the points of time of a range are written. */
export function timeAxis({ bucket }: Range): Pick<ChartProps, "when" | "tick"> {
  return bucket === "hour" ? { when: moment, tick: hourTick } : { when: utcDay, tick: utcDayTick };
}

const line = (label: string, color: string, values: (number | null)[]): ChartSeries => ({
  label,
  color,
  values,
});

function seriesOf(times: readonly number[], { items }: UsageOver) {
  const read = (value: (item: UsageBucket) => number) => along(times, items, value, 0);
  const late = (value: (item: UsageBucket) => number | null) => along(times, items, value, null);
  return {
    requests: [
      line(
        t("overview.served"),
        "--series-1",
        read(({ requests, errors }) => requests - errors),
      ),
      line(
        t("overview.failed"),
        "--series-7",
        read(({ errors }) => errors),
      ),
    ],
    tokens: [
      line(
        t("usage.input"),
        "--series-3",
        read(({ usage }) => usage.input + usage.cache_write_5m + usage.cache_write_1h),
      ),
      line(
        t("usage.cache_read"),
        "--series-1",
        read(({ usage }) => usage.cache_read),
      ),
      line(
        t("usage.output"),
        "--series-2",
        read(({ usage }) => usage.output + usage.reasoning),
      ),
    ],
    saved: [
      line(
        t("overview.saved"),
        "--series-1",
        read(({ cache_saved_nanos }) => dollars(cache_saved_nanos)),
      ),
    ],
    latency: [
      line(
        t("overview.p50"),
        "--series-1",
        late(({ first_byte_ms }) => first_byte_ms.p50),
      ),
      line(
        t("overview.p95"),
        "--series-2",
        late(({ first_byte_ms }) => first_byte_ms.p95),
      ),
    ],
  };
}

/** The range drawn over time; a press on a bar goes to its requests. */
export function Charts({ range, times, total, byModel, requests }: ChartsProps) {
  const [, go] = useLocation();
  function onPick(index: number) {
    const from = times[index];
    if (from === undefined) return;
    const span = new URLSearchParams({
      from: new Date(from).toISOString(),
      to: new Date(from + BUCKET_MS[range.bucket]).toISOString(),
    });
    go(`${requests}?${span}`);
  }
  const shared: Pick<ChartProps, "times" | "when" | "tick" | "onPick"> = {
    times,
    onPick,
    ...timeAxis(range),
  };
  const { requests: served, tokens, latency, saved } = seriesOf(times, total);
  const spend = byGroup(times, byModel, ({ charge_nanos }) => dollars(charge_nanos));
  return (
    <>
      <ChartCard {...shared} title={t("overview.chart.spend")} kind="bars" series={spend} format={asMoney} />
      <div className="grid-2">
        <ChartCard
          {...shared}
          title={t("overview.chart.requests")}
          kind="bars"
          series={served}
          format={compact}
        />
        <ChartCard
          {...shared}
          title={t("overview.chart.tokens")}
          kind="bars"
          series={tokens}
          format={compact}
        />
        <ChartCard
          {...shared}
          title={t("overview.chart.latency")}
          kind="lines"
          series={latency}
          format={duration}
        />
        {total.totals.cache_saved_nanos !== "0" && (
          <ChartCard {...shared} title={t("overview.saved")} kind="bars" series={saved} format={asMoney} />
        )}
      </div>
    </>
  );
}
