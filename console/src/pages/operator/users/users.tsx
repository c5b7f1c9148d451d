import { useState } from "react";
import { useSearchParams } from "wouter";
import { api } from "../../../base/api.ts";
import type { UserEntry } from "../../../base/contract.ts";
import { queryClient } from "../../../base/queries.ts";
import { day, moment } from "../../../base/time.ts";
import { useList } from "../../../base/use-list.ts";
import { t } from "../../../i18n/t.ts";
import { useMe } from "../../../shell/session.ts";
import { Button } from "../../../ui/button.tsx";
import { Confirm } from "../../../ui/confirm.tsx";
import { Icon } from "../../../ui/icon.tsx";
import { Menu } from "../../../ui/menu.tsx";
import { Badge, Page } from "../../../ui/page.tsx";
import { Empty } from "../../../ui/states.tsx";
import type { Column } from "../../../ui/table.tsx";
import { toast } from "../../../ui/toast.tsx";
import { ListCard } from "../list-card.tsx";
import { SearchField } from "../search-field.tsx";

const PATH = "/operator/users";

type Change = "promote" | "demote" | "disable" | "enable";

const BODIES: Readonly<Record<Change, object>> = {
  promote: { operator: true },
  demote: { operator: false },
  disable: { disabled: true },
  enable: { disabled: false },
};

function UserActions({ user }: { user: UserEntry }) {
  const [open, setOpen] = useState<Change>();
  const { user: me } = useMe();
  if (me.id === user.id) return <Badge>{t("members.you")}</Badge>;
  const name = user.display_name || user.email;
  const first: Change = user.operator ? "demote" : "promote";
  const second: Change = user.disabled_at ? "enable" : "disable";
  async function apply(change: Change) {
    await api.patch(`${PATH}/${user.id}`, BODIES[change]);
    await queryClient.invalidateQueries({ queryKey: [PATH] });
    toast(t("operator.user.saved"));
  }
  return (
    <>
      <Menu side="end" label={t("keys.actions", { name })} face={<Icon name="menu" size={16} />}>
        <button type="button" onClick={() => setOpen(first)}>
          <Icon name="shield" size={16} />
          {t(`operator.user.${first}`)}
        </button>
        <hr />
        <button
          type="button"
          className={second === "disable" ? "danger" : undefined}
          onClick={() => setOpen(second)}
        >
          <Icon name={second === "disable" ? "stop" : "check"} size={16} />
          {t(`operator.user.${second}`)}
        </button>
      </Menu>
      {open && (
        <Confirm
          title={t(`operator.user.${open}`)}
          action={t(`operator.user.${open}`)}
          onConfirm={() => apply(open)}
          onClose={() => setOpen(undefined)}
        >
          <p>
            <strong>{name}</strong>
          </p>
          <p>{t(`operator.user.${open}.text`)}</p>
        </Confirm>
      )}
    </>
  );
}

function columnsOf(): Column<UserEntry>[] {
  return [
    {
      head: t("operator.user"),
      lead: true,
      cell: ({ email, display_name, operator }) => (
        <span className="lead-cell">
          <span className="strong">
            {display_name || email} {operator && <Badge mood="accent">{t("nav.operator")}</Badge>}
          </span>
          <small>{email}</small>
        </span>
      ),
    },
    {
      head: t("keys.state"),
      cell: ({ disabled_at, email_verified }) => (
        <span className="badges">
          {disabled_at ? (
            <Badge mood="bad">{t("operator.user.disabled")}</Badge>
          ) : (
            <Badge mood="good">{t("keys.state.active")}</Badge>
          )}
          {!email_verified && <Badge mood="warn">{t("operator.user.unverified")}</Badge>}
        </span>
      ),
    },
    { head: t("operator.user.phone"), cell: ({ phone }) => phone ?? "–" },
    {
      head: t("operator.since"),
      align: "end",
      cell: ({ created_at }) => <span title={moment(created_at)}>{day(created_at)}</span>,
    },
    { head: t("keys.actions.head"), bare: true, cell: (user) => <UserActions user={user} /> },
  ];
}

/** Everybody who can sign in. */
export function UsersPage() {
  const [search, setSearch] = useSearchParams();
  const text = search.get("q") ?? "";
  const list = useList<UserEntry>(PATH, { text });
  return (
    <Page title={t("operator.users")} lead={t("operator.users.lead")}>
      <SearchField key={text} hint={t("operator.users.search")} />
      <ListCard
        label={t("operator.users")}
        list={list}
        columns={columnsOf()}
        rowKey={({ id }) => id}
        empty={
          <Empty
            icon="search"
            title={t("requests.none.title")}
            action={<Button onClick={() => setSearch({})}>{t("requests.clear")}</Button>}
          >
            {t("operator.search.none")}
          </Empty>
        }
      />
    </Page>
  );
}
