import type { UseQueryResult } from "@tanstack/react-query";
import type { OperatorModel } from "../../../base/contract.ts";
import { money, percent } from "../../../base/units.ts";
import { t } from "../../../i18n/t.ts";
import { Button } from "../../../ui/button.tsx";
import { Badge, Page } from "../../../ui/page.tsx";
import { Loaded } from "../../../ui/states.tsx";
import type { Column } from "../../../ui/table.tsx";
import { Catalogue } from "../../models/catalogue.tsx";
import { HealthBadge, ModelName } from "../../models/model-columns.tsx";
import { ratesWithoutTokens } from "../../models/rates.ts";
import { useModels } from "../../models/use-models.ts";
import { ModelForm } from "../declare/model-form.tsx";
import { NotInForce } from "../declare/not-in-force.tsx";
import { SourceBadge } from "../declare/source.tsx";
import { useDeclaring } from "../declare/use-declaring.ts";
import { DeclaredNotice } from "../declared-notice.tsx";
import { OperatorModelDetail } from "./operator-model-detail.tsx";
import { PriceVersions } from "./price-versions.tsx";

type Kind = "input" | "output";

/** The dearest of its targets; undefined: one of them declares no cost. */
function costOf({ targets }: OperatorModel, kind: Kind): bigint | undefined {
  const costs = targets.map(({ cost }) => cost?.rates[kind]);
  if (costs.length === 0 || costs.some((one) => one === undefined)) return undefined;
  return costs.reduce((most, one) => (BigInt(one ?? "0") > most ? BigInt(one ?? "0") : most), 0n);
}

function PriceAndCost({ model, kind }: { model: OperatorModel; kind: Kind }) {
  const cost = costOf(model, kind);
  const nanos = model.price.rates[kind] ?? "0";
  const [other] = ratesWithoutTokens(model.price.rates);
  if (other !== undefined) return kind === "input" ? other : "–";
  return (
    <span className="lead-cell">
      <span>{nanos === "0" ? "–" : money(nanos)}</span>
      {cost !== undefined && <small>{t("operator.cost.is", { amount: money(cost) })}</small>}
    </span>
  );
}

/** Of as much input as output, at the dearest target. */
function Margin({ model }: { model: OperatorModel }) {
  const [input, output] = [costOf(model, "input"), costOf(model, "output")];
  const price = BigInt(model.price.rates.input ?? "0") + BigInt(model.price.rates.output ?? "0");
  if (input === undefined || output === undefined || price === 0n) return <span className="muted">–</span>;
  const share = Number(price - input - output) / Number(price);
  return <span className={share < 0 ? "complaint" : undefined}>{percent(share)}</span>;
}

function columnsOf(onOpen: (id: string) => void): Column<OperatorModel>[] {
  return [
    {
      head: t("models.model"),
      lead: true,
      cell: (model) => <ModelName model={model} onOpen={onOpen} />,
    },
    {
      head: t("models.kind"),
      cell: ({ category, tier, published }) => (
        <span className="badges">
          <Badge>{t(`category.${category}`)}</Badge>
          <Badge mood="accent">{t(`tier.${tier}`)}</Badge>
          {!published && <Badge mood="warn">{t("declare.unpublished")}</Badge>}
        </span>
      ),
    },
    {
      head: t("operator.model.targets"),
      cell: ({ targets }) => targets.map(({ upstream }) => upstream).join(", "),
    },
    { head: t("models.input"), align: "end", cell: (model) => <PriceAndCost model={model} kind="input" /> },
    {
      head: t("models.output-price"),
      align: "end",
      cell: (model) => <PriceAndCost model={model} kind="output" />,
    },
    { head: t("operator.margin"), align: "end", cell: (model) => <Margin model={model} /> },
    { head: t("models.health"), cell: ({ health }) => <HealthBadge health={health} /> },
    { head: t("declare.source"), cell: (model) => <SourceBadge kind="model" {...model} /> },
  ];
}

/** What is sold, where it comes from, and what stays. */
export function OperatorModelsPage() {
  // Over EVERYWHERE the list has the targets and their cost.
  const models = useModels() as UseQueryResult<readonly unknown[]> as UseQueryResult<
    readonly OperatorModel[]
  >;
  const declaring = useDeclaring();
  return (
    <Page
      title={t("operator.models")}
      lead={t("operator.models.lead")}
      actions={
        <Button look="primary" icon="plus" onClick={declaring.make}>
          {t("declare.model.new")}
        </Button>
      }
    >
      <Loaded query={models} lines={8}>
        {(all) => (
          <Catalogue
            models={all}
            columns={columnsOf}
            detail={(model, onClose) => (
              <OperatorModelDetail
                model={model}
                onChange={() => declaring.change(model.id)}
                onRemoved={onClose}
              />
            )}
            words={({ targets }) => targets.map(({ upstream }) => upstream).join(" ")}
            placeholder={t("operator.models.search")}
            unit={t("operator.models.unit")}
          />
        )}
      </Loaded>
      <NotInForce kind="model" onChange={declaring.change} />
      <DeclaredNotice />
      <PriceVersions />
      {declaring.open && <ModelForm key={declaring.edited} id={declaring.edited} onClose={declaring.close} />}
    </Page>
  );
}
