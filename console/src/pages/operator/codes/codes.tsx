import { useState } from "react";
import { Link, useSearchParams } from "wouter";
import { api } from "../../../base/api.ts";
import type { Code } from "../../../base/contract.ts";
import { queryClient } from "../../../base/queries.ts";
import { day, moment } from "../../../base/time.ts";
import { useList } from "../../../base/use-list.ts";
import { t } from "../../../i18n/t.ts";
import { Usd } from "../../../ui/amount.tsx";
import { Button } from "../../../ui/button.tsx";
import { Confirm } from "../../../ui/confirm.tsx";
import { Badge, Page } from "../../../ui/page.tsx";
import { Empty } from "../../../ui/states.tsx";
import type { Column } from "../../../ui/table.tsx";
import { toast } from "../../../ui/toast.tsx";
import { ListCard } from "../list-card.tsx";
import { NewCodes } from "./new-codes.tsx";

const PATH = "/operator/codes";
const MOODS = { open: "good", redeemed: "accent", revoked: "plain", expired: "warn" } as const;

/** What is to be voided: one code, or the open ones of a batch. */
type Voiding = { readonly code: Code } | { readonly batch: string };

function columnsOf(onVoid: (code: Code) => void): Column<Code>[] {
  return [
    {
      head: t("wallet.code"),
      lead: true,
      cell: ({ hint, batch }) => (
        <span className="lead-cell">
          <span className="strong mono">{hint}</span>
          <small>
            <Link href={`/operator/codes?batch=${encodeURIComponent(batch)}`}>{batch}</Link>
          </small>
        </span>
      ),
    },
    {
      head: t("wallet.amount"),
      align: "end",
      cell: ({ amount_nanos }) => <Usd nanos={amount_nanos} />,
    },
    {
      head: t("keys.state"),
      cell: ({ state, account, redeemed_at }) => (
        <span className="lead-cell">
          <span>
            <Badge mood={MOODS[state]}>{t(`operator.code.${state}`)}</Badge>
          </span>
          {account && <small title={redeemed_at ? moment(redeemed_at) : undefined}>{account}</small>}
        </span>
      ),
    },
    {
      head: t("operator.since"),
      align: "end",
      cell: ({ created_at }) => <span title={moment(created_at)}>{day(created_at)}</span>,
    },
    {
      head: t("keys.expires"),
      align: "end",
      cell: ({ expires_at: at }) =>
        at ? <span title={moment(at)}>{day(at)}</span> : <span className="muted">{t("keys.never")}</span>,
    },
    {
      head: t("keys.actions.head"),
      bare: true,
      cell: (code) =>
        code.state === "open" && (
          <Button small look="quiet" onClick={() => onVoid(code)}>
            {t("operator.code.void")}
          </Button>
        ),
    },
  ];
}

function VoidCodes({ what, onClose }: { what: Voiding; onClose: () => void }) {
  const path = "code" in what ? `${PATH}/${what.code.id}` : `/operator/code-batches/${what.batch}`;
  async function revoke() {
    const { revoked } = await api.delete<{ revoked: number }>(path);
    await queryClient.invalidateQueries({ queryKey: [PATH] });
    toast(t("operator.codes.voided", { count: revoked }));
  }
  return (
    <Confirm
      title={t("code" in what ? "operator.code.void.title" : "operator.codes.void.title")}
      action={t("operator.code.void")}
      onConfirm={revoke}
      onClose={onClose}
    >
      <p>
        <strong>{"code" in what ? what.code.hint : what.batch}</strong>
      </p>
      <p>{t("operator.code.void.text")}</p>
    </Confirm>
  );
}

/** Codes that are worth credit, by batch. */
export function CodesPage() {
  const [making, setMaking] = useState(false);
  const [voiding, setVoiding] = useState<Voiding>();
  const [search, setSearch] = useSearchParams();
  const batch = search.get("batch") ?? "";
  const list = useList<Code>(PATH, { batch });
  const make = (
    <Button look="primary" icon="plus" onClick={() => setMaking(true)}>
      {t("operator.codes.new")}
    </Button>
  );
  const anyOpen = list.rows?.some(({ state }) => state === "open");
  return (
    <Page title={t("operator.codes")} lead={t("operator.codes.lead")} actions={make}>
      {batch !== "" && (
        <div className="row">
          <span className="chip">
            {t("operator.codes.of-batch", { batch })}
            <Button look="quiet" small icon="close" onClick={() => setSearch({})}>
              <span className="visually-hidden">{t("requests.clear")}</span>
            </Button>
          </span>
          {anyOpen && (
            <Button small onClick={() => setVoiding({ batch })}>
              {t("operator.codes.void")}
            </Button>
          )}
        </div>
      )}
      <ListCard
        label={t("operator.codes")}
        list={list}
        columns={columnsOf((code) => setVoiding({ code }))}
        rowKey={({ id }) => id}
        empty={
          <Empty icon="tag" title={t("operator.codes.none")} action={make}>
            {t("operator.codes.none.text")}
          </Empty>
        }
      />
      {making && <NewCodes path={PATH} onClose={() => setMaking(false)} />}
      {voiding && <VoidCodes what={voiding} onClose={() => setVoiding(undefined)} />}
    </Page>
  );
}
