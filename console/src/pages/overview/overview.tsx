import type { UsageOver } from "../../base/contract.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { ButtonLink } from "../../ui/button.tsx";
import { Card, Page } from "../../ui/page.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import { Breakdown } from "./breakdown.tsx";
import { Charts } from "./charts.tsx";
import type { Range } from "./range.ts";
import { RangePicker, spanOf, useRange } from "./range-picker.tsx";
import { Tiles } from "./tiles.tsx";
import { useUsage } from "./use-usage.ts";

function NothingYet() {
  const here = useHere();
  return (
    <Card>
      <Empty
        icon="connect"
        title={t("overview.empty.title")}
        action={
          <ButtonLink to={`${here.home}/connect`} look="primary" icon="connect">
            {t("overview.empty.action")}
          </ButtonLink>
        }
      >
        {t("overview.empty.text")}
      </Empty>
    </Card>
  );
}

function Found({ range, total }: { range: Range; total: UsageOver }) {
  const here = useHere();
  const byModel = useUsage(range, "model");
  const requests = `${here.home}/requests`;
  const { times, since } = spanOf(range, requests);
  return (
    <>
      <Tiles totals={total.totals} requests={since} />
      {total.totals.requests === 0 ? (
        <NothingYet />
      ) : (
        <>
          <Loaded query={byModel} lines={8}>
            {(models) => (
              <Charts range={range} times={times} total={total} byModel={models} requests={requests} />
            )}
          </Loaded>
          <Breakdown range={range} requests={since} />
        </>
      )}
    </>
  );
}

export function OverviewPage() {
  const range = useRange();
  const total = useUsage(range, "none");
  return (
    <Page title={t("nav.overview")} actions={<RangePicker range={range} />}>
      <Loaded query={total} lines={10}>
        {(found) => <Found range={range} total={found} />}
      </Loaded>
    </Page>
  );
}
