import { useState } from "react";
import { compact, money } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { BreakdownCard } from "./breakdown-card.tsx";
import type { Range } from "./range.ts";
import { tokensOf, useGroups } from "./use-usage.ts";

const FILTER_OF = { model: "model", key: "key_id", user: "user_id", project: "project" } as const;
type By = keyof typeof FILTER_OF;

/** Who or what the money went to. */
export function Breakdown({ range, requests }: { range: Range; requests: string }) {
  const [by, setBy] = useState<By>("model");
  const { may } = useHere();
  const usage = useGroups(range, by);
  const shown = (["model", "key", "user", "project"] as const).filter(
    (one) => one !== "user" || may("members:read"),
  );
  return (
    <BreakdownCard
      groupings={shown.map((one) => ({ by: one, filter: FILTER_OF[one], label: t(`overview.by.${one}`) }))}
      chosen={by}
      onChoose={setBy}
      usage={usage}
      requests={requests}
      money={[{ head: t("overview.spend"), align: "end", cell: ({ charge_nanos }) => money(charge_nanos) }]}
      more={[{ head: t("overview.tokens"), align: "end", cell: (group) => compact(tokensOf(group)) }]}
    />
  );
}
