import { useQuery } from "@tanstack/react-query";
import { type ComponentType, useState } from "react";
import type { SettingId } from "../../../../../src/config/declared.ts";
import { api } from "../../../base/api.ts";
import type { Declaration, OperatorPlan } from "../../../base/contract.ts";
import type { Listed } from "../../../base/queries.ts";
import { t } from "../../../i18n/t.ts";
import { Dialog } from "../../../ui/dialog.tsx";
import { Check } from "../../../ui/field.tsx";
import { DeclareForm } from "./declare-dialog.tsx";
import { at } from "./draft.ts";
import { useDraft } from "./draft-context.ts";
import { DraftCheck, DraftChoice, DraftOneOf, DraftText, DraftWords, More } from "./draft-fields.tsx";
import { ErrorFields } from "./error-fields.tsx";
import {
  AccountsFields,
  CatalogueFields,
  ColorFields,
  CurrenciesFields,
  HostsFields,
  ProxiesFields,
  RegionsFields,
} from "./section-fields.tsx";

const BASE_URLS = ["anthropic", "openai", "gemini", "codex", "speech"] as const;

function BrandFields() {
  return (
    <>
      <div className="two">
        <DraftText path={["name"]} label={t("declare.brand.name")} placeholder="Quoin" />
        <DraftText
          path={["key_variable"]}
          label={t("declare.brand.key_variable")}
          hint={t("declare.brand.key_variable.hint")}
          placeholder="QUOIN_API_KEY"
        />
      </div>
      <DraftText path={["logo"]} label={t("declare.brand.logo")} hint={t("declare.brand.logo.hint")} />
      <div className="two">
        <ColorFields at={["colors"]} />
      </div>
      <More label={t("declare.brand.base_urls")} paths={[["base_urls"]]}>
        <p className="hint">{t("declare.brand.base_urls.hint")}</p>
        <div className="two">
          {BASE_URLS.map((kind) => (
            <DraftText
              key={kind}
              path={["base_urls", kind]}
              label={t(`declare.brand.base_url.${kind}`)}
              placeholder="https://ai.example.com"
            />
          ))}
        </div>
      </More>
    </>
  );
}

function PlanField({ path, none }: { path: readonly string[]; none?: string }) {
  const { data } = useQuery({
    queryKey: ["/operator/plans", "choice"],
    queryFn: () => api.get<Listed<OperatorPlan>>("/operator/plans", { limit: 200 }),
  });
  return (
    <DraftChoice
      path={path}
      label={t("keys.plan")}
      {...(none !== undefined && { none })}
      options={(data?.items ?? []).map(({ id }) => [id, id])}
    />
  );
}

const VERIFIED = ["email", "phone", "none"] as const;

/** A page where a visitor gets a key. */
function TrialFields() {
  const { draft, set } = useDraft();
  const on = at(draft, ["trial"]) !== undefined;
  return (
    <>
      <Check
        label={t("declare.signup.trial")}
        hint={t("declare.signup.trial.hint")}
        checked={on}
        onCheck={(wanted) => set(["trial"], wanted ? { path: "/free-key", plan: "default" } : undefined)}
      />
      {on && (
        <div className="two">
          <DraftText
            path={["trial", "path"]}
            label={t("declare.signup.trial.path")}
            placeholder="/free-key"
          />
          <PlanField path={["trial", "plan"]} />
          <DraftOneOf
            path={["trial", "verify"]}
            label={t("declare.signup.trial.verify")}
            values={VERIFIED}
            byDefault="email"
            text={(one) => t(`declare.signup.verify.${one}`)}
          />
          <DraftText
            number
            path={["trial", "per_address_per_day"]}
            label={t("declare.signup.trial.per_address")}
            placeholder="3"
          />
        </div>
      )}
    </>
  );
}

const MODES = ["open", "invitation", "closed"] as const;
const PHONES = ["required", "optional", "off"] as const;

function SignUpFields() {
  return (
    <>
      <div className="two">
        <DraftChoice
          path={["mode"]}
          label={t("operator.settings.sign-up")}
          options={MODES.map((one) => [one, t(`operator.settings.sign-up.${one}`)])}
        />
        <DraftChoice
          path={["phone"]}
          label={t("declare.signup.phone")}
          options={PHONES.map((one) => [one, t(`declare.signup.phone.${one}`)])}
        />
        <DraftText
          path={["credit"]}
          label={t("declare.signup.credit")}
          hint={t("declare.signup.credit.hint")}
          unit="USD"
        />
        <PlanField path={["plan"]} none={t("declare.signup.plan.first")} />
      </div>
      <More
        label={t("declare.signup.countries")}
        paths={[["countries_allow"], ["countries_deny"], ["country_messages_per_hour"]]}
      >
        <DraftWords path={["countries_allow"]} label={t("declare.signup.allow")} placeholder="DE, FR" />
        <DraftWords path={["countries_deny"]} label={t("declare.signup.deny")} />
        <DraftText
          number
          path={["country_messages_per_hour"]}
          label={t("declare.signup.messages")}
          placeholder="100"
        />
      </More>
      <TrialFields />
    </>
  );
}

function PromptFields() {
  return (
    <>
      <DraftCheck
        byDefault
        path={["keep"]}
        label={t("declare.prompts.keep")}
        hint={t("declare.prompts.keep.hint")}
      />
      <DraftText
        number
        path={["days"]}
        label={t("declare.prompts.days")}
        hint={t("declare.prompts.days.hint")}
        placeholder="30"
      />
    </>
  );
}

const FIELDS: Readonly<Record<SettingId, ComponentType>> = {
  brand: BrandFields,
  signup: SignUpFields,
  catalogue: CatalogueFields,
  prompts: PromptFields,
  errors: ErrorFields,
  hosts: HostsFields,
  regions: RegionsFields,
  currencies: CurrenciesFields,
  accounts: AccountsFields,
  trusted_proxies: ProxiesFields,
};

/** Declares a section of the configuration, as a whole. */
export function SettingForm({
  id,
  declaration,
  onClose,
}: {
  id: SettingId;
  declaration: Declaration;
  onClose: () => void;
}) {
  const Fields = FIELDS[id];
  // Of what the form began with: nobody's change is written over unseen.
  const [was] = useState(declaration.declared?.updated_at ?? "none");
  return (
    <Dialog kind="wide" title={t(`declare.setting.${id}`)} onClose={onClose}>
      <DeclareForm
        declaration={declaration}
        start={{}}
        save={(_, draft) => api.put(`/operator/settings/${id}?was=${was}`, draft)}
        onClose={onClose}
      >
        <Fields />
      </DeclareForm>
    </Dialog>
  );
}
