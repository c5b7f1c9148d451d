import { useState } from "react";
import { Link } from "wouter";
import type { Key } from "../../base/contract.ts";
import { day, moment } from "../../base/time.ts";
import { count, exactMoney, money } from "../../base/units.ts";
import { useList } from "../../base/use-list.ts";
import { t } from "../../i18n/t.ts";
import { type Here, useHere } from "../../shell/session.ts";
import { Ago } from "../../ui/ago.tsx";
import { Button } from "../../ui/button.tsx";
import { Check } from "../../ui/field.tsx";
import { Badge, Card, Page } from "../../ui/page.tsx";
import { Empty, Failed, Skeleton } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { LIMIT_NAMES, SPEND_NAMES } from "./draft.ts";
import { KeyActions } from "./key-actions.tsx";
import { NewKey } from "./new-key.tsx";

const MOODS = { active: "good", expired: "warn", revoked: "plain" } as const;

function Terms({ entry }: { entry: Key }) {
  const set = LIMIT_NAMES.filter((name) => entry.limits[name] !== null);
  const spends = SPEND_NAMES.filter((name) => entry.limits[name] !== null);
  const words = [
    ...set.map((name) => `${count(entry.limits[name] ?? 0)} ${t(`keys.limit.${name}.unit`)}`),
    ...spends.map((name) => t(`keys.terms.${name}`, { amount: money(entry.limits[name] ?? "0") })),
    ...(entry.models ? [t("keys.terms.models", { count: entry.models.length })] : []),
    ...(entry.networks ? [t("keys.terms.networks", { count: entry.networks.length })] : []),
  ];
  return words.length === 0 ? <span className="muted">{t("keys.terms.none")}</span> : words.join(" · ");
}

function State({ entry }: { entry: Key }) {
  const ends = entry.state === "active" && entry.expires_at;
  return (
    <span className="lead-cell">
      <span>
        <Badge mood={MOODS[entry.state]}>{t(`keys.state.${entry.state}`)}</Badge>
      </span>
      {ends && (
        <small className="nowrap" title={moment(ends)}>
          {t("keys.until", { day: day(ends) })}
        </small>
      )}
    </span>
  );
}

function columnsOf(here: Here): Column<Key>[] {
  return [
    {
      head: t("keys.name"),
      lead: true,
      cell: (entry) => (
        <span className="lead-cell">
          <span className="strong">
            {entry.name || t("keys.unnamed")} {entry.project && <Badge mood="accent">{entry.project}</Badge>}
          </span>
          <small className="mono">{entry.hint}</small>
        </span>
      ),
    },
    { head: t("keys.state"), cell: (entry) => <State entry={entry} /> },
    { head: t("keys.limits"), cell: (entry) => <Terms entry={entry} /> },
    {
      head: t("keys.last-used"),
      cell: ({ last_used_at: at }) =>
        at ? <Ago at={at} /> : <span className="muted">{t("keys.never")}</span>,
    },
    {
      head: t("keys.month"),
      align: "end",
      cell: ({ id, month_charge_nanos: charge, month_requests }) => (
        <Link href={`${here.home}/requests?key_id=${id}`} title={exactMoney(charge)} className="lead-cell">
          <span>{money(charge)}</span>
          <small>
            {t("keys.month.requests", { count: month_requests, requests: count(month_requests) })}
          </small>
        </Link>
      ),
    },
    { head: t("keys.actions.head"), bare: true, cell: (entry) => <KeyActions entry={entry} /> },
  ];
}

export function KeysPage() {
  const here = useHere();
  const [making, setMaking] = useState(false);
  const [all, setAll] = useState(false);
  const { rows, error, retry, more } = useList<Key>(`${here.api}/keys`);
  const shown = rows?.filter(({ state }) => all || state === "active");
  const hidden = rows && shown ? rows.length - shown.length : 0;
  const make = here.may("keys:write") && (
    <Button look="primary" icon="plus" onClick={() => setMaking(true)}>
      {t("keys.new")}
    </Button>
  );
  return (
    <Page title={t("nav.keys")} lead={t("keys.lead")} actions={make}>
      <Card flush>
        {error && <Failed error={error} onRetry={retry} />}
        {!rows && !error && <Skeleton lines={6} />}
        {shown?.length === 0 && (
          <Empty icon="keys" title={t("keys.empty.title")} action={make}>
            {t("keys.empty.text")}
          </Empty>
        )}
        {shown && shown.length > 0 && (
          <Table
            label={t("nav.keys")}
            columns={columnsOf(here)}
            rows={shown}
            rowKey={({ id }) => id}
            more={more}
          />
        )}
      </Card>
      {(all || hidden > 0) && <Check label={t("keys.show-all")} checked={all} onCheck={setAll} />}
      {making && <NewKey onClose={() => setMaking(false)} />}
    </Page>
  );
}
