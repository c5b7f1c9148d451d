import { useState } from "react";
import type { OperatorUsageOver } from "../../../base/contract.ts";
import { money } from "../../../base/units.ts";
import { t } from "../../../i18n/t.ts";
import type { Column } from "../../../ui/table.tsx";
import { BreakdownCard } from "../../overview/breakdown-card.tsx";
import type { Range } from "../../overview/range.ts";
import { ms } from "../../overview/tiles.tsx";
import { marginText, useOperatorGroups } from "./use-operator-usage.ts";

type Group = OperatorUsageOver["groups"][number];

const BY = ["account", "model", "upstream", "client"] as const;
type By = (typeof BY)[number];

const moneyColumns = (): Column<Group>[] => [
  { head: t("operator.charged"), align: "end", cell: ({ charge_nanos }) => money(charge_nanos) },
  {
    head: t("operator.cost"),
    align: "end",
    cell: ({ cost_nanos }) => (cost_nanos === "0" ? "–" : money(cost_nanos)),
  },
  { head: t("operator.margin"), align: "end", cell: marginText },
];

/** Who and what the money comes from and goes to. */
export function OperatorBreakdown({ range, requests }: { range: Range; requests: string }) {
  const [by, setBy] = useState<By>("account");
  const usage = useOperatorGroups(range, by);
  return (
    <BreakdownCard
      groupings={BY.map((one) => ({ by: one, filter: one, label: t(`operator.by.${one}`) }))}
      chosen={by}
      onChoose={setBy}
      usage={usage}
      requests={requests}
      money={moneyColumns()}
      more={[
        { head: t("overview.latency"), align: "end", cell: ({ first_byte_ms }) => ms(first_byte_ms.p50) },
      ]}
    />
  );
}
