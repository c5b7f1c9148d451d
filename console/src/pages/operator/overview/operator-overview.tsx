import type { OperatorUsageOver } from "../../../base/contract.ts";
import { t } from "../../../i18n/t.ts";
import { ButtonLink } from "../../../ui/button.tsx";
import { Card, Page } from "../../../ui/page.tsx";
import { Empty, Loaded } from "../../../ui/states.tsx";
import { Charts } from "../../overview/charts.tsx";
import type { Range } from "../../overview/range.ts";
import { RangePicker, spanOf, useRange } from "../../overview/range-picker.tsx";
import { DoubtedNotice } from "./doubted-notice.tsx";
import { OperatorBreakdown } from "./operator-breakdown.tsx";
import { OperatorCharts } from "./operator-charts.tsx";
import { OperatorTiles } from "./operator-tiles.tsx";
import { useActiveAccounts, useOperatorUsage } from "./use-operator-usage.ts";

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
  const active = useActiveAccounts(range);
  const { times, since } = spanOf(range, REQUESTS);
  return (
    <>
      <OperatorTiles totals={total.totals} active={active.data?.total} requests={since} />
      {total.totals.requests === 0 ? (
        <NothingYet />
      ) : (
        <>
          <Loaded query={byModel} lines={8}>
            {(models) => (
              <>
                <Loaded query={active} lines={6}>
                  {(accounts) => (
                    <OperatorCharts {...{ range, times, total }} active={accounts} byModel={models} />
                  )}
                </Loaded>
                <Charts range={range} times={times} total={total} byModel={models} requests={REQUESTS} />
              </>
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
  const range = useRange();
  const total = useOperatorUsage(range, "none");
  return (
    <Page
      title={t("operator.overview")}
      lead={t("operator.overview.lead")}
      actions={<RangePicker range={range} />}
    >
      <DoubtedNotice />
      <Loaded query={total} lines={10}>
        {(found) => <Found range={range} total={found} />}
      </Loaded>
    </Page>
  );
}
