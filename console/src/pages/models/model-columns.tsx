import type { AccountModel } from "../../base/contract.ts";
import { contextSize, money } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";
import { CopyButton } from "../../ui/copy.tsx";
import { Badge } from "../../ui/page.tsx";
import type { Column } from "../../ui/table.tsx";
import { ratesWithoutTokens } from "./rates.ts";

const MOODS = { ok: "good", degraded: "warn", down: "bad" } as const;

export function HealthBadge({ health }: Pick<AccountModel, "health">) {
  return <Badge mood={MOODS[health]}>{t(`health.${health}`)}</Badge>;
}

const rate = ({ price }: AccountModel, kind: string): string => {
  const nanos = price.rates[kind];
  return nanos === undefined || nanos === "0" ? "–" : money(nanos);
};

/** What a cache saves; nothing where the price list has no lower price for it. */
const cachedRate = (model: AccountModel): string =>
  model.price.rates.cache_read === model.price.rates.input ? "–" : rate(model, "cache_read");

/** A model's name, which opens it, over its id where that is another. */
export function ModelName({
  model: { id, display_name },
  onOpen,
}: {
  model: Pick<AccountModel, "id" | "display_name">;
  onOpen: (id: string) => void;
}) {
  return (
    <span className="lead-cell">
      <button type="button" className="link cell-link" onClick={() => onOpen(id)}>
        {display_name}
      </button>
      {display_name !== id && <small className="mono">{id}</small>}
    </span>
  );
}

export function modelColumns(onOpen: (id: string) => void): Column<AccountModel>[] {
  return [
    {
      head: t("models.model"),
      lead: true,
      cell: (model) => <ModelName model={model} onOpen={onOpen} />,
    },
    {
      head: t("models.kind"),
      cell: ({ category, tier }) => (
        <span className="badges">
          <Badge>{t(`category.${category}`)}</Badge>
          <Badge mood="accent">{t(`tier.${tier}`)}</Badge>
        </span>
      ),
    },
    { head: t("models.context"), align: "end", cell: ({ context_tokens }) => contextSize(context_tokens) },
    {
      head: t("models.input"),
      align: "end",
      cell: (model) => ratesWithoutTokens(model.price.rates)[0] ?? rate(model, "input"),
    },
    { head: t("models.cached"), align: "end", cell: cachedRate },
    { head: t("models.output-price"), align: "end", cell: (model) => rate(model, "output") },
    {
      head: t("models.health"),
      cell: (model) =>
        model.included ? (
          <HealthBadge health={model.health} />
        ) : (
          <Badge mood="warn">{t("models.other-plan")}</Badge>
        ),
    },
    {
      head: t("models.copy"),
      bare: true,
      cell: ({ id }) => <CopyButton text={id} label={t("models.copy")} />,
    },
  ];
}
