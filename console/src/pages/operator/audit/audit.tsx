import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "wouter";
import { api } from "../../../base/api.ts";
import type { AuditEntry, UserEntry } from "../../../base/contract.ts";
import type { Listed } from "../../../base/queries.ts";
import { ago, moment } from "../../../base/time.ts";
import { useList } from "../../../base/use-list.ts";
import { t } from "../../../i18n/t.ts";
import { Button, ButtonLink } from "../../../ui/button.tsx";
import { CodeBlock } from "../../../ui/copy.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Facts, Page } from "../../../ui/page.tsx";
import { Empty } from "../../../ui/states.tsx";
import type { Column } from "../../../ui/table.tsx";
import { TextFilter } from "../../requests/filter-bar.tsx";
import { AccountName } from "../account-name.tsx";
import { ListCard } from "../list-card.tsx";

const FILTERS = ["account", "actor", "action"] as const;

/** E-mail addresses of the newest users, so that actors are people; others are told by their id. */
function useActorName(): (actor: string) => string {
  const { data } = useQuery({
    queryKey: ["/operator/users", "names"],
    queryFn: () => api.get<Listed<UserEntry>>("/operator/users", { limit: 200 }),
  });
  const names = new Map(data?.items.map(({ id, email }) => [`user:${id}`, email]));
  return (actor) => names.get(actor) ?? actor;
}

function columnsOf(
  nameOf: (actor: string) => string,
  onOpen: (entry: AuditEntry) => void,
): Column<AuditEntry>[] {
  return [
    {
      head: t("operator.audit.action"),
      lead: true,
      cell: (entry) => (
        <span className="lead-cell">
          <button type="button" className="link cell-link" onClick={() => onOpen(entry)}>
            {entry.action}
          </button>
          <small className="mono">{entry.target}</small>
        </span>
      ),
    },
    {
      head: t("operator.audit.actor"),
      cell: ({ actor, address }) => (
        <span className="lead-cell">
          <span>{nameOf(actor)}</span>
          <small className="mono">{address}</small>
        </span>
      ),
    },
    {
      head: t("operator.account"),
      cell: ({ account_id }) => (account_id ? <AccountName id={account_id} /> : "–"),
    },
    {
      head: t("requests.time"),
      align: "end",
      cell: ({ at }) => (
        <time dateTime={at} title={moment(at)}>
          {ago(at)}
        </time>
      ),
    },
  ];
}

function Entry({ entry, actor, onClose }: { entry: AuditEntry; actor: string; onClose: () => void }) {
  const { at, action, address, target, before, after } = entry;
  const sides = [
    [t("operator.prices.before"), before],
    [t("operator.prices.after"), after],
  ] as const;
  return (
    <Dialog kind="wide" title={action} onClose={onClose}>
      <Facts
        facts={[
          [t("requests.time"), moment(at)],
          [t("operator.audit.actor"), actor],
          [t("operator.audit.address"), <code key="address">{address}</code>],
          [t("operator.audit.target"), <code key="target">{target}</code>],
        ]}
      />
      {sides.map(
        ([title, value]) =>
          value !== null && <CodeBlock key={title} title={title} code={JSON.stringify(value, null, 2)} />,
      )}
    </Dialog>
  );
}

/** Every write that was made here, and by whom. */
export function AuditPage() {
  const [search, setSearch] = useSearchParams();
  const [open, setOpen] = useState<AuditEntry>();
  const nameOf = useActorName();
  const asked = Object.fromEntries(FILTERS.map((name) => [name, search.get(name) ?? ""]));
  const filtered = FILTERS.some((name) => asked[name] !== "");
  const list = useList<AuditEntry>("/operator/audit", asked);
  const change = (name: string, value: string) => {
    const next = { ...asked, [name]: value };
    setSearch(Object.fromEntries(Object.entries(next).filter(([, text]) => text !== "")));
  };
  return (
    <Page title={t("operator.audit")} lead={t("operator.audit.lead")}>
      <section className="filters" aria-label={t("requests.filters")}>
        {FILTERS.map((name) => (
          <TextFilter
            key={`${name} ${asked[name]}`}
            label={name === "account" ? t("operator.account") : t(`operator.audit.${name}`)}
            value={asked[name] ?? ""}
            onText={(text) => change(name, text)}
          />
        ))}
        {filtered && (
          <Button look="quiet" small onClick={() => setSearch({})}>
            {t("requests.clear")}
          </Button>
        )}
      </section>
      <ListCard
        label={t("operator.audit")}
        list={list}
        columns={columnsOf(nameOf, setOpen)}
        rowKey={({ id }) => id}
        empty={
          filtered ? (
            <Empty
              icon="filter"
              title={t("requests.none.title")}
              action={<Button onClick={() => setSearch({})}>{t("requests.clear")}</Button>}
            >
              {t("operator.audit.none")}
            </Empty>
          ) : (
            <Empty
              icon="clock"
              title={t("operator.audit.empty")}
              action={<ButtonLink to="/operator/accounts">{t("operator.empty.action")}</ButtonLink>}
            >
              {t("operator.audit.empty.text")}
            </Empty>
          )
        }
      />
      {open && <Entry entry={open} actor={nameOf(open.actor)} onClose={() => setOpen(undefined)} />}
    </Page>
  );
}
