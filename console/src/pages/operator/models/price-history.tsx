import type { ModelPrices } from "../../../base/contract.ts";
import { moment } from "../../../base/time.ts";
import { useList } from "../../../base/use-list.ts";
import { t } from "../../../i18n/t.ts";
import { Button } from "../../../ui/button.tsx";
import { Failed, Skeleton } from "../../../ui/states.tsx";
import { kindText, versionAmount } from "../../models/rates.ts";

function Version({ version, since, changes }: ModelPrices) {
  const isFirst = changes.every(({ from }) => from === null);
  const told = changes.filter(({ to }) => !isFirst || to !== "0");
  return (
    <li>
      <span className="lead-cell">
        <span className="strong">{t("request.price-version", { version })}</span>
        <small>{moment(since)}</small>
      </span>
      <span className="lead-cell">
        {told.map(({ kind, from, to }) => (
          <span key={kind} className="muted">
            {kindText(kind)}: {isFirst ? "" : `${versionAmount(kind, from)} → `}
            {versionAmount(kind, to)}
          </span>
        ))}
      </span>
    </li>
  );
}

/** What became of a model's price, the newest change first. */
export function PriceHistory({ id }: { id: string }) {
  const { rows, error, retry, more } = useList<ModelPrices>(
    `/operator/models/${encodeURIComponent(id)}/prices`,
  );
  return (
    <section className="stack">
      <h3>{t("operator.model.history")}</h3>
      {error && <Failed error={error} onRetry={retry} />}
      {!rows && !error && <Skeleton lines={3} />}
      <ul className="rows">
        {rows?.map((one) => (
          <Version key={one.version} {...one} />
        ))}
      </ul>
      {more && (
        <div>
          <Button small busy={more.busy} onClick={more.load}>
            {t("table.more")}
          </Button>
        </div>
      )}
    </section>
  );
}
