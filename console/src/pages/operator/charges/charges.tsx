import { useState } from "react";
import { Link } from "wouter";
import { api } from "../../../base/api.ts";
import type { DoubtedCharge } from "../../../base/contract.ts";
import { queryClient } from "../../../base/queries.ts";
import { count } from "../../../base/units.ts";
import { useList } from "../../../base/use-list.ts";
import { t } from "../../../i18n/t.ts";
import { Ago } from "../../../ui/ago.tsx";
import { Amount, Usd } from "../../../ui/amount.tsx";
import { Button } from "../../../ui/button.tsx";
import { Confirm } from "../../../ui/confirm.tsx";
import { Facts, Page } from "../../../ui/page.tsx";
import { Empty } from "../../../ui/states.tsx";
import type { Column } from "../../../ui/table.tsx";
import { toast } from "../../../ui/toast.tsx";
import { AccountName } from "../account-name.tsx";
import { ListCard } from "../list-card.tsx";

export const DOUBTED_PATH = "/operator/charges/doubted";

type Decision = "confirm" | "refund";
type Decide = (charge: DoubtedCharge, decision: Decision) => void;

/** Input → output. */
const tokensText = (tokens: DoubtedCharge["reported"]): string =>
  tokens === null ? "–" : `${count(tokens.input_tokens)} → ${count(tokens.output_tokens)}`;

function columnsOf(onDecide: Decide): Column<DoubtedCharge>[] {
  return [
    {
      head: t("request.title"),
      lead: true,
      cell: ({ id, model, at }) => (
        <span className="lead-cell">
          <Link className="cell-link" href={`/operator/requests/${id}`}>
            {model || t("requests.no-model")}
          </Link>
          <small>
            <Ago at={at} />
          </small>
        </span>
      ),
    },
    {
      head: t("operator.account"),
      cell: ({ account, account_id }) => <AccountName id={account_id} name={account} />,
    },
    { head: t("operator.charges.reported"), align: "end", cell: ({ reported }) => tokensText(reported) },
    { head: t("operator.charges.counted"), align: "end", cell: ({ counted }) => tokensText(counted) },
    {
      head: t("requests.charge"),
      align: "end",
      cell: ({ amount_nanos }) => <Usd nanos={amount_nanos} />,
    },
    {
      head: t("keys.actions.head"),
      bare: true,
      cell: (charge) => (
        <span className="actions">
          <Button small onClick={() => onDecide(charge, "confirm")}>
            {t("operator.charges.confirm")}
          </Button>
          <Button small onClick={() => onDecide(charge, "refund")}>
            {t("operator.charges.refund")}
          </Button>
        </span>
      ),
    },
  ];
}

interface DecideDialogProps {
  charge: DoubtedCharge;
  decision: Decision;
  onClose: () => void;
}

function DecideDialog({ charge, decision, onClose }: DecideDialogProps) {
  return (
    <Confirm
      title={t(`operator.charges.${decision}.title`)}
      action={t(`operator.charges.${decision}`)}
      onConfirm={async () => {
        await api.post(`/operator/charges/${charge.id}/${decision}`);
        toast(t(`operator.charges.${decision}.done`));
        await queryClient.invalidateQueries({ queryKey: [DOUBTED_PATH] });
      }}
      onClose={onClose}
    >
      <p>{t(`operator.charges.${decision}.text`)}</p>
      <Facts
        facts={[
          [t("operator.account"), charge.account],
          [t("requests.charge"), <Amount key="charge" nanos={charge.amount_nanos} />],
          [t("operator.charges.reported"), tokensText(charge.reported)],
          [t("operator.charges.counted"), tokensText(charge.counted)],
        ]}
      />
    </Confirm>
  );
}

/** Charges by Quoin's own count, since what the upstream reported cannot be: the operator says what becomes of them. */
export function ChargesPage() {
  const [open, setOpen] = useState<Omit<DecideDialogProps, "onClose">>();
  return (
    <Page title={t("operator.charges")} lead={t("operator.charges.lead")}>
      <ListCard
        label={t("operator.charges")}
        list={useList<DoubtedCharge>(DOUBTED_PATH)}
        columns={columnsOf((charge, decision) => setOpen({ charge, decision }))}
        rowKey={({ id }) => id}
        empty={
          <Empty icon="check" title={t("operator.charges.none")}>
            {t("operator.charges.none.text")}
          </Empty>
        }
      />
      {open && <DecideDialog {...open} onClose={() => setOpen(undefined)} />}
    </Page>
  );
}
