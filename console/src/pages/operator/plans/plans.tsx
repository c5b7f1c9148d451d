import type { Limits, OperatorPlan } from "../../../base/contract.ts";
import { count, money } from "../../../base/units.ts";
import { useList } from "../../../base/use-list.ts";
import { t } from "../../../i18n/t.ts";
import { Usd } from "../../../ui/amount.tsx";
import { Button } from "../../../ui/button.tsx";
import { Badge, Page } from "../../../ui/page.tsx";
import { Empty } from "../../../ui/states.tsx";
import type { Column } from "../../../ui/table.tsx";
import { LIMIT_NAMES, SPEND_NAMES } from "../../keys/draft.ts";
import { NotInForce } from "../declare/not-in-force.tsx";
import { PlanForm } from "../declare/plan-form.tsx";
import { DeclaredActions, SourceBadge } from "../declare/source.tsx";
import { useDeclaring } from "../declare/use-declaring.ts";
import { DeclaredNotice } from "../declared-notice.tsx";
import { ListCard } from "../list-card.tsx";
import { PaidPlans } from "./paid-plans.tsx";

function LimitWords({ limits }: { limits: Limits }) {
  const set = LIMIT_NAMES.filter((name) => limits[name] !== null);
  const spends = SPEND_NAMES.filter((name) => limits[name] !== null);
  const words = [
    ...set.map((name) => `${count(limits[name] ?? 0)} ${t(`keys.limit.${name}.unit`)}`),
    ...spends.map((name) => t(`keys.terms.${name}`, { amount: money(limits[name] ?? "0") })),
  ];
  return words.length === 0 ? (
    <span className="muted">{t("operator.plan.unlimited")}</span>
  ) : (
    words.join(" · ")
  );
}

function columnsOf(onChange: (id: string) => void): Column<OperatorPlan>[] {
  return [
    {
      head: t("keys.plan"),
      lead: true,
      cell: ({ id, display_name, key_prefix, is_default }) => (
        <span className="lead-cell">
          <span className="strong">
            {id} {display_name !== id && <span className="muted">{display_name}</span>}{" "}
            {is_default && <Badge mood="accent">{t("operator.plan.is-default")}</Badge>}
          </span>
          <small className="mono">{key_prefix}…</small>
        </span>
      ),
    },
    { head: t("operator.plan.each-key"), cell: ({ limits }) => <LimitWords limits={limits} /> },
    {
      head: t("operator.plan.together"),
      cell: ({ account_limits }) => <LimitWords limits={account_limits} />,
    },
    {
      head: t("nav.models"),
      cell: ({ models }) =>
        models ? (
          <span title={models.join(", ")}>{t("keys.terms.models", { count: models.length })}</span>
        ) : (
          t("operator.plan.all-models")
        ),
    },
    {
      head: t("operator.plan.credit"),
      align: "end",
      cell: ({ monthly_credit_nanos: credit }) => (credit === null ? "–" : <Usd nanos={credit} />),
    },
    { head: t("operator.plan.pays"), align: "end", cell: ({ price_multiplier }) => `× ${price_multiplier}` },
    { head: t("declare.source"), cell: (plan) => <SourceBadge kind="plan" {...plan} /> },
    {
      head: t("keys.actions.head"),
      bare: true,
      cell: ({ id, source, line }) =>
        source !== "file" && (
          <DeclaredActions kind="plan" {...{ id, source, line }} onChange={() => onChange(id)} />
        ),
    },
  ];
}

/** What keys may do, and what they pay. */
export function PlansPage() {
  const list = useList<OperatorPlan>("/operator/plans");
  const declaring = useDeclaring();
  const make = (
    <Button look="primary" icon="plus" onClick={declaring.make}>
      {t("declare.plan.new")}
    </Button>
  );
  return (
    <Page title={t("operator.plans")} lead={t("operator.plans.lead")} actions={make}>
      <ListCard
        label={t("operator.plans")}
        list={list}
        columns={columnsOf(declaring.change)}
        rowKey={({ id }) => id}
        empty={
          <Empty icon="table" title={t("operator.plans.none")} action={make}>
            {t("operator.declared")}
          </Empty>
        }
      />
      <PaidPlans />
      <NotInForce kind="plan" onChange={declaring.change} />
      <DeclaredNotice />
      {declaring.open && <PlanForm key={declaring.edited} id={declaring.edited} onClose={declaring.close} />}
    </Page>
  );
}
