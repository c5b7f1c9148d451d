import type { OperatorSubscription } from "../../../base/contract.ts";
import { utcDay } from "../../../base/time.ts";
import { count, exactMoney, money } from "../../../base/units.ts";
import { useList } from "../../../base/use-list.ts";
import { t } from "../../../i18n/t.ts";
import { Badge } from "../../../ui/page.tsx";
import type { Column } from "../../../ui/table.tsx";
import { AccountName } from "../account-name.tsx";
import { ListCard } from "../list-card.tsx";

const MOODS = { active: "good", unpaid: "warn", lapsed: "bad" } as const;

function columns(): Column<OperatorSubscription>[] {
  return [
    {
      head: t("operator.account"),
      lead: true,
      cell: ({ account_id, account_display_name }) => (
        <AccountName id={account_id} name={account_display_name} />
      ),
    },
    {
      head: t("keys.plan"),
      cell: ({ name, state }) => (
        <span className="badges">
          {name} <Badge mood={MOODS[state]}>{t(`plans.state.${state}`)}</Badge>
        </span>
      ),
    },
    { head: t("plans.seats"), align: "end", cell: ({ seats }) => (seats === null ? "–" : count(seats)) },
    {
      head: t("plans.price"),
      align: "end",
      cell: ({ payer, price_nanos: price }) =>
        payer === "operator" || price === null ? (
          "–"
        ) : (
          <span title={exactMoney(price)}>{t("plans.a-month", { amount: money(price) })}</span>
        ),
    },
    { head: t("plans.payer"), cell: ({ payer }) => t(`plans.payer.${payer}`) },
    {
      head: t("plans.operator.until"),
      align: "end",
      cell: ({ paid_until, cancel_at_end }) => {
        const when = utcDay(Date.parse(paid_until));
        return cancel_at_end ? t("plans.next.ends", { when }) : when;
      },
    },
  ];
}

/** Accounts whose plan is paid for month by month. */
export function PaidPlans() {
  const list = useList<OperatorSubscription>("/operator/subscriptions");
  return (
    <ListCard
      title={t("plans.operator")}
      lead={t("plans.operator.lead")}
      label={t("plans.operator")}
      list={list}
      columns={columns()}
      rowKey={({ account }) => account}
      empty={<p className="card-empty">{t("plans.operator.none")}</p>}
    />
  );
}
