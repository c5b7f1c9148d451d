import { useState } from "react";
import { Link } from "wouter";
import { api } from "../../base/api.ts";
import { t } from "../../i18n/t.ts";
import { Field } from "../../ui/field.tsx";
import { Form, useSending } from "../../ui/form.tsx";
import { Gate } from "./gate.tsx";

export function ForgotPage() {
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState(false);
  const sending = useSending();
  async function ask() {
    await api.post("/auth/password/forgot", { email });
    setSent(true);
  }
  return (
    <Gate
      title={t("auth.forgot.title")}
      lead={sent ? undefined : t("auth.forgot.lead")}
      links={<Link href="/sign-in">{t("auth.back")}</Link>}
    >
      {sent ? (
        <p className="notice good" role="status">
          {t("auth.forgot.sent", { email })}
        </p>
      ) : (
        <Form wide sending={sending} fields={["email"]} submit={t("auth.forgot.submit")} onSubmit={ask}>
          <Field
            label={t("auth.email")}
            type="email"
            autoComplete="username"
            value={email}
            onChange={({ target }) => setEmail(target.value)}
            error={sending.errorOf("email")}
            autoFocus
            required
          />
        </Form>
      )}
    </Gate>
  );
}
