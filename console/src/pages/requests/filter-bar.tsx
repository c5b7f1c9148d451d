import { type ReactNode, useState } from "react";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { Button } from "../../ui/button.tsx";
import { Choice, Field } from "../../ui/field.tsx";
import { Badge } from "../../ui/page.tsx";
import { type Filter, type FilterName, OUTCOMES, PROTOCOL_NAMES, STATUSES } from "./filters.ts";
import { TimeFilter } from "./time-filter.tsx";
import { useKeyNames } from "./use-keys.ts";

interface FilterBarProps {
  filter: Filter;
  onChange: (change: Filter) => void;
  onClear: () => void;
  /** Filters that only some lists have, before all others. */
  children?: ReactNode;
}

/** A field whose value counts when it is left or Enter is pressed, so that each letter asks nothing. */
export function TextFilter({
  label,
  value,
  placeholder,
  onText,
}: {
  label: string;
  value: string;
  placeholder?: string | undefined;
  onText: (text: string) => void;
}) {
  const [text, setText] = useState(value);
  return (
    <Field
      label={label}
      placeholder={placeholder}
      value={text}
      onChange={({ target }) => setText(target.value)}
      onBlur={() => text !== value && onText(text.trim())}
      onKeyDown={({ key }) => key === "Enter" && onText(text.trim())}
    />
  );
}

/** Which requests are listed; all of it stands in the address, to be sent to somebody. */
export function FilterBar({ filter, onChange, onClear, children }: FilterBarProps) {
  const here = useHere();
  const keys = useKeyNames();
  const [folded, setFolded] = useState(true);
  // Both ends of a span are one filter.
  const set = new Set(Object.keys(filter).map((name) => (name === "to" ? "from" : name))).size;
  const any: [string, string] = ["", t("requests.any")];
  const choice = (name: FilterName, label: string, options: readonly (readonly [string, string])[]) => (
    <Choice
      label={label}
      value={filter[name] ?? ""}
      onChoose={(value) => onChange({ [name]: value })}
      options={[any, ...options]}
    />
  );
  return (
    <section className={folded ? "filters folded" : "filters"} aria-label={t("requests.filters")}>
      <div className="filters-fold">
        <Button icon="filter" aria-expanded={!folded} onClick={() => setFolded(!folded)}>
          {t("requests.filters")}
          {set > 0 && <Badge mood="accent">{set}</Badge>}
        </Button>
      </div>
      <TimeFilter filter={filter} onChange={onChange} />
      {children}
      <TextFilter
        key={`model ${filter.model}`}
        label={t("requests.model")}
        value={filter.model ?? ""}
        onText={(model) => onChange({ model })}
      />
      {here.may("keys:read") && choice("key_id", t("requests.key"), keys)}
      {choice(
        "status",
        t("requests.status"),
        STATUSES.map((one) => [one, t(`status.${one}`)] as const),
      )}
      {choice(
        "outcome",
        t("requests.outcome"),
        OUTCOMES.map((one) => [one, t(`outcome.${one}`)] as const),
      )}
      {choice("protocol", t("requests.protocol"), Object.entries(PROTOCOL_NAMES))}
      <TextFilter
        key={`client ${filter.client}`}
        label={t("requests.client")}
        value={filter.client ?? ""}
        onText={(client) => onChange({ client })}
      />
      {set > 0 && (
        <Button look="quiet" small onClick={onClear}>
          {t("requests.clear")}
        </Button>
      )}
    </section>
  );
}
