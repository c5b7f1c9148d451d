import { useState } from "react";
import { Link } from "wouter";
import type { OperatorUsageOver } from "../../../base/contract.ts";
import { count, money, percent } from "../../../base/units.ts";
import { t } from "../../../i18n/t.ts";
import { Card } from "../../../ui/page.tsx";
import { Loaded } from "../../../ui/states.tsx";
import { type Column, Table } from "../../../ui/table.tsx";
import { Segments } from "../../../ui/tabs.tsx";
import type { Range } from "../../overview/range.ts";
import { ms } from "../../overview/tiles.tsx";
import { marginOf, marginShare, useOperatorUsage } from "./use-operator-usage.ts";

type Group = OperatorUsageOver["groups"][number];

const BY = ["account", "model", "upstream", "client"] as const;
type By = (typeof BY)[number];

const isBy = (text: string): text is By => (BY as readonly string[]).includes(text);

function marginText(group: Group): string {
  const margin = marginOf(group);
  if (margin === undefined) return "–";
  return `${money(margin)} · ${percent(marginShare(margin, group.charge_nanos))}`;
}

function columnsOf(by: By, requests: string): Column<Group>[] {
  return [
    {
      head: t(`operator.by.${by}`),
      lead: true,
      cell: ({ group, label }) =>
        group === "" ? (
          <span className="muted">{t("overview.by.nothing")}</span>
        ) : (
          <Link className="cell-link" href={`${requests}&${by}=${encodeURIComponent(group)}`}>
            {label || group}
          </Link>
        ),
    },
    { head: t("operator.charged"), align: "end", cell: ({ charge_nanos }) => money(charge_nanos) },
    {
      head: t("operator.cost"),
      align: "end",
      cell: ({ cost_nanos }) => (cost_nanos === "0" ? "–" : money(cost_nanos)),
    },
    { head: t("operator.margin"), align: "end", cell: marginText },
    { head: t("overview.requests"), align: "end", cell: ({ requests: all }) => count(all) },
    {
      head: t("overview.error-share"),
      align: "end",
      cell: ({ requests: all, errors }) => percent(all === 0 ? 0 : errors / all),
    },
    { head: t("overview.latency"), align: "end", cell: ({ first_byte_ms }) => ms(first_byte_ms.p50) },
  ];
}

/** Who and what the money comes from and goes to. */
export function OperatorBreakdown({ range, requests }: { range: Range; requests: string }) {
  const [by, setBy] = useState<By>("account");
  const usage = useOperatorUsage(range, by);
  return (
    <Card
      flush
      title={t("overview.by")}
      actions={
        <Segments
          label={t("overview.by")}
          options={BY.map((one) => [one, t(`operator.by.${one}`)])}
          chosen={by}
          onChoose={(next) => isBy(next) && setBy(next)}
        />
      }
    >
      <Loaded query={usage}>
        {({ groups }) => (
          <Table
            label={t("overview.by")}
            columns={columnsOf(by, requests)}
            rows={groups}
            rowKey={({ group }) => group}
          />
        )}
      </Loaded>
    </Card>
  );
}
