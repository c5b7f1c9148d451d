import { useState } from "react";
import { api } from "../../../base/api.ts";
import type { StuckMail } from "../../../base/contract.ts";
import { queryClient } from "../../../base/queries.ts";
import { count } from "../../../base/units.ts";
import { useList } from "../../../base/use-list.ts";
import { t } from "../../../i18n/t.ts";
import { Ago } from "../../../ui/ago.tsx";
import { Button } from "../../../ui/button.tsx";
import { Confirm } from "../../../ui/confirm.tsx";
import { Badge, Page } from "../../../ui/page.tsx";
import { Empty } from "../../../ui/states.tsx";
import type { Column } from "../../../ui/table.tsx";
import { toast, toastError } from "../../../ui/toast.tsx";
import { ListCard } from "../list-card.tsx";

const PATH = "/operator/mails";

const reload = () => queryClient.invalidateQueries({ queryKey: [PATH] });

const recipientOf = ({ to }: StuckMail): string => to || t("operator.mails.sealed");

async function sendAgain({ id }: StuckMail) {
  try {
    await api.post(`${PATH}/${id}/retry`);
    toast(t("operator.mails.again.done"));
    await reload();
  } catch (error) {
    toastError(error);
  }
}

function columnsOf(onDrop: (mail: StuckMail) => void): Column<StuckMail>[] {
  return [
    {
      head: t("operator.mails.to"),
      lead: true,
      cell: (mail) => (
        <span className="lead-cell">
          <span className="strong">{recipientOf(mail)}</span>
          <small>
            <Ago at={mail.created_at} />
          </small>
        </span>
      ),
    },
    {
      head: t("keys.state"),
      cell: ({ state, next_at, given_up_at }) => (
        <span className="lead-cell">
          <span>
            <Badge mood={state === "waiting" ? "warn" : "bad"}>{t(`operator.mails.${state}`)}</Badge>
          </span>
          <small>
            <Ago at={next_at ?? given_up_at ?? ""} />
          </small>
        </span>
      ),
    },
    { head: t("operator.mails.error"), cell: ({ error }) => error ?? "–" },
    { head: t("operator.mails.tries"), align: "end", cell: ({ tries }) => count(tries) },
    {
      head: t("keys.actions.head"),
      bare: true,
      cell: (mail) => (
        <span className="actions">
          <Button small onClick={() => void sendAgain(mail)}>
            {t("operator.mails.again")}
          </Button>
          <Button small look="quiet" icon="trash" onClick={() => onDrop(mail)}>
            {t("operator.mails.drop")}
          </Button>
        </span>
      ),
    },
  ];
}

/** Mails that their sender did not take: what waits for another try, and what was given up. */
export function MailsPage() {
  const [dropped, setDropped] = useState<StuckMail>();
  return (
    <Page title={t("operator.mails")} lead={t("operator.mails.lead")}>
      <ListCard
        label={t("operator.mails")}
        list={useList<StuckMail>(PATH)}
        columns={columnsOf(setDropped)}
        rowKey={({ id }) => id}
        empty={
          <Empty icon="check" title={t("operator.mails.none")}>
            {t("operator.mails.none.text")}
          </Empty>
        }
      />
      {dropped && (
        <Confirm
          title={t("operator.mails.drop.title")}
          action={t("operator.mails.drop")}
          onConfirm={async () => {
            await api.delete(`${PATH}/${dropped.id}`);
            await reload();
          }}
          onClose={() => setDropped(undefined)}
        >
          <p>
            <strong>{recipientOf(dropped)}</strong>
          </p>
          <p>{t("operator.mails.drop.text")}</p>
        </Confirm>
      )}
    </Page>
  );
}
