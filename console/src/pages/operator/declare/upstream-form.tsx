import { useState } from "react";
import { PROTOCOLS } from "../../../../../src/core/protocol.ts";
import { t } from "../../../i18n/t.ts";
import { Check, Field } from "../../../ui/field.tsx";
import { PROTOCOL_NAMES } from "../../requests/filters.ts";
import { DeclareDialog } from "./declare-dialog.tsx";
import { at } from "./draft.ts";
import { useDraft } from "./draft-context.ts";
import { DraftChecks, DraftChoice, DraftId, DraftText, More } from "./draft-fields.tsx";
import { HeaderFields } from "./header-fields.tsx";
import { QuirkFields } from "./quirk-fields.tsx";
import { TryOut } from "./try-out.tsx";

const PROVIDERS = [
  "openai-compatible",
  "anthropic",
  "openai",
  "google",
  "azure",
  "bedrock",
  "vertex",
  "demo",
] as const;

/** Where a provider's requests go unless another address is given. */
const ADDRESSES: Readonly<Record<string, string>> = {
  anthropic: "https://api.anthropic.com",
  openai: "https://api.openai.com/v1",
  google: "https://generativelanguage.googleapis.com/v1beta",
  "openai-compatible": "http://10.0.0.7:8000/v1",
  azure: "https://RESOURCE.openai.azure.com/openai/v1",
  bedrock: "https://bedrock-runtime.us-east-1.amazonaws.com",
  vertex: "https://us-east1-aiplatform.googleapis.com/v1/projects/PROJECT/locations/us-east1",
};

/** They have no address that is everybody's. */
const WITHOUT_ADDRESS: readonly string[] = ["openai-compatible", "azure", "bedrock", "vertex"];

function addressHint(provider: string): string {
  return WITHOUT_ADDRESS.includes(provider)
    ? t("declare.upstream.base_url.required")
    : t("declare.upstream.base_url.hint");
}

/** What a cloud takes as a credential. */
function credentialHint(provider: string): string {
  if (provider === "bedrock") return t("declare.upstream.api_key.bedrock");
  return provider === "vertex" ? t("declare.upstream.api_key.vertex") : t("declare.upstream.api_key.hint");
}

function Credential() {
  const { draft, set, declaration } = useDraft();
  const kept = declaration?.declared?.has_api_key ?? false;
  const gone = at(draft, ["api_key"]) === null;
  return (
    <>
      {!gone && (
        <DraftText
          type="password"
          path={["api_key"]}
          label={t("operator.upstream.credential")}
          hint={credentialHint(String(at(draft, ["provider"]) ?? ""))}
          placeholder={kept ? t("declare.secret.kept") : undefined}
        />
      )}
      {kept && (
        <Check
          label={t("declare.upstream.api_key.remove")}
          checked={gone}
          onCheck={(on) => set(["api_key"], on ? null : undefined)}
        />
      )}
    </>
  );
}

function Fields() {
  const { draft } = useDraft();
  const provider = String(at(draft, ["provider"]) ?? "");
  return (
    <>
      <div className="two">
        <DraftId hint={t("declare.upstream.id.hint")} placeholder="vllm-1" />
        <DraftChoice
          path={["provider"]}
          label={t("operator.upstream.provider")}
          options={PROVIDERS.map((one) => [one, t(`declare.provider.${one}`)])}
        />
      </div>
      {provider !== "demo" && (
        <>
          <DraftText
            path={["base_url"]}
            label={t("operator.upstream.address")}
            hint={addressHint(provider)}
            placeholder={ADDRESSES[provider]}
          />
          <Credential />
        </>
      )}
      <DraftChecks
        path={["protocols"]}
        label={t("models.protocols")}
        hint={t("declare.upstream.protocols.hint")}
        options={PROTOCOLS.map((one) => [one, PROTOCOL_NAMES[one] ?? one])}
      />
      <More label={t("declare.upstream.timeouts")} paths={[["timeouts"], ["after_cut"]]}>
        <div className="two">
          <DraftText
            number
            path={["timeouts", "first_byte_ms"]}
            label={t("declare.upstream.first_byte_ms")}
            unit="ms"
            placeholder="600000"
          />
          <DraftText
            number
            path={["timeouts", "idle_ms"]}
            label={t("declare.upstream.idle_ms")}
            unit="ms"
            placeholder="300000"
          />
        </div>
        <DraftChoice
          path={["after_cut"]}
          label={t("declare.upstream.after_cut")}
          none={t("declare.upstream.after_cut.cancel")}
          options={[["pump", t("declare.upstream.after_cut.pump")]]}
        />
      </More>
      <HeaderFields />
      <QuirkFields />
    </>
  );
}

/** The draft is asked for a model by the upstream's own name: none of ours need have it as a target yet. */
function Test() {
  const { sent } = useDraft();
  const [model, setModel] = useState("");
  return (
    <section className="stack">
      <Field
        label={t("declare.upstream.test-model")}
        hint={t("declare.upstream.test-model.hint")}
        value={model}
        onChange={({ target }) => setModel(target.value)}
      />
      <TryOut
        path="/operator/upstreams/test"
        disabled={model.trim() === ""}
        body={() => ({ upstream: sent(), upstream_model: model.trim() })}
      />
    </section>
  );
}

const START = { provider: "openai-compatible" };

/** Declares an upstream, or changes it. */
export function UpstreamForm({ id, onClose }: { id: string | undefined; onClose: () => void }) {
  return (
    <DeclareDialog
      kind="upstream"
      id={id}
      titles={{ make: t("declare.upstream.new"), change: t("declare.upstream.change") }}
      start={START}
      onClose={onClose}
    >
      <Fields />
      <Test />
    </DeclareDialog>
  );
}
