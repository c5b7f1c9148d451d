import { useQuery } from "@tanstack/react-query";
import { api } from "../../base/api.ts";
import type { AccountModel, Pricing } from "../../base/contract.ts";
import { t } from "../../i18n/t.ts";
import { useMeta } from "../../shell/meta.ts";
import { PublicFrame } from "../../shell/public-frame.tsx";
import { useSession } from "../../shell/session.ts";
import { ButtonLink } from "../../ui/button.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import { Catalogue } from "../models/catalogue.tsx";
import { modelColumns } from "../models/model-columns.tsx";
import { ModelFacts } from "../models/model-detail.tsx";
import { PlanCard } from "./plan-card.tsx";

/** To everybody every model is as to an account whose plan has them all. */
const asOffered = (model: Pricing["models"][number]): AccountModel => ({ ...model, included: true });

function Prices() {
  const pricing = useQuery({ queryKey: ["pricing"], queryFn: () => api.get<Pricing>("/pricing") });
  return (
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
  );
}

/** What a visitor sees of a catalogue that is not for everybody. */
function SignInFirst() {
  return (
    <Empty
      icon="keys"
      title={t("pricing.closed")}
      action={
        <ButtonLink look="primary" to="/sign-in?next=/pricing">
          {t("auth.sign-in.link")}
        </ButtonLink>
      }
    >
      {t("pricing.closed.text")}
    </Empty>
  );
}

function ForWhoSignedIn() {
  const session = useSession();
  return <Loaded query={session}>{(me) => (me === null ? <SignInFirst /> : <Prices />)}</Loaded>;
}

/** Plans, and what every model costs. */
export function PricingPage() {
  const { catalogue } = useMeta();
  return (
    <PublicFrame title={t("pricing.title")} lead={t("pricing.lead")}>
      {catalogue === "everybody" ? <Prices /> : <ForWhoSignedIn />}
    </PublicFrame>
  );
}
