import type { Upstream } from "../../../base/contract.ts";
import { ago, moment } from "../../../base/time.ts";
import { percent } from "../../../base/units.ts";
import { t } from "../../../i18n/t.ts";
import { Badge } from "../../../ui/page.tsx";

const MOODS = { ok: "good", failing: "bad", standing_back: "warn", unused: "plain" } as const;

/** How an upstream or one of its targets does, and how often it failed in the last hour. */
export function UpstreamHealth({ health, last_hour }: Pick<Upstream, "health" | "last_hour">) {
  const { calls, failed, last_failure: last } = last_hour;
  return (
    <span className="lead-cell">
      <span>
        <Badge mood={MOODS[health]}>{t(`operator.upstream.health.${health}`)}</Badge>
      </span>
      {failed > 0 && (
        <small>{t("operator.upstream.failed", { share: percent(failed / calls), count: calls })}</small>
      )}
      {last && (
        <small title={moment(last.at)}>
          {t("operator.upstream.last-failure", { reason: last.reason, ago: ago(last.at) })}
        </small>
      )}
    </span>
  );
}
