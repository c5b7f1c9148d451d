import type { RequestRow } from "../../base/contract.ts";
import { t } from "../../i18n/t.ts";
import { Badge } from "../../ui/page.tsx";

const MOODS = { finished: "good", failed: "bad", cut_by_client: "warn", cut_by_upstream: "bad" } as const;

/** How a request ended, with its status where it failed. */
export function RequestBadge({ outcome, status }: Pick<RequestRow, "outcome" | "status">) {
  return (
    <Badge mood={MOODS[outcome]}>
      {t(`outcome.${outcome}`)}
      {outcome === "failed" && ` · ${status}`}
    </Badge>
  );
}
