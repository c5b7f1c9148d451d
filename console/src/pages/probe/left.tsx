import type { Probe } from "../../base/contract.ts";
import { day } from "../../base/time.ts";
import { count, duration, money } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";
import { Card } from "../../ui/page.tsx";

/** Below this share what is left is shown as little. */
const LOW = 0.1;

interface GaugeProps {
  name: string;
  left: string;
  share: number;
  more: string;
}

function Gauge({ name, left, share, more }: GaugeProps) {
  return (
    <div className="gauge">
      <div className="gauge-head">
        <strong>{name}</strong>
        <span>{left}</span>
      </div>
      <progress
        className={share < LOW ? "low" : undefined}
        value={share}
        max={1}
        aria-label={`${name}: ${left}`}
      />
      <span className="hint">{more}</span>
    </div>
  );
}

type Limit = NonNullable<Probe["limits"]>[number];
type Budget = Probe["budgets"][number];

function LimitGauge({ whose, kind, limit, remaining, reset_ms }: Limit) {
  return (
    <Gauge
      name={t(`probe.limit.${kind}`)}
      left={t("probe.left", { left: count(remaining), limit: count(limit) })}
      share={limit === 0 ? 0 : remaining / limit}
      more={`${t(`probe.of.${whose}`)} ${
        remaining === limit ? t("probe.full") : t("probe.full-in", { time: duration(reset_ms) })
      }`}
    />
  );
}

function BudgetGauge({ whose, period, limit_nanos, left_nanos, ends_at }: Budget) {
  return (
    <Gauge
      name={t(`probe.spend.${period}`)}
      left={t("probe.left", { left: money(left_nanos), limit: money(limit_nanos) })}
      share={limit_nanos === "0" ? 0 : Number(left_nanos) / Number(limit_nanos)}
      more={`${t(`probe.of.${whose}`)} ${t("probe.anew", { day: day(ends_at) })}`}
    />
  );
}

/** What is left of each limit, drawn. */
export function Left({ probe: { limits, budgets, concurrency } }: { probe: Probe }) {
  const none = limits?.length === 0 && budgets.length === 0;
  return (
    <Card title={t("probe.limits")}>
      <div className="stack">
        {limits === null && <p className="notice warn">{t("probe.limits.unknown")}</p>}
        {none && <p className="hint">{t("probe.limits.none")}</p>}
        <div className="gauges">
          {limits?.map((limit) => (
            <LimitGauge key={`${limit.whose} ${limit.kind}`} {...limit} />
          ))}
          {budgets.map((budget) => (
            <BudgetGauge key={`${budget.whose} ${budget.period}`} {...budget} />
          ))}
        </div>
        {concurrency !== null && <p className="hint">{t("probe.concurrency", { count: concurrency })}</p>}
      </div>
    </Card>
  );
}
