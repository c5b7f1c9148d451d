import { useState } from "react";
import { day, moment } from "../../base/time.ts";
import { t } from "../../i18n/t.ts";
import { Choice, Field } from "../../ui/field.tsx";
import type { Filter } from "./filters.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const SPANS = [
  ["1h", HOUR_MS],
  ["24h", DAY_MS],
  ["7d", 7 * DAY_MS],
  ["30d", 30 * DAY_MS],
] as const;

/** Of the options that are no span: what the address says, and days that are to be chosen. */
const SAID = "said";
const DAYS = "days";

interface TimeFilterProps {
  filter: Filter;
  onChange: (change: Filter) => void;
}

function spanText({ from, to }: Filter): string {
  if (from && to) return t("requests.between", { from: moment(from), to: moment(to) });
  return from ? t("requests.since", { from: moment(from) }) : t("requests.until", { to: moment(to ?? "") });
}

/** The reader's own day of a moment, as fields of days have it: `2026-11-21`. */
function dayOf(at: string | undefined): string {
  if (!at) return "";
  const time = new Date(at);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

/** When the reader's day begins, days later where told; empty: no day. */
function momentOf(text: string, daysLater = 0): string {
  const begin = new Date(`${text}T00:00:00`);
  if (Number.isNaN(begin.getTime())) return "";
  begin.setDate(begin.getDate() + daysLater);
  return begin.toISOString();
}

function Days({ filter: { from, to }, onChange }: TimeFilterProps) {
  const last = to && dayOf(new Date(Date.parse(to) - 1).toISOString());
  return (
    <>
      <Field
        type="date"
        label={t("requests.from-day")}
        value={dayOf(from)}
        max={last}
        onChange={({ target }) => onChange({ from: momentOf(target.value) })}
      />
      <Field
        type="date"
        label={t("requests.to-day")}
        value={last ?? ""}
        min={dayOf(from)}
        onChange={({ target }) => onChange({ to: momentOf(target.value, 1) })}
      />
    </>
  );
}

/** When requests arrived: lately, between days, or as a chart or a statement led here. */
export function TimeFilter({ filter, onChange }: TimeFilterProps) {
  const [byDay, setByDay] = useState(false);
  const { from, to } = filter;
  const isSet = Boolean(from || to);
  function choose(value: string) {
    const span = SPANS.find(([id]) => id === value);
    setByDay(value === DAYS);
    if (span) onChange({ from: new Date(Date.now() - span[1]).toISOString(), to: "" });
    else if (value === "") onChange({ from: "", to: "" });
  }
  return (
    <>
      <Choice
        label={t("requests.time")}
        title={isSet ? spanText(filter) : undefined}
        value={byDay ? DAYS : isSet ? SAID : ""}
        onChoose={choose}
        options={[
          ["", t("requests.any-time")],
          ...(isSet && !byDay
            ? [[SAID, from && !to ? t("requests.since", { from: day(from) }) : spanText(filter)] as const]
            : []),
          ...SPANS.map(([id]) => [id, t(`requests.last.${id}`)] as const),
          [DAYS, t("requests.days")],
        ]}
      />
      {byDay && <Days filter={filter} onChange={onChange} />}
    </>
  );
}
