import type { ReactNode } from "react";
import type { Probe } from "../../base/contract.ts";
import { ago, moment } from "../../base/time.ts";
import { count, exactMoney, money } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";
import { Badge, Card } from "../../ui/page.tsx";
import { Empty } from "../../ui/states.tsx";
import { Table } from "../../ui/table.tsx";
import { multiplierText } from "../models/rates.ts";
import { probedModelColumns, probedRequestColumns } from "./columns.tsx";
import { Left } from "./left.tsx";

interface FactProps {
  name: string;
  value: ReactNode;
  more?: ReactNode;
  title?: string;
}

function Fact({ name, value, more, title }: FactProps) {
  return (
    <div className="tile" title={title}>
      <span className="name">{name}</span>
      <span className="value">{value}</span>
      {more && <span className="more">{more}</span>}
    </div>
  );
}

function planTerms({ monthly_credit_nanos: credit, price_multiplier }: Probe["plan"]): string {
  if (credit !== null) return t("probe.credit", { amount: money(credit) });
  return multiplierText(price_multiplier);
}

function Tiles({ probe: { key, plan, region, wallet } }: { probe: Probe }) {
  return (
    <div className="tiles">
      <Fact
        name={t("probe.key")}
        value={<span className="mono">{key.hint}</span>}
        more={key.name || t("probe.since", { day: moment(key.created_at) })}
      />
      <Fact
        name={t("keys.state")}
        value={
          <Badge mood={key.state === "active" ? "good" : "bad"}>
            {key.state === "active" ? t("keys.state.active") : t("keys.state.expired")}
          </Badge>
        }
        {...(key.expires_at && { more: t("keys.until", { day: moment(key.expires_at) }) })}
      />
      <Fact
        name={t("probe.balance")}
        value={money(wallet.available_nanos)}
        title={exactMoney(wallet.available_nanos)}
        more={t("overview.balance.held", { amount: money(wallet.held_nanos) })}
      />
      <Fact name={t("probe.plan")} value={plan.display_name} more={planTerms(plan)} />
      <Fact
        name={t("request.region")}
        value={region ? region.display_name : t("probe.no-region")}
        {...(region?.city && { more: region.city })}
      />
    </div>
  );
}

function Requests({ requests }: Pick<Probe, "requests">) {
  const [last] = requests;
  return (
    <Card
      flush
      title={t("probe.requests")}
      {...(last && { lead: t("probe.last", { count: requests.length, when: ago(last.at) }) })}
    >
      {last ? (
        <Table
          label={t("probe.requests")}
          columns={probedRequestColumns()}
          rows={requests}
          rowKey={({ id }) => id}
        />
      ) : (
        <Empty icon="requests" title={t("requests.empty.title")}>
          {t("requests.empty.text")}
        </Empty>
      )}
    </Card>
  );
}

/** All that is known of a key. */
export function Found({ probe }: { probe: Probe }) {
  const { models, requests } = probe;
  return (
    <>
      <Tiles probe={probe} />
      <Left probe={probe} />
      <Requests requests={requests} />
      <Card flush title={t("probe.models")} lead={t("probe.models.lead", { count: count(models.length) })}>
        <Table
          label={t("probe.models")}
          columns={probedModelColumns()}
          rows={models}
          rowKey={({ id }) => id}
        />
      </Card>
    </>
  );
}
