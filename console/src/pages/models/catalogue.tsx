import type { ReactNode } from "react";
import { useSearchParams } from "wouter";
import type { AccountModel } from "../../base/contract.ts";
import { t } from "../../i18n/t.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Choice, Field } from "../../ui/field.tsx";
import { Card } from "../../ui/page.tsx";
import { Empty } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";

/** What every list of models has of each. */
type Listed = Pick<
  AccountModel,
  "id" | "display_name" | "vendor" | "family" | "aliases" | "category" | "tier"
>;

/** Whether every word typed is somewhere in what the model is called. */
function matches(
  { id, display_name, vendor, family, aliases }: Listed,
  more: string,
  words: string,
): boolean {
  const text = [id, display_name, vendor, family, ...aliases, more].join(" ").toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

interface FiltersProps {
  models: readonly Listed[];
  placeholder?: string;
  value: (name: string) => string;
  onChange: (name: string, value: string) => void;
}

function Filters({ models, placeholder, value, onChange }: FiltersProps) {
  const categories = [...new Set(models.map(({ category }) => category))];
  const tiers = [...new Set(models.map(({ tier }) => tier))];
  const vendors = [...new Set(models.map(({ vendor }) => vendor))].filter(Boolean).sort();
  const any: readonly [string, string] = ["", t("requests.any")];
  return (
    <section className="filters" aria-label={t("requests.filters")}>
      <Field
        label={t("models.search")}
        type="search"
        placeholder={placeholder}
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

interface CatalogueProps<Model extends Listed> {
  models: readonly Model[];
  columns: (onOpen: (id: string) => void) => readonly Column<Model>[];
  /** One model, in a drawer. */
  detail: (model: Model, onClose: () => void) => ReactNode;
  unit: string;
  /** What it can be found by besides its names. */
  words?: (model: Model) => string;
  placeholder?: string;
}

/** Models in a table that is searched and filtered by what the address says. */
export function Catalogue<Model extends Listed>(props: CatalogueProps<Model>) {
  const { models, columns, detail, unit, words = () => "", ...filters } = props;
  const [search, setSearch] = useSearchParams();
  const value = (name: string) => search.get(name) ?? "";
  function change(name: string, next: string) {
    const changed = new URLSearchParams(search);
    if (next === "") changed.delete(name);
    else changed.set(name, next);
    setSearch(changed, { replace: true });
  }
  const close = () => change("model", "");
  const shown = (model: Model) =>
    (value("category") || model.category) === model.category &&
    (value("tier") || model.tier) === model.tier &&
    (value("vendor") || model.vendor) === model.vendor &&
    matches(model, words(model), value("q"));
  const rows = models.filter(shown);
  const open = models.find(({ id }) => id === value("model"));
  return (
    <>
      <Filters {...filters} models={models} value={value} onChange={change} />
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
            columns={columns((id) => change("model", id))}
            rows={rows}
            rowKey={({ id }) => id}
          />
        )}
      </Card>
      <p className="hint">{unit}</p>
      {open && (
        <Dialog kind="drawer" title={t("models.model")} onClose={close}>
          {detail(open, close)}
        </Dialog>
      )}
    </>
  );
}
