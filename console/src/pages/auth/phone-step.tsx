import { useState } from "react";
import { api } from "../../base/api.ts";
import type { CodeSent } from "../../base/contract.ts";
import { t } from "../../i18n/t.ts";
import { Field } from "../../ui/field.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { CodeForm } from "./code-form.tsx";

interface PhoneStepProps<Proof> {
  /** Where codes are asked for and given: `/auth/phone` before there is a user, `/me/phone` after. */
  path: "/auth/phone" | "/me/phone";
  onVerified: (answer: Proof) => Promise<void> | void;
}

/** A number, then the code that was sent to it. */
export function PhoneStep<Proof>({ path, onVerified }: PhoneStepProps<Proof>) {
  const [phone, setPhone] = useState("");
  const [sent, setSent] = useState<CodeSent>();
  const sending = useSending();
  async function sendCode(): Promise<CodeSent> {
    const answer = await api.post<CodeSent>(`${path}/code`, { phone });
    setSent(answer);
    return answer;
  }
  if (!sent) {
    return (
      <Form wide sending={sending} fields={["phone"]} submit={t("auth.phone.send")} onSubmit={sendCode}>
        <Field
          label={t("auth.phone")}
          hint={t("auth.phone.hint")}
          type="tel"
          name="phone"
          autoComplete="tel"
          placeholder="+1 415 555 2671"
          value={phone}
          onChange={({ target }) => setPhone(target.value)}
          error={sending.errorOf("phone")}
          autoFocus
          required
        />
      </Form>
    );
  }
  const { challenge, resend_after_s } = sent;
  return (
    <CodeForm
      label={t("auth.phone.code", { phone })}
      submit={t("auth.continue")}
      onCode={async (code) => onVerified(await api.post<Proof>(`${path}/verify`, { challenge, code }))}
      resend={{ afterS: resend_after_s, send: sendCode }}
    />
  );
}
