import type { ReactNode } from "react";
import { useSearchParams } from "wouter";
import type { AccountModel } from "../../base/contract.ts";
import { t } from "../../i18n/t.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Choice, Field } from "../../ui/field.tsx";
import { Card } from "../../ui/page.tsx";
import { Empty } from "../../ui/states.tsx";
import { Table } from "../../ui/table.tsx";
import { modelColumns } from "./model-columns.tsx";

/** Whether every word typed is somewhere in what the model is called. */
function matches({ id, display_name, vendor, family, aliases }: AccountModel, words: string): boolean {
  const text = [id, display_name, vendor, family, ...aliases].join(" ").toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

interface FiltersProps {
  models: readonly AccountModel[];
  value: (name: string) => string;
  onChange: (name: string, value: string) => void;
}

function Filters({ models, value, onChange }: FiltersProps) {
  const categories = [...new Set(models.map(({ category }) => category))];
  const tiers = [...new Set(models.map(({ tier }) => tier))];
  const vendors = [...new Set(models.map(({ vendor }) => vendor))].filter(Boolean).sort();
  const any: readonly [string, string] = ["", t("requests.any")];
  return (
    <section className="filters" aria-label={t("requests.filters")}>
      <Field
        label={t("models.search")}
        type="search"
        value={value("q")}
        onChange={({ target }) => onChange("q", target.value)}
      />
      <Choice
        label={t("models.category")}
        value={value("category")}
        onChoose={(next) => onChange("category", next)}
        options={[any, ...categories.map((one) => [one, t(`category.${one}`)] as const)]}
      />
      <Choice
        label={t("models.tier")}
        value={value("tier")}
        onChoose={(next) => onChange("tier", next)}
        options={[any, ...tiers.map((one) => [one, t(`tier.${one}`)] as const)]}
      />
      <Choice
        label={t("models.vendor")}
        value={value("vendor")}
        onChoose={(next) => onChange("vendor", next)}
        options={[any, ...vendors.map((one) => [one, one] as const)]}
      />
    </section>
  );
}

interface CatalogueProps {
  models: readonly AccountModel[];
  /** One model, in a drawer. */
  detail: (model: AccountModel) => ReactNode;
}

/** Models in a table that is searched and filtered by what the address says. */
export function Catalogue({ models, detail }: CatalogueProps) {
  const [search, setSearch] = useSearchParams();
  const value = (name: string) => search.get(name) ?? "";
  function change(name: string, next: string) {
    const changed = new URLSearchParams(search);
    if (next === "") changed.delete(name);
    else changed.set(name, next);
    setSearch(changed, { replace: true });
  }
  const shown = ({ category, tier, vendor, ...model }: AccountModel) =>
    (value("category") || category) === category &&
    (value("tier") || tier) === tier &&
    (value("vendor") || vendor) === vendor &&
    matches({ category, tier, vendor, ...model }, value("q"));
  const rows = models.filter(shown);
  const open = models.find(({ id }) => id === value("model"));
  return (
    <>
      <Filters models={models} value={value} onChange={change} />
      <Card flush>
        {rows.length === 0 ? (
          <Empty
            icon="models"
            title={t("models.none")}
            action={<Button onClick={() => setSearch({})}>{t("requests.clear")}</Button>}
          >
            {t("models.none.text")}
          </Empty>
        ) : (
          <Table
            label={t("nav.models")}
            columns={modelColumns((id) => change("model", id))}
            rows={rows}
            rowKey={({ id }) => id}
          />
        )}
      </Card>
      <p className="hint">{t("models.unit")}</p>
      {open && (
        <Dialog kind="drawer" title={t("models.model")} onClose={() => change("model", "")}>
          {detail(open)}
        </Dialog>
      )}
    </>
  );
}
