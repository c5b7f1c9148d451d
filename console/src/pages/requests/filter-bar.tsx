import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { api } from "../../base/api.ts";
import type { Key } from "../../base/contract.ts";
import type { Listed } from "../../base/queries.ts";
import { moment } from "../../base/time.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { Button } from "../../ui/button.tsx";
import { Choice, Field } from "../../ui/field.tsx";
import { type Filter, type FilterName, OUTCOMES, PROTOCOL_NAMES, STATUSES } from "./filters.ts";

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
  onText,
}: {
  label: string;
  value: string;
  onText: (text: string) => void;
}) {
  const [text, setText] = useState(value);
  return (
    <Field
      label={label}
      value={text}
      onChange={({ target }) => setText(target.value)}
      onBlur={() => text !== value && onText(text.trim())}
      onKeyDown={({ key }) => key === "Enter" && onText(text.trim())}
    />
  );
}

function useKeyOptions(): [string, string][] {
  const here = useHere();
  const { data } = useQuery({
    queryKey: [`${here.api}/keys`, "filter"],
    queryFn: () => api.get<Listed<Key>>(`${here.api}/keys`, { limit: 200 }),
    enabled: here.may("keys:read"),
  });
  return (data?.items ?? []).map(({ id, name, hint }) => [id, name ? `${name} (${hint})` : hint]);
}

function TimeSpan({ filter, onChange }: Pick<FilterBarProps, "filter" | "onChange">) {
  const { from, to } = filter;
  if (!from && !to) return null;
  const text =
    from && to
      ? t("requests.between", { from: moment(from), to: moment(to) })
      : from
        ? t("requests.since", { from: moment(from) })
        : t("requests.until", { to: moment(to ?? "") });
  return (
    <span className="chip">
      {text}
      <Button look="quiet" small icon="close" onClick={() => onChange({ from: "", to: "" })}>
        <span className="visually-hidden">{t("requests.any-time")}</span>
      </Button>
    </span>
  );
}

/** Which requests are listed; all of it stands in the address, to be sent to somebody. */
export function FilterBar({ filter, onChange, onClear, children }: FilterBarProps) {
  const here = useHere();
  const keys = useKeyOptions();
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
    <section className="filters" aria-label={t("requests.filters")}>
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
      <TimeSpan filter={filter} onChange={onChange} />
      {Object.keys(filter).length > 0 && (
        <Button look="quiet" small onClick={onClear}>
          {t("requests.clear")}
        </Button>
      )}
    </section>
  );
}
