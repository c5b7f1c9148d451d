import { useSearchParams } from "wouter";
import type { OperatorUsageOver } from "../../../base/contract.ts";
import { t } from "../../../i18n/t.ts";
import { ButtonLink } from "../../../ui/button.tsx";
import { Card, Page } from "../../../ui/page.tsx";
import { Empty, Loaded } from "../../../ui/states.tsx";
import { Segments } from "../../../ui/tabs.tsx";
import { Charts } from "../../overview/charts.tsx";
import { RANGES, type Range, timesOf } from "../../overview/range.ts";
import { OperatorBreakdown } from "./operator-breakdown.tsx";
import { OperatorCharts } from "./operator-charts.tsx";
import { OperatorTiles } from "./operator-tiles.tsx";
import { useOperatorUsage } from "./use-operator-usage.ts";

const REQUESTS = "/operator/requests";

function NothingYet() {
  return (
    <Card>
      <Empty
        icon="building"
        title={t("overview.empty.title")}
        action={
          <ButtonLink to="/operator/accounts" look="primary" icon="building">
            {t("operator.empty.action")}
          </ButtonLink>
        }
      >
        {t("operator.empty.text")}
      </Empty>
    </Card>
  );
}

function Found({ range, total }: { range: Range; total: OperatorUsageOver }) {
  const byModel = useOperatorUsage(range, "model");
  const byAccount = useOperatorUsage(range, "account");
  const times = timesOf(range, Date.now());
  const since = `${REQUESTS}?from=${encodeURIComponent(new Date(times[0] ?? 0).toISOString())}`;
  return (
    <>
      <OperatorTiles totals={total.totals} active={byAccount.data?.groups.length} requests={since} />
      {total.totals.requests === 0 ? (
        <NothingYet />
      ) : (
        <>
          <Loaded query={byAccount} lines={6}>
            {(accounts) => <OperatorCharts range={range} times={times} total={total} byAccount={accounts} />}
          </Loaded>
          <Loaded query={byModel} lines={8}>
            {(models) => (
              <Charts range={range} times={times} total={total} byModel={models} requests={REQUESTS} />
            )}
          </Loaded>
          <OperatorBreakdown range={range} requests={since} />
        </>
      )}
    </>
  );
}

/** How the whole installation does. */
export function OperatorOverviewPage() {
  const [search, setSearch] = useSearchParams();
  const chosen = RANGES.find(({ id }) => id === search.get("range"));
  const range = chosen ?? (RANGES[1] as Range);
  const total = useOperatorUsage(range, "none");
  return (
    <Page
      title={t("operator.overview")}
      lead={t("operator.overview.lead")}
      actions={
        <Segments
          label={t("overview.range")}
          options={RANGES.map(({ id }) => [id, t(`range.${id}`)])}
          chosen={range.id}
          onChoose={(id) => setSearch({ range: id }, { replace: true })}
        />
      }
    >
      <Loaded query={total} lines={10}>
        {(found) => <Found range={range} total={found} />}
      </Loaded>
    </Page>
  );
}
