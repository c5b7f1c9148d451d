import type { Pricing } from "../../base/contract.ts";
import { count, money } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";
import { useMeta } from "../../shell/meta.ts";
import { ButtonLink } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { multiplierText } from "../models/rates.ts";

type Plan = Pricing["plans"][number];

const COUNTED = ["requests_per_minute", "requests_per_day", "tokens_per_minute", "concurrency"] as const;
const SPENT = ["spend_per_day_nanos", "spend_per_month_nanos"] as const;

function limitsOf(limits: Plan["limits"], whose: "key" | "account"): string[] {
  const counted = COUNTED.flatMap((kind) => {
    const limit = limits[kind];
    return limit === null ? [] : [`${count(limit)} ${t(`keys.limit.${kind}.unit`)}`];
  });
  const spent = SPENT.flatMap((kind) => {
    const limit = limits[kind];
    return limit === null ? [] : [t(`keys.terms.${kind}`, { amount: money(limit) })];
  });
  return [...counted, ...spent].map((limit) => t(`pricing.limit.${whose}`, { limit }));
}

function creditOf({ seat_nanos, credit_keys_max: keysMax }: Plan, credit: string): string {
  const amount = money(credit);
  if (keysMax !== null) return t("pricing.credit.keys", { amount, count: keysMax });
  return t(seat_nanos === null ? "probe.credit" : "plans.pricing.credit", { amount });
}

function factsOf(plan: Plan): string[] {
  const { monthly_credit_nanos: credit, price_multiplier: multiplier, models } = plan;
  const limits = [...limitsOf(plan.limits, "key"), ...limitsOf(plan.account_limits, "account")];
  return [
    ...(credit === null ? [] : [creditOf(plan, credit)]),
    ...(credit !== null && plan.credit_carries_over ? [t("pricing.carries")] : []),
    multiplier === "1" ? t("pricing.list") : multiplierText(multiplier),
    models === null ? t("pricing.all-models") : t("keys.terms.models", { count: models.length }),
    ...(limits.length === 0 ? [t("pricing.no-limits")] : limits),
  ];
}

function PriceLine({ plan: { price_nanos: price, per_seat, seat_nanos, seats_min } }: { plan: Plan }) {
  if (price === null) return <p className="plan-price plain">{t("pricing.as-used")}</p>;
  return (
    <div>
      <p className="plan-price">
        {money(price)} <small>{t(per_seat ? "pricing.per-seat" : "pricing.per-month")}</small>
      </p>
      {seat_nanos !== null && <p>{t("plans.pricing.seat", { amount: money(seat_nanos) })}</p>}
      {seats_min !== null && seats_min > 1 && (
        <p className="hint">{t("pricing.seats-min", { count: seats_min })}</p>
      )}
    </div>
  );
}

function Start({ plan }: { plan: Plan }) {
  const { sign_up, trial } = useMeta();
  if (plan.is_trial && trial)
    return (
      <a className="button primary" href={trial.path}>
        {t("trial.get")}
      </a>
    );
  if (plan.is_sold)
    return (
      <ButtonLink to={`/choose/${encodeURIComponent(plan.id)}`} look="primary">
        {t("plans.pricing.choose", { name: plan.name })}
      </ButtonLink>
    );
  return sign_up.mode === "open" ? (
    <ButtonLink to="/sign-up" look="primary">
      {t("auth.sign-up.link")}
    </ButtonLink>
  ) : (
    <ButtonLink to="/sign-in">{t("auth.sign-in.link")}</ButtonLink>
  );
}

/** A plan as it is sold: its price, what is in it, its limits, and how to begin. */
export function PlanCard({ plan }: { plan: Plan }) {
  return (
    <article className="card plan-card">
      <div>
        <h2>{plan.name}</h2>
        {plan.description && <p className="hint">{plan.description}</p>}
      </div>
      <PriceLine plan={plan} />
      <ul className="plan-facts">
        {factsOf(plan).map((fact) => (
          <li key={fact}>
            <Icon name="check" size={15} /> {fact}
          </li>
        ))}
      </ul>
      <Start plan={plan} />
    </article>
  );
}
