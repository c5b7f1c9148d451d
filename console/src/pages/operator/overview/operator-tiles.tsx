import type { OperatorUsageOver } from "../../../base/contract.ts";
import { count, exactMoney, money, percent } from "../../../base/units.ts";
import { t } from "../../../i18n/t.ts";
import { LatencyTile, Tile } from "../../overview/tiles.tsx";
import { marginShare } from "./use-operator-usage.ts";

interface TilesProps {
  totals: OperatorUsageOver["totals"];
  /** Accounts that asked anything. */
  active: number | undefined;
  requests: string;
}

/** Everybody's sums of the range, each leading to what is behind it. */
export function OperatorTiles({ totals, active, requests }: TilesProps) {
  const { charge_nanos: charge, cost_nanos: cost, margin_nanos: margin } = totals;
  const share = marginShare(totals);
  const failed = `${requests}&outcome=failed`;
  return (
    <div className="tiles">
      <Tile to={requests} name={t("overview.requests")} value={count(totals.requests)} />
      <Tile to={requests} name={t("operator.charged")} value={money(charge)} title={exactMoney(charge)} />
      <Tile
        to="/operator/upstreams"
        name={t("operator.cost")}
        value={margin === null ? "–" : money(cost)}
        title={exactMoney(cost)}
        more={margin === null && t("operator.cost.unknown")}
      />
      <Tile
        to="/operator/models"
        name={t("operator.margin")}
        value={margin === null ? "–" : money(margin)}
        more={share !== undefined && t("operator.margin.share", { share })}
      />
      <Tile
        to={failed}
        name={t("operator.errors")}
        value={count(totals.errors)}
        more={t("operator.errors.share", {
          share: percent(totals.requests === 0 ? 0 : totals.errors / totals.requests),
        })}
      />
      <LatencyTile to={requests} totals={totals} />
      <Tile
        to="/operator/accounts"
        name={t("operator.active")}
        value={active === undefined ? "–" : count(active)}
        more={t("operator.active.more")}
      />
    </div>
  );
}
