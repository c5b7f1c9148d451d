import { useState } from "react";
import { Link } from "wouter";
import type { AccountEntry } from "../../../base/contract.ts";
import { moment } from "../../../base/time.ts";
import { count, exactMoney, money, percent } from "../../../base/units.ts";
import { t } from "../../../i18n/t.ts";
import { Button } from "../../../ui/button.tsx";
import { CopyLine } from "../../../ui/copy.tsx";
import { Card, Facts, Page } from "../../../ui/page.tsx";
import { RANGES, type Range } from "../../overview/range.ts";
import { Tile } from "../../overview/tiles.tsx";
import { useUsage } from "../../overview/use-usage.ts";
import { accountHome } from "../operator-here.ts";
import { ChangePlan, Grant, Suspend } from "./account-dialogs.tsx";
import { AccountState } from "./account-state.tsx";
import { GivePlan } from "./give-plan.tsx";

const MONTH = RANGES[2] as Range;

function Tiles({ account }: { account: AccountEntry }) {
  const { data } = useUsage(MONTH, "none");
  const home = accountHome(account.id);
  const totals = data?.totals;
  const spent = totals?.charge_nanos ?? "0";
  const failed = totals && totals.requests > 0 ? totals.errors / totals.requests : 0;
  return (
    <div className="tiles">
      <Tile
        to={`${home}/wallet`}
        name={t("wallet.balance")}
        value={money(account.balance_nanos)}
        title={exactMoney(account.balance_nanos)}
        more={account.debt_nanos !== "0" && t("operator.account.owes", { amount: money(account.debt_nanos) })}
      />
      <Tile
        to={`${home}/overview?range=30d`}
        name={t("operator.account.spend")}
        value={totals ? money(spent) : "–"}
        title={exactMoney(spent)}
        more={t("range.30d")}
      />
      <Tile
        to={`${home}/requests`}
        name={t("overview.requests")}
        value={totals ? count(totals.requests) : "–"}
        more={t("operator.errors.share", { share: percent(failed) })}
      />
    </div>
  );
}

const DIALOGS = { grant: Grant, plan: ChangePlan, suspend: Suspend };

/** What an operator asks of an account, and does to it. */
export function AccountSummary({ account }: { account: AccountEntry }) {
  const [open, setOpen] = useState<keyof typeof DIALOGS>();
  const Opened = open && DIALOGS[open];
  const { id, name, display_name, plan, price_multiplier, suspended_at, created_at } = account;
  return (
    <Page
      title={display_name || name}
      lead={t("operator.account.lead")}
      actions={
        <>
          <Button onClick={() => setOpen("suspend")}>
            {t(suspended_at ? "operator.account.resume" : "operator.account.suspend")}
          </Button>
          <Button onClick={() => setOpen("plan")}>{t("operator.account.plan")}</Button>
          <Button look="primary" icon="plus" onClick={() => setOpen("grant")}>
            {t("operator.account.grant")}
          </Button>
        </>
      }
    >
      {suspended_at && (
        <p className="notice bad">{t("operator.account.suspended.since", { when: moment(suspended_at) })}</p>
      )}
      <Tiles account={account} />
      <Card title={t("request.about")} actions={<GivePlan account={account} />}>
        <Facts
          facts={[
            [t("keys.state"), <AccountState key="state" account={account} />],
            [t("keys.name"), <code key="name">{name}</code>],
            [t("keys.plan"), plan ?? t("operator.plan.default")],
            [
              t("operator.plan.pays"),
              <span key="pays" className="row">
                {price_multiplier === null ? t("section.account.as-plan") : `× ${price_multiplier}`}
                <Link href="/operator/settings?edit=accounts">{t("section.account.agree")}</Link>
              </span>,
            ],
            [t("operator.since"), moment(created_at)],
            [t("operator.account.id"), <CopyLine key="id" label={t("operator.account.id")} text={id} />],
          ]}
        />
      </Card>
      {Opened && <Opened account={account} onClose={() => setOpen(undefined)} />}
    </Page>
  );
}
