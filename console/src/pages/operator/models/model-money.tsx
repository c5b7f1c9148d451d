import type { OperatorUsageOver } from "../../../base/contract.ts";
import { money } from "../../../base/units.ts";
import { t } from "../../../i18n/t.ts";
import { Facts } from "../../../ui/page.tsx";
import { Loaded } from "../../../ui/states.tsx";
import { timeAxis } from "../../overview/charts.tsx";
import { RANGES, type Range, timesOf } from "../../overview/range.ts";
import { MoneyChart } from "../overview/money-chart.tsx";
import { marginText, useOperatorUsage } from "../overview/use-operator-usage.ts";

const MONTH = RANGES.find(({ id }) => id === "30d") as Range;

function Found({ id, usage: { groups, items } }: { id: string; usage: OperatorUsageOver }) {
  const own = groups.find(({ group }) => group === id);
  if (!own) return <p className="hint">{t("operator.model.unused")}</p>;
  return (
    <>
      <Facts
        facts={[
          [t("operator.charged"), money(own.charge_nanos)],
          [t("operator.cost"), own.cost_nanos === "0" ? t("operator.cost.unknown") : money(own.cost_nanos)],
          [t("operator.margin"), marginText(own)],
        ]}
      />
      <MoneyChart
        {...timeAxis(MONTH)}
        times={timesOf(MONTH, Date.now())}
        items={items.filter(({ group }) => group === id)}
      />
    </>
  );
}

/** What a model brought in and cost in the last thirty days. */
export function ModelMoney({ id }: { id: string }) {
  const usage = useOperatorUsage(MONTH, "model");
  return (
    <section className="stack">
      <h3>{t("operator.model.money")}</h3>
      <Loaded query={usage}>{(found) => <Found id={id} usage={found} />}</Loaded>
    </section>
  );
}
