import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "wouter";
import type { UsageGroup } from "../../base/contract.ts";
import { count, percent } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";
import { Card } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Segments } from "../../ui/tabs.tsx";

/** A grouping: the filter of the list of requests that it stands for, and what people call it. */
export interface GroupedBy<By extends string> {
  readonly by: By;
  readonly filter: string;
  readonly label: string;
}

interface BreakdownProps<By extends string, Group extends UsageGroup> {
  groupings: readonly GroupedBy<By>[];
  chosen: By;
  onChoose: (by: By) => void;
  usage: UseQueryResult<{ readonly groups: readonly Group[] }>;
  /** The list of requests, with a query already. */
  requests: string;
  /** What is told of each group besides its requests. */
  money: readonly Column<Group>[];
  more?: readonly Column<Group>[];
}

function nameCell({ group, label }: UsageGroup, filter: string, requests: string): ReactNode {
  if (group === "") return <span className="muted">{t("overview.by.nothing")}</span>;
  return (
    <Link className="cell-link" href={`${requests}&${filter}=${encodeURIComponent(group)}`}>
      {label || group}
    </Link>
  );
}

/** Sums by one thing or another, each leading to its requests. */
export function BreakdownCard<By extends string, Group extends UsageGroup>(props: BreakdownProps<By, Group>) {
  const { groupings, chosen, onChoose, usage, requests, money, more = [] } = props;
  const grouping = groupings.find(({ by }) => by === chosen);
  const columns: Column<Group>[] = [
    {
      head: grouping?.label ?? "",
      lead: true,
      cell: (row) => nameCell(row, grouping?.filter ?? chosen, requests),
    },
    ...money,
    { head: t("overview.requests"), align: "end", cell: ({ requests: all }) => count(all) },
    ...more,
    {
      head: t("overview.error-share"),
      align: "end",
      cell: ({ requests: all, errors }) => percent(all === 0 ? 0 : errors / all),
    },
  ];
  return (
    <Card
      flush
      title={t("overview.by")}
      actions={
        <Segments
          label={t("overview.by")}
          options={groupings.map(({ by, label }) => [by, label])}
          chosen={chosen}
          onChoose={(next) => onChoose(groupings.find(({ by }) => by === next)?.by ?? chosen)}
        />
      }
    >
      <Loaded query={usage}>
        {({ groups }) => (
          <Table label={t("overview.by")} columns={columns} rows={groups} rowKey={({ group }) => group} />
        )}
      </Loaded>
    </Card>
  );
}
