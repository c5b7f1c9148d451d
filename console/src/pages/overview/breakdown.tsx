import { useState } from "react";
import { Link } from "wouter";
import type { UsageGroup } from "../../base/contract.ts";
import { compact, count, money, percent } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { Card } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Segments } from "../../ui/tabs.tsx";
import type { Range } from "./range.ts";
import { type Grouping, tokensOf, useUsage } from "./use-usage.ts";

const FILTER_OF = { model: "model", key: "key_id", user: "user_id", project: "project" } as const;
type By = keyof typeof FILTER_OF;

const isBy = (text: string): text is By => text in FILTER_OF;

function columnsOf(by: By, requests: string): Column<UsageGroup>[] {
  return [
    {
      head: t(`overview.by.${by}`),
      lead: true,
      cell: ({ group, label }) =>
        group === "" ? (
          <span className="muted">{t("overview.by.nothing")}</span>
        ) : (
          <Link className="cell-link" href={`${requests}&${FILTER_OF[by]}=${encodeURIComponent(group)}`}>
            {label || group}
          </Link>
        ),
    },
    { head: t("overview.spend"), align: "end", cell: ({ charge_nanos }) => money(charge_nanos) },
    { head: t("overview.requests"), align: "end", cell: ({ requests: all }) => count(all) },
    { head: t("overview.tokens"), align: "end", cell: (group) => compact(tokensOf(group)) },
    {
      head: t("overview.error-share"),
      align: "end",
      cell: ({ requests: all, errors }) => percent(all === 0 ? 0 : errors / all),
    },
  ];
}

/** Who or what the money went to. */
export function Breakdown({ range, requests }: { range: Range; requests: string }) {
  const [by, setBy] = useState<By>("model");
  const { may } = useHere();
  const usage = useUsage(range, by satisfies Grouping);
  const options: [By, string][] = [
    ["model", t("overview.by.model")],
    ["key", t("overview.by.key")],
    ...(may("members:read") ? ([["user", t("overview.by.user")]] as [By, string][]) : []),
    ["project", t("overview.by.project")],
  ];
  return (
    <Card
      flush
      title={t("overview.by")}
      actions={
        <Segments
          label={t("overview.by")}
          options={options}
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
