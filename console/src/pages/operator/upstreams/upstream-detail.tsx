import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { api } from "../../../base/api.ts";
import type { UpstreamDetail } from "../../../base/contract.ts";
import { ago, moment } from "../../../base/time.ts";
import { t } from "../../../i18n/t.ts";
import { ButtonLink } from "../../../ui/button.tsx";
import { Choice, Field } from "../../../ui/field.tsx";
import { Badge, Facts } from "../../../ui/page.tsx";
import { Loaded } from "../../../ui/states.tsx";
import { PROTOCOL_NAMES } from "../../requests/filters.ts";
import { DeclaredActions } from "../declare/source.tsx";
import { TryOut } from "../declare/try-out.tsx";
import { ProbeButton } from "../probe-results.tsx";
import { UpstreamHealth } from "./upstream-health.tsx";

function LastErrors({ errors }: { errors: UpstreamDetail["last_errors"] }) {
  if (errors.length === 0) return <p className="hint">{t("operator.upstream.no-errors")}</p>;
  return (
    <ul className="rows">
      {errors.map(({ request_id, at, model, status, reason }) => (
        <li key={`${request_id} ${at}`}>
          <span className="lead-cell">
            <Link href={`/operator/requests/${request_id}`}>{model}</Link>
            <small>{reason ?? t("operator.upstream.no-reason")}</small>
          </span>
          <span className="row">
            <span className="muted" title={moment(at)}>
              {ago(at)}
            </span>
            <Badge mood="bad">{status === 0 ? t("operator.upstream.no-answer") : status}</Badge>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** None of our models has it as a target: it is asked by its own name of one. */
function TestByName({ id }: { id: string }) {
  const [model, setModel] = useState("");
  return (
    <>
      <Field
        label={t("declare.upstream.test-model")}
        hint={t("operator.upstream.no-models")}
        value={model}
        onChange={({ target }) => setModel(target.value)}
      />
      <TryOut
        path="/operator/upstreams/test"
        disabled={model.trim() === ""}
        body={() => ({ upstream: { id }, upstream_model: model.trim() })}
      />
    </>
  );
}

function TestCall({ id, models }: { id: string; models: readonly string[] }) {
  const [model, setModel] = useState(models[0] ?? "");
  if (models.length === 0) return <TestByName id={id} />;
  return (
    <>
      {models.length > 1 && (
        <Choice
          label={t("models.model")}
          value={model}
          onChoose={setModel}
          options={models.map((one) => [one, one])}
        />
      )}
      <ProbeButton
        key={model}
        path={`/operator/upstreams/${encodeURIComponent(id)}/test`}
        body={{ model }}
        changes={["/operator/upstreams"]}
      />
    </>
  );
}

/** One upstream: what it serves, whether it answers, what went wrong in the last day. */
export function UpstreamPanel({
  id,
  onChange,
  onRemoved,
}: {
  id: string;
  onChange: () => void;
  onRemoved: () => void;
}) {
  const upstream = useQuery({
    queryKey: ["/operator/upstreams", "one", id],
    queryFn: () => api.get<UpstreamDetail>(`/operator/upstreams/${encodeURIComponent(id)}`),
  });
  return (
    <Loaded query={upstream} lines={8}>
      {({
        provider,
        base_url,
        protocols,
        has_api_key,
        models,
        health,
        last_hour,
        last_errors,
        source,
        line,
      }) => (
        <div className="stack wide">
          <div className="row">
            <strong className="request-model">{id}</strong>
            <UpstreamHealth {...{ health, last_hour }} />
          </div>
          <DeclaredActions kind="upstream" {...{ id, source, line, onChange, onRemoved }} />
          <Facts
            facts={[
              [t("operator.upstream.provider"), provider],
              [t("operator.upstream.address"), base_url ? <code key="url">{base_url}</code> : "–"],
              [t("models.protocols"), protocols.map((one) => PROTOCOL_NAMES[one] ?? one).join(", ")],
              [
                t("operator.upstream.credential"),
                t(has_api_key ? "operator.upstream.credential.set" : "operator.upstream.credential.none"),
              ],
              [t("nav.models"), models.join(", ") || "–"],
            ]}
          />
          <section className="stack">
            <h3>{t("operator.test")}</h3>
            <TestCall id={id} models={models} />
          </section>
          <section className="stack">
            <h3>{t("operator.upstream.errors")}</h3>
            <LastErrors errors={last_errors} />
          </section>
          <div className="actions start">
            <ButtonLink to={`/operator/requests?upstream=${encodeURIComponent(id)}`} icon="requests">
              {t("keys.see-requests")}
            </ButtonLink>
          </div>
        </div>
      )}
    </Loaded>
  );
}
