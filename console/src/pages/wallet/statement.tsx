import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { api, apiUrl } from "../../base/api.ts";
import type { Statement } from "../../base/contract.ts";
import { moneyIn } from "../../base/second-currency.ts";
import { day, lastMonths, monthName } from "../../base/time.ts";
import { count, exactMoney, money } from "../../base/units.ts";
import { t, tryText } from "../../i18n/t.ts";
import { type Here, useHere } from "../../shell/session.ts";
import { Usd } from "../../ui/amount.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Card } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";

type Entry = Statement["entries"][number];

const MONTHS_SHOWN = 12;
const DAY_MS = 86_400_000;

/** Charges of a day lead to the requests of that day. */
function requestsOf(here: Here, { at }: Entry): string {
  const from = `${at.slice(0, 10)}T00:00:00.000Z`;
  const to = new Date(Date.parse(from) + DAY_MS).toISOString();
  return `${here.home}/requests?${new URLSearchParams({ from, to })}`;
}

/** Where money came from, as the first word of its reference says, and what the operator wrote beside it. */
function grantOf({ kind, ref }: Entry): { name: string; reference?: string } {
  const [source = "", , ...reference] = ref.split(":");
  const name = tryText(`wallet.kind.${kind}`, kind);
  if (kind !== "grant") return { name };
  return {
    name: tryText(`wallet.source.${source}`, name),
    ...(source === "top-up" && reference.length > 0 && { reference: reference.join(":") }),
  };
}

/** What moved, and when. */
function What({ here, entry }: { here: Here; entry: Entry }) {
  const { name, reference } = grantOf(entry);
  return (
    <span className="lead-cell">
      {entry.kind === "charge" ? (
        <Link className="cell-link" href={requestsOf(here, entry)}>
          {t("wallet.charges", { count: entry.requests, requests: count(entry.requests) })}
        </Link>
      ) : (
        <span className="strong">{name}</span>
      )}
      <small>
        {day(entry.at)}
        {reference && ` · ${reference}`}
        {entry.paid_in && ` · ${t("wallet.paid-in", { ...entry.paid_in })}`}
      </small>
    </span>
  );
}

function columnsOf(here: Here, shown: string | null): Column<Entry>[] {
  return [
    {
      head: t("wallet.entry"),
      lead: true,
      cell: (entry) => <What here={here} entry={entry} />,
    },
    {
      head: t("wallet.amount"),
      align: "end",
      cell: ({ amount_nanos, shown_nanos }) => (
        <span className={amount_nanos.startsWith("-") ? undefined : "gain"} title={exactMoney(amount_nanos)}>
          {money(amount_nanos)}
          {shown && shown_nanos !== null && <small className="also"> ≈ {moneyIn(shown, shown_nanos)}</small>}
        </span>
      ),
    },
    {
      head: t("wallet.after"),
      align: "end",
      cell: ({ balance_nanos }) => <Usd nanos={balance_nanos} />,
    },
  ];
}

function Download({ month, format }: { month: string; format: "csv" | "pdf" }) {
  const here = useHere();
  const href = apiUrl(`${here.api}/wallet/statement`, { month, format });
  return (
    <a className="button plain small" href={href} download={`statement-${here.name}-${month}.${format}`}>
      <Icon name="download" size={15} />
      {format.toUpperCase()}
    </a>
  );
}

/** What moved in a month, also as a file. */
export function StatementCard() {
  const here = useHere();
  const [month, setMonth] = useState(lastMonths(1)[0] ?? "");
  const statement = useQuery({
    queryKey: ["statement", here.name, month],
    queryFn: () => api.get<Statement>(`${here.api}/wallet/statement`, { month }),
  });
  return (
    <Card
      flush
      title={t("wallet.statement")}
      lead={
        statement.data &&
        t("wallet.statement.from-to", {
          opening: money(statement.data.opening_nanos),
          closing: money(statement.data.closing_nanos),
        })
      }
      actions={
        <>
          <select
            className="inline"
            aria-label={t("wallet.month")}
            value={month}
            onChange={({ target }) => setMonth(target.value)}
          >
            {lastMonths(MONTHS_SHOWN).map((one) => (
              <option key={one} value={one}>
                {monthName(one)}
              </option>
            ))}
          </select>
          <Download month={month} format="csv" />
          <Download month={month} format="pdf" />
        </>
      }
    >
      <Loaded query={statement}>
        {({ entries, shown_currency }) =>
          entries.length === 0 ? (
            <p className="card-empty">{t("wallet.statement.none")}</p>
          ) : (
            <Table
              label={t("wallet.statement")}
              columns={columnsOf(here, shown_currency)}
              rows={entries.toReversed()}
              rowKey={({ at, kind, ref }) => `${at} ${kind} ${ref}`}
            />
          )
        }
      </Loaded>
    </Card>
  );
}
