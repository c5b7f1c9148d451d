import type { ReactNode } from "react";
import type { AccountModel } from "../../base/contract.ts";
import { contextSize, count } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";
import { useHere } from "../../shell/session.ts";
import { ButtonLink } from "../../ui/button.tsx";
import { CopyLine } from "../../ui/copy.tsx";
import { Badge, Facts } from "../../ui/page.tsx";
import { PROTOCOL_NAMES } from "../requests/filters.ts";
import { HealthBadge } from "./model-columns.tsx";
import { kindText, rateText } from "./rates.ts";

/** Kinds that most models bill as another one; where they do, one line says it. */
const BILLED_AS: Readonly<Record<string, string>> = {
  cache_write_5m: "input",
  cache_write_1h: "input",
  audio_input: "input",
  reasoning: "output",
  audio_output: "output",
  image_output: "output",
};

function Rates({ rates }: { rates: Readonly<Record<string, string>> }) {
  const known = Object.entries(rates).filter(
    ([kind, nanos]) => nanos !== "0" && nanos !== rates[BILLED_AS[kind] ?? ""],
  );
  if (known.length === 0) return <p className="hint">{t("models.free")}</p>;
  return <Facts facts={known.map(([kind, nanos]) => [kindText(kind), rateText(kind, nanos)])} />;
}

/** One model: what it is, what it can be asked in, what it costs. */
export function ModelFacts({ model, actions }: { model: AccountModel; actions?: ReactNode }) {
  const facts: (readonly [string, ReactNode])[] = [
    [t("models.vendor"), model.vendor],
    [t("models.context"), t("models.tokens", { tokens: count(model.context_tokens) })],
    [t("models.output"), t("models.tokens", { tokens: count(model.output_tokens_max) })],
    [t("models.endpoints"), model.endpoints.join(", ")],
    [t("models.protocols"), model.protocols.map((one) => PROTOCOL_NAMES[one] ?? one).join(", ")],
    [t("models.aliases"), model.aliases.join(", ")],
  ];
  const { rates, tiers, periods, multiplier } = model.price;
  return (
    <div className="stack wide">
      <div className="row">
        <strong className="request-model">{model.display_name}</strong>
        <Badge>{t(`category.${model.category}`)}</Badge>
        <Badge mood="accent">{t(`tier.${model.tier}`)}</Badge>
        <HealthBadge health={model.health} />
      </div>
      {model.description && <p>{model.description}</p>}
      {!model.included && <p className="notice warn">{t("models.not-included")}</p>}
      <CopyLine label={t("models.id")} text={model.id} />
      <Facts facts={facts.filter(([, value]) => value)} />
      <section className="stack">
        <h3>{t("models.price")}</h3>
        <Rates rates={rates} />
        {multiplier !== "1" && <p className="hint">{t("models.multiplier", { multiplier })}</p>}
        {tiers.map((tier) => (
          <div key={tier.above_input_tokens}>
            <p className="hint">{t("models.above", { tokens: contextSize(tier.above_input_tokens) })}</p>
            <Rates rates={tier.rates} />
          </div>
        ))}
        {periods.map((period) => (
          <div key={period.from}>
            <p className="hint">{t("models.period", { from: period.from, until: period.until ?? "…" })}</p>
            <Rates rates={period.rates} />
          </div>
        ))}
      </section>
      {actions}
    </div>
  );
}

/** The same with what a member can do with it. */
export function ModelDetail({ model }: { model: AccountModel }) {
  const here = useHere();
  const actions = (
    <div className="actions start">
      <ButtonLink to={`${here.home}/playground?model=${encodeURIComponent(model.id)}`} icon="playground">
        {t("models.try")}
      </ButtonLink>
      <ButtonLink to={`${here.home}/requests?model=${encodeURIComponent(model.id)}`} icon="requests">
        {t("keys.see-requests")}
      </ButtonLink>
    </div>
  );
  return <ModelFacts model={model} actions={actions} />;
}
