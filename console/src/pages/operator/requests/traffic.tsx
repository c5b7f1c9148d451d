import type { OperatorRequest, RequestRow } from "../../../base/contract.ts";
import { t } from "../../../i18n/t.ts";
import { Usd } from "../../../ui/amount.tsx";
import type { Column } from "../../../ui/table.tsx";
import { TextFilter } from "../../requests/filter-bar.tsx";
import { RequestList } from "../../requests/requests.tsx";
import { AccountName } from "../account-name.tsx";

/** Rows of the operator's lists say the cost and the account's name too. */
const costOf = (row: RequestRow): string | null => (row as OperatorRequest).cost_nanos ?? null;
const nameOf = (row: RequestRow): string | null => (row as OperatorRequest).account_display_name ?? null;

function columnsOf(): Column<RequestRow>[] {
  return [
    {
      head: t("operator.account"),
      cell: (row) => <AccountName id={row.account_id} name={nameOf(row)} />,
    },
    {
      head: t("operator.cost"),
      align: "end",
      cell: (row) => {
        const cost = costOf(row);
        return cost === null ? "–" : <Usd nanos={cost} />;
      },
    },
  ];
}

/** Requests of all accounts as they end. */
export function TrafficPage() {
  return (
    <RequestList
      liveFirst
      title={t("operator.traffic")}
      lead={t("operator.traffic.lead")}
      columns={columnsOf()}
      filters={({ account = "", upstream = "" }, onChange) => (
        <>
          <TextFilter
            key={`account ${account}`}
            label={t("operator.account")}
            value={account}
            onText={(next) => onChange({ account: next })}
          />
          <TextFilter
            key={`upstream ${upstream}`}
            label={t("operator.upstream")}
            value={upstream}
            onText={(next) => onChange({ upstream: next })}
          />
        </>
      )}
    />
  );
}
