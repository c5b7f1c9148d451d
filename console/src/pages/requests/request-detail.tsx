import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { api, apiUrl } from "../../base/api.ts";
import type { RequestRow } from "../../base/contract.ts";
import { moment } from "../../base/time.ts";
import { count, exactMoney, money } from "../../base/units.ts";
import { t, tryText } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { Amount } from "../../ui/amount.tsx";
import { CopyLine } from "../../ui/copy.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Facts } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { PROTOCOL_NAMES } from "./filters.ts";
import { PromptSection } from "./prompt.tsx";
import { RequestBadge } from "./request-badge.tsx";
import { Timing } from "./timing.tsx";

function UsageTable({ request }: { request: RequestRow }) {
  const kinds = Object.entries(request.usage).filter(([, amount]) => amount > 0);
  if (kinds.length === 0) return <p className="hint">{t("request.no-usage")}</p>;
  return (
    <>
      <Facts facts={kinds.map(([kind, amount]) => [tryText(`usage.${kind}`, kind), count(amount)])} />
      <p className="hint">{t(`request.source.${request.usage_source}`)}</p>
    </>
  );
}

function Notes({ notes }: { notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <section className="stack">
      <h3>{t("request.notes")}</h3>
      <ul className="notes">
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </section>
  );
}

function factsOf(request: RequestRow, requests: string): (readonly [string, ReactNode])[] {
  const { protocol, operation, stream, client, region, project, answer_id, key_id } = request;
  const said: (readonly [string, ReactNode])[] = [
    [t("requests.time"), moment(request.at)],
    [t("requests.protocol"), PROTOCOL_NAMES[protocol] ?? protocol],
    [t("request.operation"), `${operation} · ${t(stream ? "request.stream" : "request.whole")}`],
    [
      t("requests.key"),
      <Link key="key" href={`${requests}?key_id=${key_id}`}>
        {t("request.key")}
      </Link>,
    ],
    [t("requests.client"), client],
    [t("request.project"), project],
    [t("request.region"), region],
    [t("request.answer-id"), answer_id && <code>{answer_id}</code>],
  ];
  return said.filter(([, value]) => value);
}

function Money({ request }: { request: RequestRow }) {
  const here = useHere();
  const { charge_nanos: charge, cache_saved_nanos: saved } = request;
  const receipt = apiUrl(`${here.api}/requests/${request.id}/receipt`);
  return (
    <section className="money-line">
      <div>
        <span className="hint">{t("requests.charge")}</span>
        <strong>
          <Amount nanos={charge} />
        </strong>
      </div>
      {saved !== null && saved !== "0" && (
        <div>
          <span className="hint">{t("overview.saved")}</span>
          <strong title={exactMoney(saved)}>{money(saved)}</strong>
        </div>
      )}
      <div>
        <span className="hint">{t("request.price")}</span>
        <strong>{t("request.price-version", { version: request.price_version })}</strong>
      </div>
      {charge !== "0" && (
        <a className="button plain small" href={receipt} download={`receipt-${request.id}.json`}>
          <Icon name="download" size={15} />
          {t("request.receipt")}
        </a>
      )}
    </section>
  );
}

function Shown({ request }: { request: RequestRow }) {
  const here = useHere();
  return (
    <div className="stack wide">
      <div className="row">
        <strong className="request-model">{request.model || t("requests.no-model")}</strong>
        <RequestBadge {...request} />
      </div>
      {request.error && <p className="notice bad">{request.error}</p>}
      <Money request={request} />
      <section className="stack">
        <h3>{t("request.timing")}</h3>
        <Timing request={request} />
      </section>
      <div className="grid-2">
        <section>
          <h3>{t("request.usage")}</h3>
          <UsageTable request={request} />
        </section>
        <section>
          <h3>{t("request.about")}</h3>
          <Facts facts={factsOf(request, `${here.home}/requests`)} />
        </section>
      </div>
      <Notes notes={request.notes} />
      <PromptSection request={request} />
      <CopyLine label={t("request.id")} text={request.id} />
    </div>
  );
}

/** One request: how it went, what it used, what it cost. */
export function RequestDetail({ id }: { id: string }) {
  const here = useHere();
  const request = useQuery({
    queryKey: ["request", id],
    queryFn: () => api.get<RequestRow>(`${here.api}/requests/${id}`),
  });
  return (
    <Loaded query={request} lines={10}>
      {(found) => <Shown request={found} />}
    </Loaded>
  );
}
