import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { api, apiUrl } from "../../base/api.ts";
import type { RequestRow } from "../../base/contract.ts";
import { moment } from "../../base/time.ts";
import { exactMoney, money } from "../../base/units.ts";
import { t, tryText } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { Amount } from "../../ui/amount.tsx";
import { CopyLine } from "../../ui/copy.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Facts } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { UsageAndCharge } from "./charge.tsx";
import { PROTOCOL_NAMES } from "./filters.ts";
import { noteText } from "./note-text.ts";
import { PromptSection } from "./prompt.tsx";
import { RequestBadge } from "./request-badge.tsx";
import { Timing } from "./timing.tsx";
import { useKeyNames } from "./use-keys.ts";

function Notes({ notes }: { notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <section className="stack">
      <h3>{t("request.notes")}</h3>
      <ul className="notes">
        {notes.map((note) => (
          <li key={note}>{noteText(note, t)}</li>
        ))}
      </ul>
    </section>
  );
}

/** What was asked for, and how the answer came. */
function operationText({ operation, stream }: RequestRow): string {
  const name = tryText(`operation.${operation}`, operation);
  return operation === "generate" ? `${name} · ${t(stream ? "request.stream" : "request.whole")}` : name;
}

function factsOf(
  request: RequestRow,
  requests: string,
  keyName = t("request.key"),
): (readonly [string, ReactNode])[] {
  const { protocol, client, region, project, answer_id, key_id } = request;
  const said: (readonly [string, ReactNode])[] = [
    [t("requests.time"), moment(request.at)],
    [t("requests.protocol"), PROTOCOL_NAMES[protocol] ?? protocol],
    [t("request.operation"), operationText(request)],
    [
      t("requests.key"),
      <Link key="key" href={`${requests}?key_id=${key_id}`}>
        {keyName}
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
  const [, keyName] = useKeyNames().find(([id]) => id === request.key_id) ?? [];
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
      <section>
        <h3>{t("request.usage")}</h3>
        <UsageAndCharge request={request} />
      </section>
      <section>
        <h3>{t("request.about")}</h3>
        <Facts facts={factsOf(request, `${here.home}/requests`, keyName)} />
      </section>
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
