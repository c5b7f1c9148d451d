import { useState } from "react";
import { Link } from "wouter";
import { api } from "../../../base/api.ts";
import type { AccountBrand } from "../../../base/contract.ts";
import { queryClient } from "../../../base/queries.ts";
import { useList } from "../../../base/use-list.ts";
import { t } from "../../../i18n/t.ts";
import { Button } from "../../../ui/button.tsx";
import { Confirm } from "../../../ui/confirm.tsx";
import { Badge, Card } from "../../../ui/page.tsx";
import { type Column, Table } from "../../../ui/table.tsx";
import { toast, toastError } from "../../../ui/toast.tsx";
import { accountHome } from "../operator-here.ts";

const PATH = "/operator/brands";

const reload = () => queryClient.invalidateQueries({ queryKey: [PATH] });

async function approve({ account_id, host }: AccountBrand) {
  try {
    await api.post(`${PATH}/${account_id}/approve`);
    toast(t("operator.brands.approved", { host }));
    await reload();
  } catch (error) {
    toastError(error);
  }
}

function columnsOf(onRemove: (brand: AccountBrand) => void): Column<AccountBrand>[] {
  return [
    { head: t("brand.host"), lead: true, cell: ({ host }) => <span className="mono">{host}</span> },
    {
      head: t("operator.account"),
      cell: ({ account, account_id }) => <Link href={accountHome(account_id)}>{account}</Link>,
    },
    { head: t("brand.name"), cell: ({ name }) => name ?? <span className="muted">—</span> },
    {
      head: t("keys.state"),
      cell: ({ state }) => (
        <Badge mood={state === "in_force" ? "good" : "warn"}>{t(`brand.state.${state}`)}</Badge>
      ),
    },
    {
      head: t("operator.brands.actions"),
      bare: true,
      cell: (brand) => (
        <span className="actions">
          {brand.state === "pending" && (
            <Button small onClick={() => void approve(brand)}>
              {t("operator.brands.approve")}
            </Button>
          )}
          <Button small look="quiet" icon="trash" onClick={() => onRemove(brand)}>
            {t("operator.brands.remove")}
          </Button>
        </span>
      ),
    },
  ];
}

/** Domains of organisations: those that wait for a word first. Nothing while there are none. */
export function BrandsCard() {
  const [removing, setRemoving] = useState<AccountBrand>();
  const { rows, more } = useList<AccountBrand>(PATH);
  if (!rows || rows.length === 0) return null;
  return (
    <Card title={t("operator.brands")} lead={t("operator.brands.lead")} flush>
      <Table
        label={t("operator.brands")}
        columns={columnsOf(setRemoving)}
        rows={rows}
        rowKey={({ account_id }) => account_id}
        more={more}
      />
      {removing && (
        <Confirm
          title={t("operator.brands.remove.title", { host: removing.host })}
          action={t("operator.brands.remove")}
          onConfirm={async () => {
            await api.delete(`${PATH}/${removing.account_id}`);
            await reload();
          }}
          onClose={() => setRemoving(undefined)}
        >
          {t("brand.leave.text")}
        </Confirm>
      )}
    </Card>
  );
}
