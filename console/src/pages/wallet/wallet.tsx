import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "wouter";
import { api } from "../../base/api.ts";
import type { Lot, Wallet } from "../../base/contract.ts";
import { ago, day, moment } from "../../base/time.ts";
import { exactMoney, money } from "../../base/units.ts";
import { t, tryText } from "../../i18n/t.ts";
import { useMeta } from "../../shell/meta.ts";
import { useHere } from "../../shell/session.ts";
import { AlsoIn } from "../../ui/amount.tsx";
import { Button } from "../../ui/button.tsx";
import { Card, Page } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { AutoTopUpCard } from "./auto-top-up.tsx";
import { LowBalanceCard } from "./low-balance.tsx";
import { PlanCard } from "./plan-card.tsx";
import { Redeem } from "./redeem.tsx";
import { StatementCard } from "./statement.tsx";
import { TopUp } from "./top-up.tsx";

function lotColumns(): Column<Lot>[] {
  return [
    {
      head: t("wallet.lot.source"),
      lead: true,
      cell: ({ source, created_at }) => (
        <span className="lead-cell">
          <span className="strong">{tryText(`wallet.source.${source}`, source)}</span>
          <small>{day(created_at)}</small>
        </span>
      ),
    },
    {
      head: t("wallet.lot.left"),
      align: "end",
      cell: ({ left_nanos, granted_nanos }) => (
        <span title={exactMoney(left_nanos)}>
          {t("wallet.lot.of", { left: money(left_nanos), granted: money(granted_nanos) })}{" "}
          <AlsoIn nanos={left_nanos} />
        </span>
      ),
    },
    {
      head: t("wallet.lot.expires"),
      align: "end",
      cell: ({ expires_at: at }) =>
        at ? (
          <span title={moment(at)}>{ago(at)}</span>
        ) : (
          <span className="muted">{t("wallet.lot.never")}</span>
        ),
    },
  ];
}

function Balance({ wallet }: { wallet: Wallet }) {
  return (
    <div className="balance">
      <div>
        <span className="hint">{t("wallet.available")}</span>
        <strong className="balance-amount" title={exactMoney(wallet.available_nanos)}>
          {money(wallet.available_nanos)}
        </strong>
        <span className="hint">
          {t("wallet.currency")} <AlsoIn nanos={wallet.available_nanos} />
        </span>
      </div>
      <div>
        <span className="hint">{t("wallet.held")}</span>
        <strong title={exactMoney(wallet.held_nanos)}>{money(wallet.held_nanos)}</strong>
        <span className="hint">
          {t("wallet.held.hint")} <AlsoIn nanos={wallet.held_nanos} />
        </span>
      </div>
      <div>
        <span className="hint">{t("wallet.balance")}</span>
        <strong title={exactMoney(wallet.balance_nanos)}>{money(wallet.balance_nanos)}</strong>
        <span className="hint">
          {t("wallet.balance.hint")} <AlsoIn nanos={wallet.balance_nanos} />
        </span>
      </div>
    </div>
  );
}

function Lots({ wallet }: { wallet: Wallet }) {
  const { payments } = useMeta();
  return (
    <Card flush title={t("wallet.lots")} lead={t("wallet.lots.hint")}>
      {wallet.lots.length === 0 ? (
        <p className="card-empty">{t(payments.stripe ? "wallet.lots.none" : "wallet.lots.none.by-code")}</p>
      ) : (
        <Table label={t("wallet.lots")} columns={lotColumns()} rows={wallet.lots} rowKey={({ id }) => id} />
      )}
    </Card>
  );
}

/** The organisation's money: what is left, where it came from, where it went. */
export function WalletPage() {
  const here = useHere();
  const { payments } = useMeta();
  const [search] = useSearchParams();
  const [open, setOpen] = useState<"top-up" | "redeem">();
  const wallet = useQuery({
    queryKey: ["wallet", here.name],
    queryFn: () => api.get<Wallet>(`${here.api}/wallet`),
  });
  const close = () => setOpen(undefined);
  const actions = here.may("wallet:write") && (
    <>
      <Button look={payments.stripe ? "plain" : "primary"} onClick={() => setOpen("redeem")}>
        {t("wallet.redeem")}
      </Button>
      {payments.stripe && (
        <Button look="primary" icon="plus" onClick={() => setOpen("top-up")}>
          {t("wallet.top-up")}
        </Button>
      )}
    </>
  );
  return (
    <Page title={t("nav.wallet")} lead={t("wallet.lead")} actions={actions}>
      {search.get("paid") !== null && <p className="notice good">{t("wallet.paid")}</p>}
      <Loaded query={wallet} lines={6}>
        {(found) => (
          <>
            {found.frozen && (
              <p className="notice bad">{t("wallet.frozen", { amount: money(found.debt_nanos) })}</p>
            )}
            <Card>
              <Balance wallet={found} />
            </Card>
            <PlanCard />
            <Lots wallet={found} />
          </>
        )}
      </Loaded>
      <StatementCard />
      {payments.stripe && <AutoTopUpCard />}
      <LowBalanceCard />
      {open === "redeem" && <Redeem onClose={close} />}
      {open === "top-up" && <TopUp onClose={close} />}
    </Page>
  );
}
