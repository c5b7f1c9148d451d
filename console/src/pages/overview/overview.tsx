import { useSearchParams } from "wouter";
import type { UsageOver } from "../../base/contract.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { ButtonLink } from "../../ui/button.tsx";
import { Card, Page } from "../../ui/page.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import { Segments } from "../../ui/tabs.tsx";
import { Breakdown } from "./breakdown.tsx";
import { Charts } from "./charts.tsx";
import { RANGES, type Range, timesOf } from "./range.ts";
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
  const times = timesOf(range, Date.now());
  const requests = `${here.home}/requests`;
  const since = `${requests}?from=${encodeURIComponent(new Date(times[0] ?? 0).toISOString())}`;
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
  const [search, setSearch] = useSearchParams();
  const chosen = RANGES.find(({ id }) => id === search.get("range"));
  const range = chosen ?? (RANGES[1] as Range);
  const total = useUsage(range, "none");
  return (
    <Page
      title={t("nav.overview")}
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
