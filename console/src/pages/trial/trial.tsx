import { useState } from "react";
import { api } from "../../base/api.ts";
import type { CodeSent, TrialKey } from "../../base/contract.ts";
import { newStore, useStore } from "../../base/store.ts";
import { language } from "../../i18n/language.ts";
import { t } from "../../i18n/t.ts";
import { useMeta } from "../../shell/meta.ts";
import { PublicFrame } from "../../shell/public-frame.tsx";
import { Field } from "../../ui/field.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { Card } from "../../ui/page.tsx";
import { CodeForm } from "../auth/code-form.tsx";
import { GivenKey } from "./given-key.tsx";

const FIELDS = {
  email: { type: "email", autoComplete: "email", label: "auth.email", hint: "trial.email.hint" },
  phone: { type: "tel", autoComplete: "tel", label: "auth.phone", hint: "auth.phone.hint" },
} as const;

/** Outlives a change of language: nobody can show it again. */
const givenStore = newStore<TrialKey | undefined>(undefined);

type Given = (key: TrialKey) => void;

const claim = (proof: { challenge?: string; code?: string }) => api.post<TrialKey>("/trial/key", proof);

/** The address or number, then the code that was sent to it. */
function Prove({ by, onKey }: { by: "email" | "phone"; onKey: Given }) {
  const [to, setTo] = useState("");
  const [sent, setSent] = useState<CodeSent>();
  const sending = useSending();
  const { label, hint, ...input } = FIELDS[by];
  async function send(): Promise<CodeSent> {
    const answer = await api.post<CodeSent>("/trial/code", { [by]: to, locale: language() });
    setSent(answer);
    return answer;
  }
  if (sent) {
    return (
      <CodeForm
        label={t("auth.phone.code", { phone: to })}
        submit={t("trial.get")}
        onCode={async (code) => onKey(await claim({ challenge: sent.challenge, code }))}
        resend={{ afterS: sent.resend_after_s, send }}
      />
    );
  }
  return (
    <Form wide sending={sending} fields={[by]} submit={t("auth.phone.send")} onSubmit={send}>
      <Field
        label={t(label)}
        hint={t(hint)}
        name={by}
        {...input}
        value={to}
        onChange={({ target }) => setTo(target.value)}
        error={sending.errorOf(by)}
        autoFocus
        required
      />
    </Form>
  );
}

function Ask({ onKey }: { onKey: Given }) {
  const sending = useSending();
  return (
    <Form
      wide
      sending={sending}
      fields={[]}
      submit={t("trial.get")}
      onSubmit={async () => onKey(await claim({}))}
    >
      <p>{t("trial.nothing")}</p>
    </Form>
  );
}

/** A key without an account: proven once, shown once, with how tools are set up. */
export function TrialPage() {
  const { trial, brand } = useMeta();
  const key = useStore(givenStore);
  const lead = t(key ? "trial.given.lead" : "trial.lead", { name: brand.name });
  return (
    <PublicFrame title={key ? t("trial.given") : t("trial.title")} lead={lead}>
      {key ? (
        <GivenKey given={key} />
      ) : (
        <div className="narrow">
          <Card>
            {trial && trial.verify !== "none" ? (
              <Prove by={trial.verify} onKey={givenStore.set} />
            ) : (
              <Ask onKey={givenStore.set} />
            )}
          </Card>
        </div>
      )}
    </PublicFrame>
  );
}
