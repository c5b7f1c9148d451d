import { useState } from "react";
import { Link } from "wouter";
import { api } from "../../../base/api.ts";
import type { OperatorModel } from "../../../base/contract.ts";
import { contextSize } from "../../../base/units.ts";
import { t } from "../../../i18n/t.ts";
import { Button, ButtonLink } from "../../../ui/button.tsx";
import { CopyLine } from "../../../ui/copy.tsx";
import { Badge, Facts } from "../../../ui/page.tsx";
import { toast, toastError } from "../../../ui/toast.tsx";
import { HealthBadge } from "../../models/model-columns.tsx";
import { kindText, rateText } from "../../models/rates.ts";
import { declaredAnew, pathOf } from "../declare/declare-dialog.tsx";
import { DeclaredActions } from "../declare/source.tsx";
import { ProbeButton } from "../probe-results.tsx";
import { UpstreamHealth } from "../upstreams/upstream-health.tsx";
import { ModelMoney } from "./model-money.tsx";
import { PriceHistory } from "./price-history.tsx";

/** Each price, and below it what each target costs. */
function Rates({ model }: { model: OperatorModel }) {
  const costs = model.targets.map(({ cost }) => cost?.rates);
  const kinds = Object.entries(model.price.rates).filter(
    ([kind, nanos]) => nanos !== "0" || costs.some((rates) => (rates?.[kind] ?? "0") !== "0"),
  );
  if (kinds.length === 0) return <p className="hint">{t("models.free")}</p>;
  const facts = kinds.map(([kind, nanos]) => {
    const paid = model.targets.flatMap(({ upstream, model: name, cost }) =>
      cost ? [{ id: `${upstream} ${name}`, upstream, amount: rateText(kind, cost.rates[kind] ?? "0") }] : [],
    );
    const shown = (
      <span key={kind} className="lead-cell">
        <span>{rateText(kind, nanos)}</span>
        {paid.map(({ id, ...cost }) => (
          <small key={id}>{t("operator.cost.at", cost)}</small>
        ))}
      </span>
    );
    return [kindText(kind), shown] as const;
  });
  return <Facts facts={facts} />;
}

interface DetailProps {
  model: OperatorModel;
  onChange: () => void;
  onRemoved: () => void;
}

/** Whether customers have it, at the press of a button. */
function Publish({ id, published }: OperatorModel) {
  const [busy, setBusy] = useState(false);
  async function change() {
    setBusy(true);
    try {
      await api.patch(pathOf("model", id), { published: !published });
      await declaredAnew();
      toast(t(published ? "declare.withdrawn" : "declare.published", { id }));
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  }
  return (
    <Button small look={published ? "plain" : "primary"} busy={busy} onClick={() => void change()}>
      {t(published ? "declare.withdraw" : "declare.publish")}
    </Button>
  );
}

/** One model as the operator has it: where it is served, for how much, whether that works. */
export function OperatorModelDetail({ model, onChange, onRemoved }: DetailProps) {
  const { source, line, published } = model;
  const { id, display_name, category, tier, context_tokens, vendor, aliases, targets } = model;
  const uses = `/operator/requests?model=${encodeURIComponent(id)}`;
  return (
    <div className="stack wide">
      <div className="row">
        <strong className="request-model">{display_name}</strong>
        <Badge>{t(`category.${category}`)}</Badge>
        <Badge mood="accent">{t(`tier.${tier}`)}</Badge>
        <HealthBadge health={model.health} />
        {!published && <Badge mood="warn">{t("declare.unpublished")}</Badge>}
      </div>
      <div className="row">
        {source === "console" && <Publish {...model} />}
        <DeclaredActions kind="model" {...{ id, source, line, onChange, onRemoved }} />
      </div>
      <CopyLine label={t("models.id")} text={id} />
      <Facts
        facts={[
          [t("models.vendor"), vendor || "–"],
          [t("models.context"), t("models.tokens", { tokens: contextSize(context_tokens) })],
          [t("models.aliases"), aliases.join(", ") || "–"],
        ]}
      />
      <section className="stack">
        <h3>{t("operator.model.targets")}</h3>
        <ul className="rows">
          {targets.map(({ upstream, model: name, weight, order, health, last_hour }) => (
            <li key={`${upstream} ${name}`}>
              <span className="lead-cell">
                <Link href={`/operator/upstreams?upstream=${encodeURIComponent(upstream)}`}>{upstream}</Link>
                <small className="mono">{name}</small>
              </span>
              <span className="row">
                <span className="muted">{t("operator.model.weight", { weight, order })}</span>
                <UpstreamHealth {...{ health, last_hour }} />
              </span>
            </li>
          ))}
        </ul>
        <ProbeButton
          path={`/operator/models/${encodeURIComponent(id)}/test`}
          changes={["models", " operator"]}
        />
      </section>
      <section className="stack">
        <h3>{t("models.price")}</h3>
        <Rates model={model} />
      </section>
      <ModelMoney id={id} />
      <PriceHistory id={id} />
      <div className="actions start">
        <ButtonLink to={uses} icon="requests">
          {t("keys.see-requests")}
        </ButtonLink>
      </div>
    </div>
  );
}
