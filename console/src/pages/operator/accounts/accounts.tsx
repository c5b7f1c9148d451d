import { useState } from "react";
import { Link, useLocation, useSearchParams } from "wouter";
import { api } from "../../../base/api.ts";
import type { AccountEntry } from "../../../base/contract.ts";
import { queryClient } from "../../../base/queries.ts";
import { day, moment } from "../../../base/time.ts";
import { useList } from "../../../base/use-list.ts";
import { t } from "../../../i18n/t.ts";
import { Usd } from "../../../ui/amount.tsx";
import { Button } from "../../../ui/button.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Field } from "../../../ui/field.tsx";
import { Form, useSending } from "../../../ui/form.tsx";
import { Page } from "../../../ui/page.tsx";
import { Empty } from "../../../ui/states.tsx";
import type { Column } from "../../../ui/table.tsx";
import { ListCard } from "../list-card.tsx";
import { accountHome } from "../operator-here.ts";
import { PlanChoice } from "../plan-choice.tsx";
import { SearchField } from "../search-field.tsx";
import { AccountState } from "./account-state.tsx";

const PATH = "/operator/accounts";

function columnsOf(): Column<AccountEntry>[] {
  return [
    {
      head: t("operator.account"),
      lead: true,
      cell: ({ id, name, display_name }) => (
        <span className="lead-cell">
          <Link className="cell-link" href={accountHome(id)}>
            {display_name || name}
          </Link>
          <small className="mono">{name}</small>
        </span>
      ),
    },
    { head: t("keys.state"), cell: (account) => <AccountState account={account} /> },
    {
      head: t("keys.plan"),
      cell: ({ plan }) => plan ?? <span className="muted">{t("operator.plan.default")}</span>,
    },
    {
      head: t("wallet.balance"),
      align: "end",
      cell: ({ balance_nanos }) => <Usd nanos={balance_nanos} />,
    },
    {
      head: t("operator.since"),
      align: "end",
      cell: ({ created_at }) => <span title={moment(created_at)}>{day(created_at)}</span>,
    },
  ];
}

function NewAccount({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [plan, setPlan] = useState("");
  const sending = useSending();
  const [, go] = useLocation();
  async function make() {
    const made = await api.post<AccountEntry>(PATH, { name: name.trim(), ...(plan && { plan }) });
    await queryClient.invalidateQueries({ queryKey: [PATH] });
    go(accountHome(made.id));
  }
  return (
    <Dialog title={t("operator.account.new")} onClose={onClose}>
      <Form
        sending={sending}
        fields={["name", "plan"]}
        submit={t("operator.account.create")}
        onSubmit={make}
        onCancel={onClose}
      >
        <Field
          label={t("keys.name")}
          hint={t("operator.account.name.hint")}
          value={name}
          onChange={({ target }) => setName(target.value)}
          error={sending.errorOf("name")}
          autoFocus
          required
        />
        <PlanChoice value={plan} onChoose={setPlan} />
      </Form>
    </Dialog>
  );
}

/** Everybody who has a wallet here. */
export function AccountsPage() {
  const [making, setMaking] = useState(false);
  const [search, setSearch] = useSearchParams();
  const text = search.get("q") ?? "";
  const list = useList<AccountEntry>(PATH, { text });
  const make = (
    <Button look="primary" icon="plus" onClick={() => setMaking(true)}>
      {t("operator.account.new")}
    </Button>
  );
  return (
    <Page title={t("operator.accounts")} lead={t("operator.accounts.lead")} actions={make}>
      <SearchField key={text} hint={t("operator.accounts.search")} />
      <ListCard
        label={t("operator.accounts")}
        list={list}
        columns={columnsOf()}
        rowKey={({ id }) => id}
        empty={
          text === "" ? (
            <Empty icon="building" title={t("operator.accounts.none")} action={make}>
              {t("operator.accounts.none.text")}
            </Empty>
          ) : (
            <Empty
              icon="search"
              title={t("requests.none.title")}
              action={<Button onClick={() => setSearch({})}>{t("requests.clear")}</Button>}
            >
              {t("operator.search.none")}
            </Empty>
          )
        }
      />
      {making && <NewAccount onClose={() => setMaking(false)} />}
    </Page>
  );
}
