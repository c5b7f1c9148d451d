import { useQuery } from "@tanstack/react-query";
import { api } from "../../base/api.ts";
import type { AccountModel, Pricing } from "../../base/contract.ts";
import { t } from "../../i18n/t.ts";
import { PublicFrame } from "../../shell/public-frame.tsx";
import { Loaded } from "../../ui/states.tsx";
import { Catalogue } from "../models/catalogue.tsx";
import { modelColumns } from "../models/model-columns.tsx";
import { ModelFacts } from "../models/model-detail.tsx";
import { PlanCard } from "./plan-card.tsx";

/** To everybody every model is as to an account whose plan has them all. */
const asOffered = (model: Pricing["models"][number]): AccountModel => ({ ...model, included: true });

/** Plans, and what every model costs. */
export function PricingPage() {
  const pricing = useQuery({ queryKey: ["pricing"], queryFn: () => api.get<Pricing>("/pricing") });
  return (
    <PublicFrame title={t("pricing.title")} lead={t("pricing.lead")}>
      <Loaded query={pricing} lines={10}>
        {({ plans, models }) => (
          <>
            <section className="plans" aria-label={t("pricing.plans")}>
              {plans.map((plan) => (
                <PlanCard key={plan.id} plan={plan} />
              ))}
            </section>
            <h2>{t("nav.models")}</h2>
            <Catalogue
              models={models.map(asOffered)}
              columns={modelColumns}
              detail={(model) => <ModelFacts model={model} />}
              unit={t("models.unit")}
            />
          </>
        )}
      </Loaded>
    </PublicFrame>
  );
}
