import { useState } from "react";
import { Link } from "wouter";
import { api } from "../../base/api.ts";
import type { Invitation, Member } from "../../base/contract.ts";
import { queryClient } from "../../base/queries.ts";
import { ago, day } from "../../base/time.ts";
import { money } from "../../base/units.ts";
import { useList } from "../../base/use-list.ts";
import { t } from "../../i18n/t.ts";
import { type Here, useHere, useMe } from "../../shell/session.ts";
import { Button } from "../../ui/button.tsx";
import { Badge, Card, Page } from "../../ui/page.tsx";
import { Failed, Skeleton } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { toast, toastError } from "../../ui/toast.tsx";
import { Invite } from "./invite.tsx";
import { MemberActions } from "./member-actions.tsx";

function memberColumns(here: Here, mine: string): Column<Member>[] {
  return [
    {
      head: t("members.member"),
      lead: true,
      cell: ({ user_id, email, display_name }) => (
        <span className="lead-cell">
          <span className="strong">
            {display_name || email} {user_id === mine && <Badge>{t("members.you")}</Badge>}
          </span>
          <small>{email}</small>
        </span>
      ),
    },
    { head: t("members.role"), cell: ({ role }) => t(`role.${role}`) },
    {
      head: t("members.cap"),
      align: "end",
      cell: ({ monthly_cap_nanos: cap }) =>
        cap === null ? (
          <span className="muted">{t("members.cap.none")}</span>
        ) : (
          t("members.cap.month", { amount: money(cap) })
        ),
    },
    { head: t("members.since"), align: "end", cell: ({ joined_at }) => day(joined_at) },
    {
      head: t("keys.see-requests"),
      align: "end",
      cell: ({ user_id }) => (
        <Link href={`${here.home}/requests?user_id=${user_id}`}>{t("members.requests")}</Link>
      ),
    },
    { head: t("keys.actions.head"), bare: true, cell: (member) => <MemberActions member={member} /> },
  ];
}

function Invitations({ path }: { path: string }) {
  const { rows } = useList<Invitation>(path);
  async function withdraw(id: string) {
    try {
      await api.delete(`${path}/${id}`);
      await queryClient.invalidateQueries({ queryKey: [path] });
      toast(t("members.withdrawn"));
    } catch (error) {
      toastError(error);
    }
  }
  if (!rows || rows.length === 0) return null;
  const columns: Column<Invitation>[] = [
    { head: t("auth.email"), lead: true, cell: ({ email }) => <span className="strong">{email}</span> },
    { head: t("members.role"), cell: ({ role }) => t(`role.${role}`) },
    { head: t("members.invited-by"), cell: ({ invited_by }) => invited_by ?? "–" },
    { head: t("members.expires"), cell: ({ expires_at }) => ago(expires_at) },
    {
      head: t("keys.actions.head"),
      bare: true,
      cell: ({ id }) => (
        <Button small look="quiet" onClick={() => void withdraw(id)}>
          {t("members.withdraw")}
        </Button>
      ),
    },
  ];
  return (
    <Card flush title={t("members.invitations")}>
      <Table label={t("members.invitations")} columns={columns} rows={rows} rowKey={({ id }) => id} />
    </Card>
  );
}

/** Who belongs to the organisation, and as what. */
export function MembersPage() {
  const here = useHere();
  const { user } = useMe();
  const [inviting, setInviting] = useState(false);
  const { rows, error, retry } = useList<Member>(`${here.api}/members`);
  const may = here.may("members:write");
  return (
    <Page
      title={t("nav.members")}
      lead={t("members.lead")}
      actions={
        may && (
          <Button look="primary" icon="plus" onClick={() => setInviting(true)}>
            {t("members.invite")}
          </Button>
        )
      }
    >
      <Card flush>
        {error && <Failed error={error} onRetry={retry} />}
        {!rows && !error && <Skeleton />}
        {rows && (
          <Table
            label={t("nav.members")}
            columns={memberColumns(here, user.id)}
            rows={rows}
            rowKey={({ user_id }) => user_id}
          />
        )}
      </Card>
      {may && <Invitations path={`${here.api}/invitations`} />}
      {inviting && <Invite onClose={() => setInviting(false)} />}
    </Page>
  );
}
