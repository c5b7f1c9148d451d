import { CATEGORIES, ENDPOINTS, TIERS } from "../../../../../src/config/types.ts";
import { t } from "../../../i18n/t.ts";
import { DeclareDialog } from "./declare-dialog.tsx";
import { at } from "./draft.ts";
import { useDraft } from "./draft-context.ts";
import {
  DraftArea,
  DraftCheck,
  DraftChecks,
  DraftChoice,
  DraftId,
  DraftJson,
  DraftText,
  DraftWords,
  More,
} from "./draft-fields.tsx";
import { LimitFields } from "./limit-fields.tsx";
import { PriceFields } from "./price-fields.tsx";
import { QuirkFields } from "./quirk-fields.tsx";
import { TargetFields } from "./target-fields.tsx";
import { TryOut } from "./try-out.tsx";

function Catalogued() {
  const none = t("declare.known-or");
  return (
    <>
      <div className="two">
        <DraftChoice
          path={["category"]}
          label={t("models.kind")}
          none={none}
          options={CATEGORIES.map((one) => [one, t(`category.${one}`)])}
        />
        <DraftChoice
          path={["tier"]}
          label={t("declare.model.tier")}
          none={none}
          options={TIERS.map((one) => [one, t(`tier.${one}`)])}
        />
        <DraftText
          number
          path={["context_tokens"]}
          label={t("models.context")}
          unit={t("declare.tokens")}
          placeholder={none}
        />
        <DraftText
          number
          path={["output_tokens_max"]}
          label={t("declare.model.output_tokens_max")}
          unit={t("declare.tokens")}
          placeholder={none}
        />
      </div>
      <More
        label={t("declare.model.more")}
        paths={[["vendor"], ["family"], ["description"], ["aliases"], ["endpoints"]]}
      >
        <div className="two">
          <DraftText path={["vendor"]} label={t("models.vendor")} />
          <DraftText path={["family"]} label={t("declare.model.family")} />
        </div>
        <DraftArea path={["description"]} label={t("declare.description")} rows={2} />
        <DraftWords path={["aliases"]} label={t("models.aliases")} hint={t("declare.model.aliases.hint")} />
        <DraftChecks
          path={["endpoints"]}
          label={t("declare.model.endpoints")}
          hint={t("declare.model.endpoints.hint")}
          options={ENDPOINTS.map((one) => [one, one])}
        />
      </More>
    </>
  );
}

function Fields() {
  return (
    <>
      <div className="two">
        <DraftId hint={t("declare.model.id.hint")} placeholder="gpt-oss-120b" />
        <DraftText
          path={["display_name"]}
          label={t("declare.model.display_name")}
          placeholder="GPT-OSS 120B"
        />
      </div>
      <DraftCheck
        byDefault
        path={["published"]}
        label={t("declare.model.published")}
        hint={t("declare.model.published.hint")}
      />
      <TargetFields />
      <section className="stack" aria-label={t("models.price")}>
        <h3>{t("models.price")}</h3>
        <p className="hint">{t("declare.model.price.hint")}</p>
        <PriceFields at={["price"]} />
      </section>
      <section className="stack">
        <h3>{t("declare.model.catalogue")}</h3>
        <Catalogued />
      </section>
      <More label={t("declare.model.limits")} paths={[["limits"]]}>
        <p className="hint">{t("declare.model.limits.hint")}</p>
        <LimitFields at={["limits"]} />
      </More>
      <More label={t("declare.model.defaults")} paths={[["defaults"]]}>
        <DraftJson
          path={["defaults"]}
          label={t("declare.model.defaults.json")}
          hint={t("declare.model.defaults.hint")}
          placeholder='{ "temperature": 0.7 }'
        />
      </More>
      <QuirkFields />
    </>
  );
}

function Test() {
  const { draft, sent } = useDraft();
  return (
    <TryOut
      path="/operator/models/test"
      disabled={at(draft, ["id"]) === undefined}
      body={() => ({ model: sent() })}
    />
  );
}

const START = { targets: [{}] };

/** Declares a model, or changes it. */
export function ModelForm({ id, onClose }: { id: string | undefined; onClose: () => void }) {
  return (
    <DeclareDialog
      kind="model"
      id={id}
      titles={{ make: t("declare.model.new"), change: t("declare.model.change") }}
      start={START}
      onClose={onClose}
    >
      <Fields />
      <Test />
    </DeclareDialog>
  );
}
