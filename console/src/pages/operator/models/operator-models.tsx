import type { UseQueryResult } from "@tanstack/react-query";
import { useSearchParams } from "wouter";
import type { OperatorModel } from "../../../base/contract.ts";
import { money, percent } from "../../../base/units.ts";
import { t } from "../../../i18n/t.ts";
import { Button } from "../../../ui/button.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Field } from "../../../ui/field.tsx";
import { Badge, Card, Page } from "../../../ui/page.tsx";
import { Empty, Loaded } from "../../../ui/states.tsx";
import { type Column, Table } from "../../../ui/table.tsx";
import { HealthBadge } from "../../models/model-columns.tsx";
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
  return (
    <span className="lead-cell">
      <span>{money(model.price.rates[kind] ?? "0")}</span>
      <small>
        {cost === undefined ? t("operator.cost.none") : t("operator.cost.is", { amount: money(cost) })}
      </small>
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
      cell: ({ id, display_name }) => (
        <span className="lead-cell">
          <button type="button" className="link cell-link" onClick={() => onOpen(id)}>
            {display_name}
          </button>
          <small className="mono">{id}</small>
        </span>
      ),
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

function ModelTable({ all, onChange }: { all: readonly OperatorModel[]; onChange: (id: string) => void }) {
  const [search, setSearch] = useSearchParams();
  const words = (search.get("q") ?? "").toLowerCase();
  const rows = all.filter((model) =>
    [model.id, model.display_name, model.vendor, ...model.targets.map(({ upstream }) => upstream)]
      .join(" ")
      .toLowerCase()
      .includes(words),
  );
  const open = all.find(({ id }) => id === search.get("model"));
  const change = (name: string, value: string) => {
    const next = new URLSearchParams(search);
    if (value === "") next.delete(name);
    else next.set(name, value);
    setSearch(next, { replace: true });
  };
  return (
    <>
      <section className="filters" aria-label={t("requests.filters")}>
        <Field
          type="search"
          label={t("models.search")}
          placeholder={t("operator.models.search")}
          value={search.get("q") ?? ""}
          onChange={({ target }) => change("q", target.value)}
        />
      </section>
      <Card flush>
        {rows.length === 0 ? (
          <Empty
            icon="models"
            title={t("models.none")}
            action={<Button onClick={() => setSearch({})}>{t("requests.clear")}</Button>}
          >
            {t("operator.declared")}
          </Empty>
        ) : (
          <Table
            label={t("operator.models")}
            columns={columnsOf((id) => change("model", id))}
            rows={rows}
            rowKey={({ id }) => id}
          />
        )}
      </Card>
      {open && (
        <Dialog kind="drawer" title={t("models.model")} onClose={() => change("model", "")}>
          <OperatorModelDetail
            model={open}
            onChange={() => onChange(open.id)}
            onRemoved={() => change("model", "")}
          />
        </Dialog>
      )}
    </>
  );
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
        {(all) => <ModelTable all={all} onChange={declaring.change} />}
      </Loaded>
      <NotInForce kind="model" onChange={declaring.change} />
      <p className="hint">{t("operator.models.unit")}</p>
      <DeclaredNotice />
      <PriceVersions />
      {declaring.open && <ModelForm key={declaring.edited} id={declaring.edited} onClose={declaring.close} />}
    </Page>
  );
}
