import type { Probe } from "../../base/contract.ts";
import { ago, moment } from "../../base/time.ts";
import { contextSize, count, duration, percent } from "../../base/units.ts";
import { t, tryText } from "../../i18n/t.ts";
import { Usd } from "../../ui/amount.tsx";
import { CopyButton } from "../../ui/copy.tsx";
import { Badge } from "../../ui/page.tsx";
import type { Column } from "../../ui/table.tsx";
import { PROTOCOL_NAMES } from "../requests/filters.ts";
import { RequestBadge } from "../requests/request-badge.tsx";

type Row = Probe["requests"][number];

/** A smaller share of the context is rounded to nothing. */
const SHOWN_SHARE = 0.001;

/** Each kind that was used, with its unit. */
function Used({ usage }: Pick<Row, "usage">) {
  const kinds = Object.entries(usage).filter(([, amount]) => amount > 0);
  if (kinds.length === 0) return <>–</>;
  return (
    <span className="used">
      {kinds.map(([kind, amount]) => (
        <small key={kind}>
          {tryText(`usage.${kind}`, kind)} <strong>{count(amount)}</strong>
        </small>
      ))}
    </span>
  );
}

function Context({ context_used_tokens: used, context_tokens: whole }: Row) {
  if (whole === null) return <>{t("models.tokens", { tokens: count(used) })}</>;
  return (
    <span className="lead-cell nowrap">
      <span>{t("probe.context.of", { used: count(used), whole: contextSize(whole) })}</span>
      {used / whole >= SHOWN_SHARE && <small>{percent(used / whole)}</small>}
    </span>
  );
}

export function probedRequestColumns(): Column<Row>[] {
  return [
    {
      head: t("requests.model"),
      lead: true,
      cell: ({ model, protocol, region }) => (
        <span className="lead-cell">
          <span>{model || t("requests.no-model")}</span>
          <small>
            {PROTOCOL_NAMES[protocol] ?? protocol}
            {region && ` · ${region}`}
          </small>
        </span>
      ),
    },
    {
      head: t("requests.time"),
      cell: ({ at }) => (
        <time dateTime={at} title={moment(at)} className="nowrap">
          {ago(at)}
        </time>
      ),
    },
    { head: t("requests.outcome"), cell: (row) => <RequestBadge {...row} /> },
    { head: t("probe.usage"), cell: (row) => <Used {...row} /> },
    { head: t("models.context"), align: "end", cell: (row) => <Context {...row} /> },
    {
      head: t("requests.took"),
      align: "end",
      cell: ({ first_byte_ms, last_byte_ms }) => (
        <span className="lead-cell nowrap">
          <span>{duration(last_byte_ms)}</span>
          <small>{t("probe.first", { time: duration(first_byte_ms) })}</small>
        </span>
      ),
    },
    {
      head: t("requests.charge"),
      align: "end",
      cell: ({ charge_nanos }) => <Usd nanos={charge_nanos} />,
    },
  ];
}

export function probedModelColumns(): Column<Probe["models"][number]>[] {
  return [
    {
      head: t("models.model"),
      lead: true,
      cell: ({ id, display_name }) => (
        <span className="lead-cell">
          <span>{display_name}</span>
          <small className="mono">{id}</small>
        </span>
      ),
    },
    { head: t("models.category"), cell: ({ category }) => <Badge>{t(`category.${category}`)}</Badge> },
    {
      head: t("models.context"),
      align: "end",
      cell: ({ context_tokens }) => t("models.tokens", { tokens: count(context_tokens) }),
    },
    {
      head: t("models.output"),
      align: "end",
      cell: ({ output_tokens_max }) => t("models.tokens", { tokens: count(output_tokens_max) }),
    },
    {
      head: t("models.copy"),
      bare: true,
      cell: ({ id }) => <CopyButton text={id} label={t("models.copy")} />,
    },
  ];
}
