import type { AccountEntry } from "../../../base/contract.ts";
import { moment } from "../../../base/time.ts";
import { money } from "../../../base/units.ts";
import { t } from "../../../i18n/t.ts";
import { Badge } from "../../../ui/page.tsx";

/** Whether its keys work, and what stands against it. */
export function AccountState({ account: { suspended_at, debt_nanos } }: { account: AccountEntry }) {
  return (
    <span className="badges">
      {suspended_at ? (
        <span title={moment(suspended_at)}>
          <Badge mood="bad">{t("operator.account.suspended")}</Badge>
        </span>
      ) : (
        <Badge mood="good">{t("keys.state.active")}</Badge>
      )}
      {debt_nanos !== "0" && (
        <Badge mood="warn">{t("operator.account.owes", { amount: money(debt_nanos) })}</Badge>
      )}
    </span>
  );
}
