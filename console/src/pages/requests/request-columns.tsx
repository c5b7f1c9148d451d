import { Link } from "wouter";
import type { RequestRow } from "../../base/contract.ts";
import { ago, clockTime, day, moment } from "../../base/time.ts";
import { count, duration } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";
import { Usd } from "../../ui/amount.tsx";
import type { Column } from "../../ui/table.tsx";
import { PROTOCOL_NAMES } from "./filters.ts";
import { RequestBadge } from "./request-badge.tsx";

const DAY_MS = 86_400_000;

/** Tokens in and out of one request. */
function inAndOut({ usage }: RequestRow): readonly [number, number] {
  const { input, cache_read, cache_write_5m, cache_write_1h, audio_input } = usage;
  const read = input + cache_read + cache_write_5m + cache_write_1h + audio_input;
  return [read, usage.output + usage.reasoning + usage.audio_output + usage.image_output];
}

function When({ at }: { at: string }) {
  const recent = Date.now() - Date.parse(at) < DAY_MS;
  return (
    <time dateTime={at} title={moment(at)} className="lead-cell nowrap">
      <span>{recent ? clockTime(at) : day(at)}</span>
      <small>{ago(at)}</small>
    </time>
  );
}

export function requestColumns(to: (row: RequestRow) => string): Column<RequestRow>[] {
  return [
    {
      head: t("requests.model"),
      lead: true,
      cell: (row) => (
        <span className="lead-cell">
          <Link className="cell-link" href={to(row)} onClick={(event) => event.stopPropagation()}>
            {row.model || t("requests.no-model")}
          </Link>
          <small>
            {PROTOCOL_NAMES[row.protocol] ?? row.protocol}
            {row.client && ` · ${row.client}`}
          </small>
        </span>
      ),
    },
    { head: t("requests.time"), cell: ({ at }) => <When at={at} /> },
    { head: t("requests.outcome"), cell: (row) => <RequestBadge {...row} /> },
    {
      head: t("requests.tokens"),
      align: "end",
      cell: (row) => {
        const [read, written] = inAndOut(row);
        return `${count(read)} → ${count(written)}`;
      },
    },
    { head: t("requests.took"), align: "end", cell: ({ last_byte_ms }) => duration(last_byte_ms) },
    {
      head: t("requests.charge"),
      align: "end",
      cell: ({ charge_nanos }) => <Usd nanos={charge_nanos} />,
    },
  ];
}
